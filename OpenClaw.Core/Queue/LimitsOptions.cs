using Microsoft.Extensions.Options;

namespace OpenClaw.Core.Queue;

/// <summary>Token buckets: so many messages a minute, or bubbles an hour, refilled continuously. Section <c>Limits</c>; 0 = no limit.</summary>
public sealed class LimitsOptions
{
    /// <summary>Messages a minute in one chat.</summary>
    public int MessagesPerMinutePerChat { get; set; } = 20;

    /// <summary>Messages a minute of one person over all chats.</summary>
    public int MessagesPerMinutePerPerson { get; set; } = 30;

    /// <summary>Bubbles an hour that go into one chat; what is more waits.</summary>
    public int BubblesPerHourPerChat { get; set; }

    /// <summary>Bubbles an hour that one session sends; what is more waits.</summary>
    public int BubblesPerHourPerSession { get; set; }

    internal bool HasBudgets => BubblesPerHourPerChat > 0 || BubblesPerHourPerSession > 0;
}

/// <summary>Negative limits are a mistake, not "none".</summary>
internal sealed class LimitsOptionsValidator : IValidateOptions<LimitsOptions>
{
    public ValidateOptionsResult Validate(string? name, LimitsOptions options)
    {
        if (options.MessagesPerMinutePerChat < 0 || options.MessagesPerMinutePerPerson < 0)
        {
            return ValidateOptionsResult.Fail(
                "Limits__MessagesPerMinutePerChat and Limits__MessagesPerMinutePerPerson must be 0 (no limit) or more.");
        }

        return options.BubblesPerHourPerChat < 0 || options.BubblesPerHourPerSession < 0
            ? ValidateOptionsResult.Fail("Limits__BubblesPerHourPerChat and Limits__BubblesPerHourPerSession must be 0 (no budget) or more.")
            : ValidateOptionsResult.Success;
    }
}
