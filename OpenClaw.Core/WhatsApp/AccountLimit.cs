namespace OpenClaw.Core.WhatsApp;

/// <summary>A limit that WhatsApp itself puts on an account's messages to people it has not talked with. The session goes on working.</summary>
public enum AccountLimit
{
    /// <summary>Error 463: no message to new contacts for some time.</summary>
    Timelock,

    /// <summary>Error 475: no more new chats within this cycle.</summary>
    Capping,
}

/// <summary>The words that are stored, shown and told.</summary>
public static class AccountLimits
{
    /// <summary>Typed reason of a bubble that was refused for it.</summary>
    public static string RefusalReason(this AccountLimit limit) => limit == AccountLimit.Timelock ? "whatsapp_463_timelock" : "whatsapp_475_capping";

    /// <summary>Name, as WAHA's paths have it.</summary>
    public static string Word(this AccountLimit limit) => limit == AccountLimit.Timelock ? "timelock" : "capping";
}

/// <summary>What WAHA tells about a limit.</summary>
/// <param name="Outcome">Whether it told.</param>
/// <param name="Stage">How far the limit reaches; only where it told.</param>
/// <param name="Until">When WhatsApp lifts it, where that is told.</param>
public sealed record AccountLimitReading(AccountLimitOutcome Outcome, AccountLimitStage Stage, DateTimeOffset? Until);

/// <summary>Whether WAHA tells of a limit.</summary>
public enum AccountLimitOutcome
{
    /// <summary>It told.</summary>
    Told,

    /// <summary>This version or engine does not know the limit: ask again much later.</summary>
    NotServed,

    /// <summary>It cannot be asked now.</summary>
    Unavailable,
}

/// <summary>How far a limit reaches.</summary>
public enum AccountLimitStage
{
    /// <summary>Not in force.</summary>
    None,

    /// <summary>WhatsApp warns that it is near.</summary>
    Warned,

    /// <summary>In force.</summary>
    Reached,
}
