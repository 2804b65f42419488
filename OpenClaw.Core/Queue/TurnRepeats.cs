using OpenClaw.Core.Integrations;

namespace OpenClaw.Core.Queue;

/// <summary>When a turn is tried again, and the writes below it.</summary>
internal static class TurnRepeats
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>Its lease was lost, or its process was killed.</summary>
    public static readonly RepeatRule Interrupted = new("turn_interrupted", TimeSpan.FromSeconds(1), Longest, TurnStore.MaxInterruptions);

    /// <summary>It failed.</summary>
    public static RepeatRule Failed(TurnOptions options) => new("turn", options.RetryDelay, Longest, options.MaxAttempts);

    /// <summary>Turns are what calls models, and calls them again.</summary>
    public static CallPolicy Policy(TurnOptions options) => new(IntegrationKind.Model, [], [Failed(options), Interrupted]);
}
