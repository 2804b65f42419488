namespace OpenClaw.Core.Redis;

/// <summary>Redis does not answer, or refuses to write. Nothing is lost by it: the database has the work.</summary>
internal sealed class RedisUnavailableException(string reason, Exception? innerException = null)
    : Exception($"Redis cannot be used now ({reason}).", innerException);
