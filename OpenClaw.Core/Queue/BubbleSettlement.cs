namespace OpenClaw.Core.Queue;

/// <summary>How it was settled whether a bubble was sent.</summary>
public enum BubbleSettlement
{
    /// <summary>WAHA answered the send.</summary>
    Plain,

    /// <summary>Nobody knew, and it was in the chat: not sent again.</summary>
    Found,

    /// <summary>Nobody knew, it was certainly not in the chat, and was sent again.</summary>
    AbsentResent,

    /// <summary>Nobody knew, nothing could prove that it had not arrived, and it was sent again all the same: it may be there twice.</summary>
    UnprovenResent,

    /// <summary>Nobody knew, nothing could prove that it had not arrived, and it was put aside: it may be there, or not.</summary>
    Held,
}

/// <summary>The words of the column <c>outbox.settlement</c>, which is null as long as nothing is settled.</summary>
internal static class BubbleSettlements
{
    public static string Word(this BubbleSettlement settlement) => settlement switch
    {
        BubbleSettlement.Plain => "plain",
        BubbleSettlement.Found => "found",
        BubbleSettlement.AbsentResent => "absent_resent",
        BubbleSettlement.UnprovenResent => "unproven_resent",
        _ => "held",
    };

    public static BubbleSettlement? Parse(string? word) => word switch
    {
        "plain" => BubbleSettlement.Plain,
        "found" => BubbleSettlement.Found,
        "absent_resent" => BubbleSettlement.AbsentResent,
        "unproven_resent" => BubbleSettlement.UnprovenResent,
        "held" => BubbleSettlement.Held,
        _ => null,
    };
}
