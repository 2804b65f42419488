namespace OpenClaw.Core.WhatsApp;

/// <summary>What a phone needs to be linked. It lets its reader take over the session: never logged, stored or cached.</summary>
/// <param name="Outcome">Whether WAHA gave it.</param>
/// <param name="Value">Set exactly when <see cref="LinkingOutcome.Given"/>.</param>
public readonly record struct LinkingResult<T>(LinkingOutcome Outcome, T? Value)
    where T : class
{
    /// <inheritdoc />
    public override string ToString() => Outcome.ToString();
}

/// <summary>Whether WAHA gave a QR code or a pairing code.</summary>
public enum LinkingOutcome
{
    /// <summary>It did.</summary>
    Given,

    /// <summary>The session does not wait for a phone (any more).</summary>
    NotNow,

    /// <summary>WAHA did not answer, or not with what was asked for.</summary>
    Unavailable,
}
