namespace OpenClaw.Core.WhatsApp;

/// <summary>The answer to asking for a message's id beforehand.</summary>
/// <param name="Outcome">Whether there is one.</param>
/// <param name="RawId">Set exactly when <see cref="MessageIdOutcome.Given"/>.</param>
public sealed record MessageIdResult(MessageIdOutcome Outcome, string? RawId);

/// <summary>Whether WAHA gave an id.</summary>
public enum MessageIdOutcome
{
    /// <summary>It did.</summary>
    Given,

    /// <summary>This WAHA, or its engine, does not.</summary>
    NotServed,

    /// <summary>It could not be asked now.</summary>
    Unavailable,
}

/// <summary>Since when WAHA's process runs.</summary>
/// <param name="Outcome">Whether it is known.</param>
/// <param name="StartedAt">By our clock; rather too late than too early. Set exactly when <see cref="ServerStartOutcome.Read"/>.</param>
public sealed record ServerStartResult(ServerStartOutcome Outcome, DateTimeOffset? StartedAt);

/// <summary>Whether WAHA told since when it runs.</summary>
public enum ServerStartOutcome
{
    /// <summary>It did.</summary>
    Read,

    /// <summary>It answers, but not that: an old version, or a key that may not ask.</summary>
    NotTold,

    /// <summary>It could not be asked now.</summary>
    Unavailable,
}
