namespace OpenClaw.Core.Queue;

/// <summary>What a bubble is. Some kinds may rather stay unsent than come twice.</summary>
public enum BubbleKind
{
    /// <summary>A part of the answer to a person's messages.</summary>
    Reply,

    /// <summary>The answer to a command such as <c>/why</c>, which the system itself gave.</summary>
    Command,

    /// <summary>Says that there will be no answer.</summary>
    Apology,

    /// <summary>Anything else that the system says by itself, for example that too many messages came at once.</summary>
    Notice,
}

/// <summary>The words of the column <c>outbox.kind</c>.</summary>
internal static class BubbleKinds
{
    /// <summary>As SQL: what answers the messages of a turn, and settles them.</summary>
    public const string Answers = "('reply', 'command')";

    public static string Word(this BubbleKind kind) => kind switch
    {
        BubbleKind.Reply => "reply",
        BubbleKind.Command => "command",
        BubbleKind.Apology => "apology",
        _ => "notice",
    };

    public static BubbleKind Parse(string word) => word switch
    {
        "reply" => BubbleKind.Reply,
        "command" => BubbleKind.Command,
        "apology" => BubbleKind.Apology,
        _ => BubbleKind.Notice,
    };

    public static bool IsAnswer(this BubbleKind kind) => kind is BubbleKind.Reply or BubbleKind.Command;
}
