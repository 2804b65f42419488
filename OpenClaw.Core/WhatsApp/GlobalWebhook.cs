namespace OpenClaw.Core.WhatsApp;

/// <summary>The webhook that WAHA's own environment sets for all sessions. It stands in no session's config, and both are sent.</summary>
/// <param name="Outcome">Whether it is known.</param>
/// <param name="Url"><c>WHATSAPP_HOOK_URL</c>; null for none. WAHA sends nothing without <c>WHATSAPP_HOOK_EVENTS</c>, so none then, too.</param>
/// <param name="Events"><c>WHATSAPP_HOOK_EVENTS</c>.</param>
public sealed record GlobalWebhook(GlobalWebhookOutcome Outcome, string? Url, IReadOnlyList<string> Events)
{
    /// <summary>Events that the product serves and this webhook does not bring.</summary>
    public IReadOnlyList<string> Lacks => Events.Contains("*", StringComparer.Ordinal)
        ? []
        // message and message.any are taken as one; own messages come with the latter only.
        : [.. WebhookRegistration.Events.Except(Events, StringComparer.Ordinal)];
}

/// <summary>Whether WAHA told its environment.</summary>
public enum GlobalWebhookOutcome
{
    /// <summary>It did.</summary>
    Read,

    /// <summary>It does not tell it to us: a key of one session, or an edition without the call.</summary>
    NotTold,

    /// <summary>WAHA did not answer; try later.</summary>
    Unavailable,
}
