using System.Text.Json;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Gateway.Webhooks;

/// <summary>A <c>message</c> or <c>message.any</c> payload, read leniently over the engines.</summary>
/// <param name="Key">Its id, taken apart.</param>
/// <param name="MessageId">Its id as WAHA wrote it.</param>
/// <param name="FromMe">Whether the bot's account wrote it.</param>
/// <param name="Chat">The chat it is in, or null when the payload does not say.</param>
/// <param name="Author">Who wrote it: the other side, or the participant in a group.</param>
/// <param name="AuthorAlt">The same person under the other kind of id, where WAHA tells.</param>
/// <param name="SentAt">WhatsApp's time.</param>
/// <param name="Text">Text or caption.</param>
/// <param name="Media">Kind of what came besides text, or null.</param>
/// <param name="SenderName">Display name.</param>
/// <param name="Source"><c>api</c>, <c>app</c> or null.</param>
/// <param name="QuotedRawId">Raw id of the quoted message.</param>
/// <param name="QuotedAuthor">Who wrote the quoted message.</param>
/// <param name="QuotedText">Text of the quoted message.</param>
internal sealed record MessagePayload(
    MessageKey Key,
    string MessageId,
    bool FromMe,
    ChatId? Chat,
    ChatId? Author,
    ChatId? AuthorAlt,
    DateTimeOffset? SentAt,
    string Text,
    string? Media,
    string? SenderName,
    string? Source,
    string? QuotedRawId,
    ChatId? QuotedAuthor,
    string? QuotedText)
{
    /// <summary>The payload, or null when it has no usable id.</summary>
    public static MessagePayload? TryRead(JsonElement payload, string? engine)
    {
        var id = payload.Get("id").Text() ?? payload.Get("id", "_serialized").Text();
        if (!MessageKey.TryParse(id, out var key) || !IsRawId(key.RawId))
            return null;

        var data = payload.Get("_data");
        var fromMe = payload.Get("fromMe").Flag() ?? key.FromMe ?? false;
        var chat = ReadChat(payload, key, fromMe, engine);
        var (author, alt) = chat is { Kind: ChatKind.Group } ? ReadParticipant(payload, data, key) : (chat, ReadAlt(data));
        var quote = payload.Get("replyTo");
        return new MessagePayload(
            key, id!, fromMe, chat, author, alt, payload.Get("timestamp").Time(), payload.Get("body").Text() ?? "", ReadMedia(payload, data),
            data.Get("pushName").Text() ?? data.Get("notifyName").Text() ?? data.Get("Info", "PushName").Text(),
            payload.Get("source").Text(), MessageKey.RawIdOf(quote.Get("id").Text()), ChatId.Parse(quote.Get("participant").Text()), quote.Get("body").Text());
    }

    /// <summary>An opaque id; one with an address in it would carry a phone number into columns that are not encrypted.</summary>
    public static bool IsRawId(string text) => text.Length <= 128 && !text.Contains('@', StringComparison.Ordinal);

    // Own messages: NOWEB and GOWS put the other chat in `from`, WEBJS in `to`.
    private static ChatId? ReadChat(JsonElement payload, MessageKey key, bool fromMe, string? engine)
    {
        var from = ChatId.Parse(payload.Get("from").Text());
        var to = ChatId.Parse(payload.Get("to").Text());
        return (fromMe && engine is "WEBJS" or "WPP" ? to ?? key.Chat ?? from : from ?? key.Chat) ?? to;
    }

    private static (ChatId? Author, ChatId? Alt) ReadParticipant(JsonElement payload, JsonElement data, MessageKey key)
    {
        var author = ChatId.Parse(payload.Get("participant").Text()) ?? key.Participant
            ?? ChatId.Parse(data.Get("key", "participant").Text()) ?? ChatId.Parse(data.Get("Info", "Sender").Text());
        var alt = data.Get("key", "participantAlt").Text() ?? data.Get("key", "participantPn").Text() ?? data.Get("Info", "SenderAlt").Text();
        return (author, ChatId.Parse(alt));
    }

    private static ChatId? ReadAlt(JsonElement data) => ChatId.Parse(
        data.Get("key", "remoteJidAlt").Text() ?? data.Get("key", "senderPn").Text() ?? data.Get("Info", "SenderAlt").Text());

    private static string? ReadMedia(JsonElement payload, JsonElement data)
    {
        if (payload.Get("hasMedia").Flag() == true)
            return payload.Get("media", "mimetype").Text()?.Split('/')[0] is { Length: > 0 and < 20 } kind ? kind : "file";
        if (payload.Get("location").ValueKind == JsonValueKind.Object)
            return "location";
        if (payload.Get("vCards").ValueKind == JsonValueKind.Array)
            return "contact";
        var message = data.Get("message");
        foreach (var (field, kind) in KindsOfContent)
        {
            if (message.Get(field).ValueKind == JsonValueKind.Object)
                return kind;
        }

        return null;
    }

    private static readonly (string Field, string Kind)[] KindsOfContent =
    [
        ("stickerMessage", "sticker"), ("imageMessage", "image"), ("videoMessage", "video"), ("audioMessage", "audio"),
        ("documentMessage", "file"), ("pollCreationMessage", "poll"), ("pollCreationMessageV3", "poll"),
    ];
}
