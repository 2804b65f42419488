namespace OpenClaw.Core.WhatsApp;

/// <summary>A WAHA session as <c>GET /api/sessions/{name}</c> tells it.</summary>
/// <param name="Name">Session name.</param>
/// <param name="Status"><c>WORKING</c>, <c>STARTING</c>, <c>SCAN_QR_CODE</c>, <c>STOPPED</c>, <c>FAILED</c> or one that a newer WAHA added.</param>
/// <param name="Me">The bot's own account, once it is linked.</param>
public sealed record SessionInfo(string Name, string Status, SessionAccount? Me)
{
    /// <summary>Whether messages can be sent. Every unknown status is "no".</summary>
    public bool IsWorking => Status == "WORKING";
}

/// <summary>The bot's own account.</summary>
/// <param name="Id"><c>digits@c.us</c>.</param>
/// <param name="PushName">Display name.</param>
/// <param name="Lid"><c>id@lid</c>, where the engine knows it.</param>
public sealed record SessionAccount(string Id, string? PushName, string? Lid);

/// <summary>What became of a call about a session as a whole.</summary>
public enum SessionCallOutcome
{
    /// <summary>The session is as asked for, or was before.</summary>
    Done,

    /// <summary>WAHA has no such session.</summary>
    NoSession,

    /// <summary>WAHA will not do it, however often it is asked.</summary>
    Refused,

    /// <summary>WAHA did not answer, or said that it cannot now.</summary>
    Unavailable,
}
