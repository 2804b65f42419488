using Microsoft.Extensions.Options;

namespace OpenClaw.Gateway.Backfill;

/// <summary>Reading missed messages back from WAHA's history. Section <c>Backfill</c>.</summary>
public sealed class BackfillOptions
{
    /// <summary>Whether missed messages are looked for at all. Without effect with the simulator, which misses none.</summary>
    public bool Enabled { get; set; } = true;

    /// <summary>Older missed messages are kept as context and not answered; 1 min to 7 days.</summary>
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromHours(12);

    /// <summary>How often WAHA's chats are compared with what came, 5 s to 10 min; four times as often while messages come.</summary>
    public TimeSpan CheckInterval { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Most messages of one chat that are read back at a time, the newest; 1 to 10000.</summary>
    public int MaxMessagesPerChat { get; set; } = 500;

    /// <summary>Most messages of all chats that are read back at a time, those of the newest chats first; 1 to 1000000.</summary>
    public int MaxMessages { get; set; } = 20_000;
}

internal sealed class BackfillOptionsValidator : IValidateOptions<BackfillOptions>
{
    public ValidateOptionsResult Validate(string? name, BackfillOptions options)
    {
        if (options.MaxAge < TimeSpan.FromMinutes(1) || options.MaxAge > HistoryComparison.Reach)
            return ValidateOptionsResult.Fail("Backfill__MaxAge must be between 00:01:00 and 7.00:00:00, for example 12:00:00; Backfill__Enabled=false reads nothing back.");
        if (options.CheckInterval < TimeSpan.FromSeconds(5) || options.CheckInterval > TimeSpan.FromMinutes(10))
            return ValidateOptionsResult.Fail("Backfill__CheckInterval must be between 00:00:05 and 00:10:00, for example 00:01:00.");
        if (options.MaxMessagesPerChat is < 1 or > 10_000)
            return ValidateOptionsResult.Fail("Backfill__MaxMessagesPerChat must be between 1 and 10000.");
        return options.MaxMessages is < 1 or > 1_000_000
            ? ValidateOptionsResult.Fail("Backfill__MaxMessages must be between 1 and 1000000.")
            : ValidateOptionsResult.Success;
    }
}
