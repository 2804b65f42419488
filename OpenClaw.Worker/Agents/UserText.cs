using OpenClaw.Core.Queue;

namespace OpenClaw.Worker.Agents;

/// <summary>What the model reads of a message.</summary>
internal static class UserText
{
    public static string Of(TurnMessage message)
    {
        var content = message.Content;
        return content.Media is null
            ? content.Text
            : $"{content.Text}\n[The person sent something of the kind '{content.Media}'. You cannot open it; if it matters, say so and ask for text.]".TrimStart();
    }

    /// <summary>Of a turn's messages, for the history.</summary>
    public static string Of(IEnumerable<TurnMessage> messages) => string.Join('\n', messages.Select(Of));

    /// <summary>With the names and the quote that make sense of it; both were written by others and may say anything.</summary>
    public static string InContext(TurnMessage message, bool isGroup)
    {
        var text = Of(message);
        if (message.Content.QuotedText is { Length: > 0 } quoted)
            text = $"> {quoted.ReplaceLineEndings("\n> ")}\n{text}";
        return isGroup && message.Content.SenderName is { Length: > 0 } name ? $"{name}: {text}" : text;
    }
}
