namespace OpenClaw.Gateway.Sessions;

/// <summary>What is to be done about a session that does not work, and by whom.</summary>
internal enum SessionAdvice
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It was never linked to a phone.</summary>
    Link,

    /// <summary>It was linked, and is not any more.</summary>
    LinkAgain,

    /// <summary>It waited for a phone, and nobody came.</summary>
    LinkingExpired,

    /// <summary>It failed; it is restarted without anybody's help.</summary>
    IsRestarted,

    /// <summary>It ran, and somebody stopped it.</summary>
    StoppedByHand,

    /// <summary>WAHA has no such session, and it is made without anybody's help.</summary>
    IsCreated,

    /// <summary>WAHA answers, and refuses to have such a session.</summary>
    NotPossible,

    /// <summary>A state of a newer WAHA.</summary>
    UnknownStatus,
}

/// <summary>The advice in words, for people who can reach the admin API.</summary>
internal static class SessionAdviceTexts
{
    /// <summary>A sentence without a full stop; null when there is nothing to say.</summary>
    public static string? Sentence(this SessionAdvice advice, string session) => advice switch
    {
        SessionAdvice.Link => $"no phone is linked: {HowToLink(session)}",
        SessionAdvice.LinkAgain => $"the phone logged it out, and it is not restarted for that: {HowToLink(session)}",
        SessionAdvice.LinkingExpired => $"no phone was linked in time, and it is not restarted for ever: POST /api/sessions/{session}/restart, then {HowToLink(session)}",
        SessionAdvice.IsRestarted => "it is restarted with growing pauses; if this lasts, look at WAHA's log and at the phone",
        SessionAdvice.StoppedByHand => $"somebody stopped it at WAHA, so it is left alone: POST /api/sessions/{session}/restart starts it",
        SessionAdvice.IsCreated => "WAHA has no such session; it is created with growing pauses",
        SessionAdvice.NotPossible => "WAHA refuses to have this session: WAHA before 2026.6 without Plus knows only default; correct Waha__Sessions__0 or update WAHA",
        SessionAdvice.UnknownStatus => "this version does not know that status and takes it as not working; WAHA's dashboard says what it waits for",
        _ => null,
    };

    /// <summary>What a status alone says, where nobody in this process watches the session.</summary>
    public static SessionAdvice Of(string status) => status switch
    {
        "WORKING" or "STARTING" or "STOPPED" or "FAILED" => SessionAdvice.None,
        "SCAN_QR_CODE" => SessionAdvice.Link,
        _ => SessionAdvice.UnknownStatus,
    };

    private static string HowToLink(string session) =>
        $"scan GET /api/sessions/{session}/qr with the phone (WhatsApp, Linked devices), or type the code of POST /api/sessions/{session}/pairing-code";
}
