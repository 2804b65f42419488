using StackExchange.Redis;

namespace OpenClaw.Core.Redis;

/// <summary>Tells an unusable Redis from a mistake of ours.</summary>
internal static class RedisFailure
{
    /// <summary>A server that says so cannot schedule now. Others of its errors are mistakes in a script.</summary>
    private static readonly string[] Refusals =
        ["LOADING", "READONLY", "OOM", "MASTERDOWN", "CLUSTERDOWN", "MISCONF", "BUSY", "NOAUTH", "NOREPLICAS", "TRYAGAIN", "MOVED", "ASK"];

    /// <summary>A word for the log, never a text of the server's; null for what is no outage.</summary>
    public static string? Reason(Exception error) => error switch
    {
        RedisConnectionException connection => connection.FailureType.ToString(),
        RedisServerException server => Array.Find(Refusals, code => Says(server.Message, code)),
        TimeoutException => "no answer",
        ObjectDisposedException or OperationCanceledException => "closed",
        _ => null,
    };

    /// <summary>Before Redis 7 what a command says inside a script comes wrapped: <c>ERR Error running script ...: -READONLY You can't write ...</c></summary>
    private static bool Says(string message, string code) =>
        message.StartsWith(code + " ", StringComparison.Ordinal) || message.Contains("-" + code + " ", StringComparison.Ordinal);
}
