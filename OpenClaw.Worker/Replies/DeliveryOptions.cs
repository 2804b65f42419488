using Microsoft.Extensions.Options;

namespace OpenClaw.Worker.Replies;

/// <summary>How answers are sent. Section <c>Delivery</c>.</summary>
internal sealed class DeliveryOptions
{
    /// <summary>Seen, typing, and a wait that grows with the text. False = answers go out at once.</summary>
    public bool HumanPacing { get; set; } = true;

    /// <summary>How long one send call may take; WAHA blocks up to 10 s while its session is not working.</summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long after a given-up send its text may still appear in the chat: WAHA does not stop when we hang up.</summary>
    public TimeSpan Quarantine { get; set; } = TimeSpan.FromSeconds(15);
}

internal sealed class DeliveryOptionsValidator : IValidateOptions<DeliveryOptions>
{
    public ValidateOptionsResult Validate(string? name, DeliveryOptions options)
    {
        if (options.SendTimeout < TimeSpan.FromSeconds(1) || options.SendTimeout > TimeSpan.FromSeconds(20))
            return ValidateOptionsResult.Fail("Delivery__SendTimeout must be between 00:00:01 and 00:00:20: a lease that is renewed every 10 s must outlast it.");
        return options.Quarantine < TimeSpan.Zero || options.Quarantine > TimeSpan.FromMinutes(5)
            ? ValidateOptionsResult.Fail("Delivery__Quarantine must be between 00:00:00 and 00:05:00.")
            : ValidateOptionsResult.Success;
    }
}
