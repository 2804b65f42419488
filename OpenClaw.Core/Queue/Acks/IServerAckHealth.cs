namespace OpenClaw.Core.Queue.Acks;

/// <summary>Whether WhatsApp's server says of what WAHA took that it has it: a session may look fine and send nothing.</summary>
public interface IServerAckHealth
{
    /// <summary>Looks now; two queries by index, of at most a thousand rows.</summary>
    /// <exception cref="Storage.StorageUnavailableException">The database cannot be read now.</exception>
    ServerAckGap Of(string session);
}

/// <summary>A session's bubbles that WAHA took within the last hour and that no server ack came for in time, since the newest one that was acknowledged.</summary>
/// <param name="Session">WAHA session.</param>
/// <param name="Missing">How many: 0 = all is well, or nothing was sent. Counted to <see cref="MostCounted"/>.</param>
/// <param name="Since">When WAHA took the oldest of them.</param>
/// <param name="HadAcks">Whether any bubble of the last hour was acknowledged: else WAHA may not be telling of acks at all.</param>
public sealed record ServerAckGap(string Session, int Missing, DateTimeOffset? Since, bool HadAcks)
{
    /// <summary>More are as bad as this.</summary>
    public const int MostCounted = 500;
}
