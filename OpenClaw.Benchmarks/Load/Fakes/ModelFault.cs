namespace OpenClaw.Benchmarks.Load.Fakes;

/// <summary>What goes wrong with a call of the model.</summary>
internal enum ModelFault
{
    None,

    /// <summary>500.</summary>
    Error500,

    /// <summary>429 with <c>Retry-After: 1</c>.</summary>
    TooManyRequests,

    /// <summary>A good beginning, then something that is no JSON.</summary>
    Malformed,

    /// <summary>A good beginning, then the connection breaks.</summary>
    Cut,

    /// <summary>A whole answer without any text.</summary>
    Empty,

    /// <summary>A second before each of five pieces.</summary>
    Slow,

    /// <summary>A good beginning, then silence until the caller hangs up.</summary>
    Hang,
}
