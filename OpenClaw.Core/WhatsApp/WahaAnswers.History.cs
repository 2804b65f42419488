using System.Globalization;
using System.Text.Json;

namespace OpenClaw.Core.WhatsApp;

/// <summary>What WAHA's answers about its memory mean.</summary>
internal static partial class WahaAnswers
{
    /// <summary>Reads <c>GET /api/{session}/chats</c>: the engine's own objects, so fields differ.</summary>
    // NOWEB {"id":"15550001111@s.whatsapp.net","conversationTimestamp":1795336705} (or "1795336705", or {"low":1795336705,"high":0,"unsigned":true});
    // WEBJS {"id":{"server":"c.us","user":"15550001111","_serialized":"15550001111@c.us"},"timestamp":1795336705,...}; GOWS {"id":"...","conversationTimestamp":...}.
    public static ChatListPage ChatList(WahaAnswer answer)
    {
        if (NotRead(answer, out var document) is { } outcome)
            return new ChatListPage(outcome, [], 0);
        using (document)
        {
            var chats = new List<ListedChat>();
            foreach (var element in document.RootElement.EnumerateArray())
            {
                var id = Member(element, "id");
                if (ChatId.TryParse(Text(element, "id") ?? (id is { } nested ? Text(nested, "_serialized") : null), out var chat))
                    chats.Add(new ListedChat(chat, LastAt(element)));
            }

            return new ChatListPage(HistoryOutcome.Read, chats, document.RootElement.GetArrayLength());
        }
    }

    /// <summary>Reads <c>GET /api/{session}/chats/{chatId}/messages</c>; what is in the messages is the door's business.</summary>
    public static HistoryPage History(WahaAnswer answer)
    {
        if (NotRead(answer, out var document) is { } outcome)
            return new HistoryPage(outcome, []);
        using (document)
            return new HistoryPage(HistoryOutcome.Read, [.. document.RootElement.EnumerateArray().Select(static message => message.Clone())]);
    }

    private static HistoryOutcome? NotRead(WahaAnswer answer, out JsonDocument document)
    {
        document = null!;
        if (HasNoStore(answer))
            return HistoryOutcome.NotKept;
        if (!answer.IsSuccess || !TryParse(answer, out document))
            return HistoryOutcome.Unavailable;
        if (document.RootElement.ValueKind == JsonValueKind.Array)
            return null;
        document.Dispose();
        return HistoryOutcome.Unavailable;
    }

    private static DateTimeOffset? LastAt(JsonElement chat) =>
        Seconds(chat, "conversationTimestamp") ?? Seconds(chat, "timestamp") ?? (Member(chat, "lastMessage") is { } last ? Seconds(last, "timestamp") : null);

    private static DateTimeOffset? Seconds(JsonElement element, string name)
    {
        var number = Member(element, name) switch
        {
            { ValueKind: JsonValueKind.Number } digits when digits.TryGetDouble(out var seconds) => seconds,
            { ValueKind: JsonValueKind.String } when double.TryParse(Text(element, name), CultureInfo.InvariantCulture, out var seconds) => seconds,
            // A 64-bit number as JavaScript's Long writes it; seconds fit its lower half until 2106, which it shows as negative from 2038 on.
            { ValueKind: JsonValueKind.Object } halves when Member(halves, "low") is { ValueKind: JsonValueKind.Number } low && low.TryGetInt32(out var seconds) => (uint)seconds,
            _ => double.NaN,
        };
        number = number > 1e11 ? number / 1000 : number;
        return number is > 0 and < 1e11 ? DateTimeOffset.FromUnixTimeSeconds((long)number) : null;
    }
}
