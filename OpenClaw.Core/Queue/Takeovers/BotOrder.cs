namespace OpenClaw.Core.Queue.Takeovers;

/// <summary>What somebody wants of the bot in a chat.</summary>
public enum BotOrder
{
    /// <summary><c>/bot</c>: how is it?</summary>
    Tell,

    /// <summary><c>/bot on</c></summary>
    On,

    /// <summary><c>/bot off</c></summary>
    Off,
}

/// <summary>Reads <c>/bot</c>, <c>/bot on</c> and <c>/bot off</c>.</summary>
public static class BotOrders
{
    /// <summary>The word with its slash.</summary>
    public const string Word = "/bot";

    /// <summary>The order that a whole message is; null when it is something else.</summary>
    public static BotOrder? Parse(string text)
    {
        var parts = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return parts is [var word, ..] && word.Equals(Word, StringComparison.OrdinalIgnoreCase)
            ? ParseArguments(string.Join(' ', parts[1..]))
            : null;
    }

    /// <summary>What follows the word; anything that is neither on nor off asks how it is.</summary>
    public static BotOrder ParseArguments(string arguments) =>
        arguments.Equals("on", StringComparison.OrdinalIgnoreCase) ? BotOrder.On
        : arguments.Equals("off", StringComparison.OrdinalIgnoreCase) ? BotOrder.Off
        : BotOrder.Tell;
}
