namespace OpenClaw.Core.WhatsApp;

/// <summary>A look at a session.</summary>
/// <param name="Outcome">Whether it could be looked at.</param>
/// <param name="Session">Set exactly when <see cref="SessionReadOutcome.Read"/>.</param>
/// <param name="Config">What WAHA keeps for the session; empty when it keeps nothing, as WAHA before 2026.6 after its own restart.</param>
/// <param name="Reason">Short typed reason where it could not (<c>connection_refused</c>, <c>http_401</c> ...).</param>
/// <param name="Engine"><c>NOWEB</c>, <c>WEBJS</c>, <c>GOWS</c> ..., where WAHA tells.</param>
public sealed record SessionReading(SessionReadOutcome Outcome, SessionInfo? Session, SessionConfig Config, string Reason, string? Engine = null);

/// <summary>Whether a session could be looked at.</summary>
public enum SessionReadOutcome
{
    /// <summary>It was.</summary>
    Read,

    /// <summary>WAHA has no such session.</summary>
    NoSession,

    /// <summary>WAHA answers, but not about this session: a Core edition before 2026.6 knows <c>default</c> only.</summary>
    Refused,

    /// <summary>WAHA did not answer, said that it cannot now, or does not take our key.</summary>
    Unavailable,
}
