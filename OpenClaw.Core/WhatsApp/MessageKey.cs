namespace OpenClaw.Core.WhatsApp;

/// <summary>
/// WAHA's message id taken apart. Only <see cref="RawId"/> is stable: the chat part of one and the same message may come
/// as <c>@c.us</c> and as <c>@lid</c>, so two keys are the same message when session, raw id and fromMe are.
/// </summary>
/// <param name="FromMe">Whether the bot's account wrote it; null where the text was a raw id only.</param>
/// <param name="Chat">The chat; null where the text was a raw id only or the chat part is no id.</param>
/// <param name="RawId">WhatsApp's own id, for example <c>3EB0602220A98428CD8162</c>.</param>
/// <param name="Participant">The author inside a group, when told.</param>
public readonly record struct MessageKey(bool? FromMe, ChatId? Chat, string RawId, ChatId? Participant)
{
    private const string Mine = "true_";
    private const string Theirs = "false_";

    /// <summary>Reads <c>{fromMe}_{chatId}_{rawId}[_{participant}]</c>, or a raw id alone (as in <c>replyTo.id</c>).</summary>
    /// <returns>False only for null, empty or an empty raw part.</returns>
    public static bool TryParse(string? text, out MessageKey key)
    {
        key = default;
        if (string.IsNullOrWhiteSpace(text))
            return false;

        var fromMe = text.StartsWith(Mine, StringComparison.Ordinal);
        if (!fromMe && !text.StartsWith(Theirs, StringComparison.Ordinal))
        {
            key = new MessageKey(null, null, text, null);
            return true;
        }

        var rest = text.AsSpan(fromMe ? Mine.Length : Theirs.Length);
        var chat = TakeChat(ref rest);
        var participant = TakeParticipant(ref rest);
        if (rest.IsEmpty)
            return false;

        key = new MessageKey(fromMe, chat, rest.ToString(), participant);
        return true;
    }

    /// <summary>The raw id inside <paramref name="text"/>, or null.</summary>
    public static string? RawIdOf(string? text) => TryParse(text, out var key) ? key.RawId : null;

    /// <summary>The full form that <c>reply_to</c> takes; the raw id alone where the chat is not known.</summary>
    public override string ToString()
    {
        if (Chat is not { } chat)
            return RawId;
        var head = $"{(FromMe == true ? Mine : Theirs)}{chat}_{RawId}";
        return Participant is { } participant ? $"{head}_{participant}" : head;
    }

    // The chat ends at the first '_' after its '@'; an agent suffix (1555_1:7@...) holds a '_' before it.
    private static ChatId? TakeChat(ref ReadOnlySpan<char> rest)
    {
        var at = rest.IndexOf('@');
        var end = at < 0 ? -1 : rest[at..].IndexOf('_');
        if (end < 0)
            return null;

        var chat = ChatId.Parse(rest[..(at + end)].ToString());
        rest = rest[(at + end + 1)..];
        return chat;
    }

    // WEBJS ends messages to oneself with _in or _out where others have the participant.
    private static ChatId? TakeParticipant(ref ReadOnlySpan<char> rest)
    {
        var at = rest.IndexOf('@');
        if (at < 0)
        {
            if (rest.EndsWith("_out", StringComparison.Ordinal))
                rest = rest[..^4];
            else if (rest.EndsWith("_in", StringComparison.Ordinal))
                rest = rest[..^3];
            return null;
        }

        var start = rest.IndexOf('_');
        if (start < 0 || start > at)
            return null;
        var participant = ChatId.Parse(rest[(start + 1)..].ToString());
        rest = rest[..start];
        return participant;
    }
}
