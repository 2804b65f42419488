namespace OpenClaw.Gateway.Admin;

/// <param name="Name">WAHA's name of the session.</param>
/// <param name="Status">WAHA's word, asked for now; null when WAHA does not answer or has no such session.</param>
/// <param name="Working">Whether messages can be sent. Every status but <c>WORKING</c> is no.</param>
/// <param name="Webhook">What the session's own config holds for <c>Waha__WebhookUrl</c>: <c>registered</c>, <c>different</c>, <c>none</c> (right beside a global webhook); null where it is not known.</param>
/// <param name="Problem">What is the matter, and what to do; null when nothing is.</param>
/// <param name="Account">How its account stands with WhatsApp, as far as it can be seen.</param>
internal sealed record SessionView(string Name, string? Status, bool Working, string? Webhook, string? Problem, AccountView Account);

/// <param name="Level"><c>green</c>; <c>amber</c>: shown, nothing is held back; <c>red</c>: only answers go out.</param>
/// <param name="Signs">Why, worst first.</param>
internal sealed record AccountView(string Level, IReadOnlyList<AccountSignView> Signs);

/// <param name="Reason">Typed reason, see docs/operations.md.</param>
/// <param name="Level"><c>amber</c> or <c>red</c>.</param>
/// <param name="Sentence">In plain words.</param>
/// <param name="Until">When it passes by itself, where that is known.</param>
internal sealed record AccountSignView(string Reason, string Level, string Sentence, DateTimeOffset? Until);

/// <param name="Items">The served sessions.</param>
internal sealed record SessionList(IReadOnlyList<SessionView> Items);

/// <param name="Name">Which.</param>
/// <param name="Outcome"><c>started</c> or <c>restarted</c>.</param>
internal sealed record SessionChange(string Name, string Outcome);

/// <param name="PhoneNumber">The number of the phone that is to be linked, international form.</param>
internal sealed record PairingCodeRequest(string? PhoneNumber)
{
    // A number is nobody's business but WAHA's, also when somebody logs this.
    public override string ToString() => nameof(PairingCodeRequest);
}

/// <param name="Code">To be typed on the phone: WhatsApp, Linked devices, Link with phone number.</param>
internal sealed record PairingCode(string Code)
{
    // Whoever has the code can take the session over.
    public override string ToString() => nameof(PairingCode);
}
