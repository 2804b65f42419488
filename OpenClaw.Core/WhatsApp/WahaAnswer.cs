namespace OpenClaw.Core.WhatsApp;

/// <summary>How far one exchange with WAHA came.</summary>
internal enum WahaExchange
{
    /// <summary>A status line arrived.</summary>
    Answered,

    /// <summary>No byte of the body left: nobody listens, no name, no address yet, no time left.</summary>
    NotSent,

    /// <summary>The time ran out after the request began.</summary>
    TimedOut,

    /// <summary>The connection broke, or what came back was no HTTP, after the request began.</summary>
    Cut,
}

/// <summary>One exchange, before anybody judges it.</summary>
/// <param name="Exchange">How far it came.</param>
/// <param name="Status">HTTP status; 0 without an answer.</param>
/// <param name="Body">Body of a 2xx or 4xx; empty when it was cut, too long or not wanted. A 5xx body is read only where a limit of WhatsApp's may stand in it: it echoes the whole request.</param>
/// <param name="BodyComplete">Whether <paramref name="Body"/> is all of it.</param>
/// <param name="RetryAfter">WAHA's wish, when given.</param>
/// <param name="Reason">Short typed reason where there is no answer.</param>
internal sealed record WahaAnswer(
    WahaExchange Exchange, int Status, ReadOnlyMemory<byte> Body, bool BodyComplete, TimeSpan? RetryAfter, string Reason)
{
    public bool IsSuccess => Exchange == WahaExchange.Answered && Status is >= 200 and < 300;

    public static WahaAnswer None(WahaExchange exchange, string reason) => new(exchange, 0, default, false, null, reason);
}
