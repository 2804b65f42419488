using Microsoft.Extensions.Options;

namespace OpenClaw.Worker.Replies;

/// <summary>How answers are sent. Section <c>Delivery</c>.</summary>
internal sealed class DeliveryOptions
{
    /// <summary>Seen, typing, and a wait that grows with the text. False = answers go out at once.</summary>
    public bool HumanPacing { get; set; } = true;

    /// <summary>How long one send call may take; WAHA blocks up to 10 s while its session is not working.</summary>
    public TimeSpan SendTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>
    /// What becomes of a reply of which nobody can prove that it did not arrive. Notices, apologies and answers to commands are put aside in any case.
    /// </summary>
    public WhenUncertain WhenUncertain { get; set; } = WhenUncertain.Resend;

    /// <summary>
    /// Of several sessions: whether another one sends to people who wrote to one that cannot send or whose account is red.
    /// </summary>
    public bool StandIn { get; set; } = true;

    /// <summary>How long after a given-up send its text may still appear in the chat: WAHA does not stop when we hang up.</summary>
    public TimeSpan Quarantine { get; set; } = TimeSpan.FromSeconds(15);
}

/// <summary>What to do where a send can be neither proven nor excluded.</summary>
internal enum WhenUncertain
{
    /// <summary>Send it again: it may be there twice.</summary>
    Resend,

    /// <summary>Put it aside as a dead letter: it may not be there at all.</summary>
    Hold,
}

internal sealed class DeliveryOptionsValidator : IValidateOptions<DeliveryOptions>
{
    public ValidateOptionsResult Validate(string? name, DeliveryOptions options)
    {
        if (options.SendTimeout < TimeSpan.FromSeconds(1) || options.SendTimeout > TimeSpan.FromSeconds(20))
            return ValidateOptionsResult.Fail("Delivery__SendTimeout must be between 00:00:01 and 00:00:20: a lease that is renewed every 10 s must outlast it.");
        if (!Enum.IsDefined(options.WhenUncertain))
            return ValidateOptionsResult.Fail("Delivery__WhenUncertain must be Resend or Hold.");
        return options.Quarantine < TimeSpan.Zero || options.Quarantine > TimeSpan.FromMinutes(5)
            ? ValidateOptionsResult.Fail("Delivery__Quarantine must be between 00:00:00 and 00:05:00.")
            : ValidateOptionsResult.Success;
    }
}
