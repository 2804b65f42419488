using System.Buffers;

namespace OpenClaw.Core.WhatsApp;

/// <summary>What a WhatsApp id names, by its suffix.</summary>
public enum ChatKind
{
    /// <summary>A suffix this program does not know (<c>@call</c>, <c>@bot</c> ...).</summary>
    Other,

    /// <summary>A person by phone number: <c>digits@c.us</c>, inside the engines <c>digits@s.whatsapp.net</c>.</summary>
    Person,

    /// <summary>A person by hidden id: <c>digits@lid</c>. The phone number is known only through WAHA.</summary>
    Lid,

    /// <summary>A group: <c>id@g.us</c>.</summary>
    Group,

    /// <summary>A channel: <c>id@newsletter</c>.</summary>
    Newsletter,

    /// <summary>Status posts: <c>status@broadcast</c>.</summary>
    Status,

    /// <summary>A broadcast list: <c>id@broadcast</c>.</summary>
    Broadcast,
}

/// <summary>
/// A WhatsApp id in its one normal form: <c>@s.whatsapp.net</c> becomes <c>@c.us</c>, the device (<c>:7</c>) and agent
/// (<c>_1</c>) suffixes are dropped, so the same person or chat always compares equal. Personal data: never log it.
/// </summary>
/// <param name="Kind">What it names.</param>
/// <param name="User">The part before the <c>@</c>; for <see cref="ChatKind.Person"/> the phone number's digits.</param>
/// <param name="Server">The part after the <c>@</c>, lower case.</param>
public readonly record struct ChatId(ChatKind Kind, string User, string Server)
{
    private static readonly SearchValues<char> Impossible = SearchValues.Create(" \t\r\n/?#");

    /// <summary>A person by phone number.</summary>
    /// <param name="digits">International form, digits only.</param>
    public static ChatId OfPhone(string digits) => new(ChatKind.Person, digits, "c.us");

    /// <summary>Whether it names one person (by phone or hidden id), so that the chat is a direct one.</summary>
    public bool IsPerson => Kind is ChatKind.Person or ChatKind.Lid;

    /// <summary>The phone number's digits, or null where the id does not hold one.</summary>
    public string? Phone => Kind == ChatKind.Person ? User : null;

    /// <summary>Reads an id as WAHA or an engine writes it; plain digits are a person, as in WAHA's own API.</summary>
    /// <returns>False for what is not an id at all: empty, no user part, blanks inside, letters where digits belong.</returns>
    public static bool TryParse(string? text, out ChatId id)
    {
        id = default;
        if (string.IsNullOrEmpty(text) || text.Length > 128 || text.AsSpan().ContainsAny(Impossible))
            return false;

        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at < 0)
        {
            if (!IsDigits(text))
                return false;
            id = OfPhone(text);
            return true;
        }

        var server = Lower(text[(at + 1)..]);
        var kind = KindOf(text.AsSpan(0, at), server);
        var user = kind is ChatKind.Person or ChatKind.Lid ? WithoutDevice(text, at) : text[..at];
        if (user.Length == 0 || server.Length == 0 || server.Contains('@', StringComparison.Ordinal))
            return false;
        if (kind is ChatKind.Person or ChatKind.Lid && !IsDigits(user))
            return false;

        id = new ChatId(kind, user, kind == ChatKind.Person ? "c.us" : server);
        return true;
    }

    /// <summary>Like <see cref="TryParse"/>, null instead of false.</summary>
    public static ChatId? Parse(string? text) => TryParse(text, out var id) ? id : null;

    /// <summary>The form WAHA's API takes, for example <c>5511987654321@c.us</c>.</summary>
    public override string ToString() => $"{User}@{Server}";

    private static ChatKind KindOf(ReadOnlySpan<char> user, string server) => server switch
    {
        "c.us" or "s.whatsapp.net" => ChatKind.Person,
        "lid" => ChatKind.Lid,
        "g.us" => ChatKind.Group,
        "newsletter" => ChatKind.Newsletter,
        "broadcast" => user is "status" ? ChatKind.Status : ChatKind.Broadcast,
        _ => ChatKind.Other,
    };

    // 19990001111:7@s.whatsapp.net (device 7), 19990001111_1:7@s.whatsapp.net (agent 1, device 7)
    private static string WithoutDevice(string text, int at)
    {
        var end = text.AsSpan(0, at).IndexOfAny(':', '_');
        return text[..(end < 0 ? at : end)];
    }

    private static string Lower(string server) => server.AsSpan().ContainsAnyInRange('A', 'Z') ? server.ToLowerInvariant() : server;

    private static bool IsDigits(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExceptInRange('0', '9');
}
