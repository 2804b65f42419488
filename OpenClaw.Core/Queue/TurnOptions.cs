using Microsoft.Extensions.Options;

namespace OpenClaw.Core.Queue;

/// <summary>How messages become turns and how often a turn is tried. Section <c>Turns</c>.</summary>
public sealed class TurnOptions
{
    /// <summary>Wait for further bubbles of a burst; the wait ends after five seconds in all.</summary>
    public TimeSpan QuietPeriod { get; set; } = TimeSpan.FromMilliseconds(800);

    /// <summary>Failed attempts before a turn is dead-lettered and apologised for.</summary>
    public int MaxAttempts { get; set; } = 5;

    /// <summary>After a restart of the Gateway only unfinished turns run for this long: one retry gap of WAHA, so that order is kept.</summary>
    public TimeSpan StartGrace { get; set; } = TimeSpan.FromSeconds(2.5);

    /// <summary>First wait after a failed attempt; doubles up to a minute.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(1);
}

/// <summary>Bounds that keep a wrong unit from stopping the bot.</summary>
internal sealed class TurnOptionsValidator : IValidateOptions<TurnOptions>
{
    public ValidateOptionsResult Validate(string? name, TurnOptions options)
    {
        if (options.QuietPeriod < TimeSpan.Zero || options.QuietPeriod > TurnStore.LongestQuiet)
            return ValidateOptionsResult.Fail("Turns__QuietPeriod must be between 00:00:00 and 00:00:05, for example 00:00:00.8.");
        if (options.MaxAttempts is < 1 or > 100)
            return ValidateOptionsResult.Fail("Turns__MaxAttempts must be between 1 and 100.");
        if (options.StartGrace < TimeSpan.Zero || options.StartGrace > TimeSpan.FromMinutes(1))
            return ValidateOptionsResult.Fail("Turns__StartGrace must be between 00:00:00 and 00:01:00.");
        return options.RetryDelay <= TimeSpan.Zero || options.RetryDelay > TimeSpan.FromMinutes(1)
            ? ValidateOptionsResult.Fail("Turns__RetryDelay must be between 00:00:00.001 and 00:01:00.")
            : ValidateOptionsResult.Success;
    }
}
