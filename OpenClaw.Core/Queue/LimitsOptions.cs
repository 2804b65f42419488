using Microsoft.Extensions.Options;

namespace OpenClaw.Core.Queue;

/// <summary>Token buckets: so many messages a minute, refilled continuously. Section <c>Limits</c>; 0 = no limit.</summary>
public sealed class LimitsOptions
{
    /// <summary>Messages a minute in one chat.</summary>
    public int MessagesPerMinutePerChat { get; set; } = 20;

    /// <summary>Messages a minute of one person over all chats.</summary>
    public int MessagesPerMinutePerPerson { get; set; } = 30;
}

/// <summary>Negative limits are a mistake, not "none".</summary>
internal sealed class LimitsOptionsValidator : IValidateOptions<LimitsOptions>
{
    public ValidateOptionsResult Validate(string? name, LimitsOptions options) =>
        options.MessagesPerMinutePerChat < 0 || options.MessagesPerMinutePerPerson < 0
            ? ValidateOptionsResult.Fail(
                "Limits__MessagesPerMinutePerChat and Limits__MessagesPerMinutePerPerson must be 0 (no limit) or more.")
            : ValidateOptionsResult.Success;
}
