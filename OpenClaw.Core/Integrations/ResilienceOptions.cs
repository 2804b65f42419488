using OpenClaw.Core.Memory;

namespace OpenClaw.Core.Integrations;

/// <summary>When the circuit breakers open and how much may run at once, for each kind of integration. Section <c>Resilience</c>.</summary>
public sealed class ResilienceOptions
{
    /// <summary>Each WAHA session.</summary>
    public IntegrationOptions Waha { get; } = new();

    /// <summary>Each model.</summary>
    public IntegrationOptions Model { get; } = new();

    /// <summary>Each skill that leaves the process.</summary>
    public IntegrationOptions Skills { get; } = new() { MaxConcurrency = 16 };

    /// <summary>When memory is short.</summary>
    public MemoryOptions Memory { get; } = new();
}

/// <summary>One kind of integration; the words are those of Polly and of <c>HttpStandardResilienceOptions</c>.</summary>
public sealed class IntegrationOptions
{
    /// <summary>Share of failed calls within <see cref="SamplingDuration"/> at which the breaker opens; more than 0, at most 1.</summary>
    public double FailureRatio { get; set; } = 0.5;

    /// <summary>
    /// Calls within <see cref="SamplingDuration"/> below which it never opens. More than one message can make by failing, which is
    /// <c>Turns__MaxAttempts</c> and two before its burst is taken apart: a poisonous one does not open it for all others.
    /// </summary>
    public int MinimumThroughput { get; set; } = 10;

    /// <summary>How far back calls count.</summary>
    public TimeSpan SamplingDuration { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long nothing is called after it opened. Doubles each time the probe after it fails.</summary>
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Where the doubling ends.</summary>
    public TimeSpan LongestBreak { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Calls at once in this process; 0 = no bound, empty = decided by the kind.</summary>
    public int? MaxConcurrency { get; set; }
}
