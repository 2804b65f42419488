using Microsoft.Extensions.Options;

namespace OpenClaw.Core.Queue.Takeovers;

/// <summary>When a human answers on the phone itself. Section <c>Takeover</c>.</summary>
public sealed class TakeoverOptions
{
    /// <summary>How long the bot keeps out of a chat after a human's own message in it; each further one prolongs it. Zero = it never does.</summary>
    public TimeSpan PauseFor { get; set; } = TimeSpan.FromMinutes(30);
}

internal sealed class TakeoverOptionsValidator : IValidateOptions<TakeoverOptions>
{
    public ValidateOptionsResult Validate(string? name, TakeoverOptions options) =>
        options.PauseFor == TimeSpan.Zero || (options.PauseFor >= TimeSpan.FromMinutes(1) && options.PauseFor <= TimeSpan.FromDays(7))
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail("Takeover__PauseFor must be between 00:01:00 and 7.00:00:00, for example 00:30:00, or 00:00:00 for never.");
}
