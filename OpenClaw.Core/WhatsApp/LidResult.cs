namespace OpenClaw.Core.WhatsApp;

/// <summary>What WAHA knows about a hidden id.</summary>
/// <param name="Outcome">Whether it is known.</param>
/// <param name="Phone">Digits of the phone number; set exactly when <see cref="LidOutcome.Found"/>.</param>
public sealed record LidResult(LidOutcome Outcome, string? Phone);

/// <summary>Whether a hidden id could be resolved.</summary>
public enum LidOutcome
{
    /// <summary>The phone number is known.</summary>
    Found,

    /// <summary>WAHA answered and does not know it (yet).</summary>
    Unknown,

    /// <summary>WAHA could not be asked, or keeps no store to ask; try later.</summary>
    Unavailable,
}
