namespace OpenClaw.Benchmarks.Load.Fakes;

/// <summary>What goes wrong with a send.</summary>
internal enum SendFault
{
    None,

    /// <summary>500, and nothing was sent.</summary>
    Error500,

    /// <summary>500, although it was sent.</summary>
    DeliveredBut500,

    /// <summary>It was sent, and the connection broke before the answer.</summary>
    DeliveredButCut,

    /// <summary>The connection broke, and nothing was sent.</summary>
    NotDeliveredAndCut,

    /// <summary>429 with <c>Retry-After: 1</c>.</summary>
    TooManyRequests,

    /// <summary>It was sent, and no answer comes for as long as the caller waits.</summary>
    TimeOut,

    /// <summary>Blocks for 10 s, then 422: the session is not working.</summary>
    Refused422,
}
