using System.Globalization;
using System.Text.Json;

namespace OpenClaw.Core.WhatsApp;

/// <summary>What WAHA's answers mean. Shapes differ by engine and version, so everything is read leniently and nothing here throws.</summary>
internal static partial class WahaAnswers
{
    /// <summary>Judges a send; see <see cref="SendOutcome"/> for what each outcome promises.</summary>
    public static SendResult Send(WahaAnswer answer)
    {
        SendResult Result(SendOutcome outcome, string? reason = null) => new(outcome, null, answer.RetryAfter, reason ?? answer.Reason);

        // WhatsApp's server said no; WAHA tells so with a 500, which says nothing of the kind by itself.
        if (RefusedFor(answer) is { } limit)
            return new SendResult(SendOutcome.Refused, null, null, limit.RefusalReason(), limit);

        return (answer.Exchange, answer.Status) switch
        {
            (WahaExchange.NotSent, _) => Result(SendOutcome.Unavailable),
            (WahaExchange.TimedOut or WahaExchange.Cut, _) => Result(SendOutcome.Uncertain),
            (_, >= 200 and < 300) => new SendResult(SendOutcome.Accepted, RawId(answer), null, answer.Reason),
            (_, >= 300 and < 400) => Result(SendOutcome.Refused, "redirected"),
            (_, 401 or 403) => Result(SendOutcome.Unavailable, "unauthorized"),
            (_, 404 or 422) when IsSessionTrouble(answer) => Result(SendOutcome.Unavailable, "session_not_working"),
            // A refusal that could not be read to its end may have been about the session: try again.
            (_, 404 or 422) when !answer.BodyComplete => Result(SendOutcome.Unavailable),
            (_, 408 or 425 or 429) => Result(SendOutcome.Unavailable),
            (_, >= 400 and < 500) => Result(SendOutcome.Refused),
            _ => Result(SendOutcome.Uncertain),
        };
    }

    /// <summary>
    /// Whether WAHA or its session did not answer, in contrast to refusing this very request. A 500 may be either: alone it means little, which is
    /// why a breaker asks for several.
    /// </summary>
    public static bool IsSilence(WahaAnswer answer) => Send(answer).Outcome is SendOutcome.Unavailable or SendOutcome.Uncertain;

    /// <summary>Judges the reading of a chat; keeps the bot's own messages from <paramref name="since"/> on, oldest first.</summary>
    /// <param name="answer">WAHA's list.</param>
    /// <param name="since">Earliest time.</param>
    /// <param name="limit">How many were asked for: a shorter list, or one that reaches further back, is whole.</param>
    public static ChatReadResult Chat(WahaAnswer answer, DateTimeOffset since, int limit)
    {
        if (HasNoStore(answer))
            return new ChatReadResult(ChatReadOutcome.NoStore, []);
        if (!answer.IsSuccess || !TryParse(answer, out var document))
            return new ChatReadResult(ChatReadOutcome.Unavailable, []);

        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Array)
                return new ChatReadResult(ChatReadOutcome.Unavailable, []);

            var messages = new List<ChatMessage>();
            var isWhole = document.RootElement.GetArrayLength() < limit;
            foreach (var element in document.RootElement.EnumerateArray())
            {
                if (Message(element) is not { } message)
                    continue;
                // An engine that knows no filter lists what is older, too.
                var isOlder = message.Timestamp.ToUnixTimeSeconds() < since.ToUnixTimeSeconds();
                isWhole |= isOlder;
                if (message.FromMe && !isOlder)
                    messages.Add(message);
            }

            // WAHA lists the newest first. Timestamps are whole seconds, so ties keep their order only when turned round.
            if (messages.Count > 1 && messages[0].Timestamp >= messages[^1].Timestamp)
                messages.Reverse();
            return new ChatReadResult(ChatReadOutcome.Read, [.. messages.OrderBy(static message => message.Timestamp)], isWhole);
        }
    }

    /// <summary><c>{"lid":"123@lid","pn":"1555@c.us"}</c>, <c>pn</c> null where it is not known.</summary>
    public static LidResult Lid(WahaAnswer answer)
    {
        if (!answer.IsSuccess || !TryParse(answer, out var document))
            return new LidResult(LidOutcome.Unavailable, null);
        using (document)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                return new LidResult(LidOutcome.Unavailable, null);
            var phone = ChatId.Parse(Text(document.RootElement, "pn"))?.Phone;
            return phone is null ? new LidResult(LidOutcome.Unknown, null) : new LidResult(LidOutcome.Found, phone);
        }
    }

    /// <summary><c>{"name":"default","status":"WORKING","me":{"id","pushName","lid"}|null,...}</c></summary>
    public static SessionInfo? Session(WahaAnswer answer)
    {
        if (!answer.IsSuccess || !TryParse(answer, out var document))
            return null;
        using (document)
        {
            var root = document.RootElement;
            if (Text(root, "name") is not { } name || Text(root, "status") is not { } status)
                return null;
            var account = Member(root, "me") is { } me && Text(me, "id") is { } id
                ? new SessionAccount(id, Text(me, "pushName"), Text(me, "lid"))
                : null;
            return new SessionInfo(name, status, account);
        }
    }

    /// <summary>201 <c>{"name","status":"STARTING",...}</c>; 422 <c>{"message":"Session 'default' is already started.",...}</c>; 404 when there is none.</summary>
    public static SessionCallOutcome SessionCall(WahaAnswer answer) => (answer.Exchange, answer.Status) switch
    {
        (WahaExchange.Answered, >= 200 and < 300) => SessionCallOutcome.Done,
        (WahaExchange.Answered, 422) when SaysAlreadyStarted(answer) => SessionCallOutcome.Done,
        (WahaExchange.Answered, 404) => SessionCallOutcome.NoSession,
        (WahaExchange.Answered, 422) when IsSessionTrouble(answer) => SessionCallOutcome.NoSession,
        (WahaExchange.Answered, 401 or 403 or 408 or 425 or 429) => SessionCallOutcome.Unavailable,
        (WahaExchange.Answered, >= 300 and < 500) => SessionCallOutcome.Refused,
        _ => SessionCallOutcome.Unavailable,
    };

    private static bool SaysAlreadyStarted(WahaAnswer answer)
    {
        if (!TryParse(answer, out var document))
            return false;
        using (document)
            return Text(document.RootElement, "message")?.Contains("already started", StringComparison.OrdinalIgnoreCase) == true;
    }

    // NOWEB {"key":{"id":RAW}}; WEBJS {"id":{"_serialized":"true_chat_RAW","id":RAW}}; GOWS {"id":"true_chat_RAW"}; some versions: empty.
    private static string? RawId(WahaAnswer answer)
    {
        if (!TryParse(answer, out var document))
            return null;
        using (document)
        {
            var root = document.RootElement;
            var id = Member(root, "id");
            var found = (Member(root, "key") is { } key ? Text(key, "id") : null)
                ?? (id is { } nested ? Text(nested, "_serialized") ?? Text(nested, "id") : null)
                ?? Text(root, "id");
            return MessageKey.RawIdOf(found);
        }
    }

    private static ChatMessage? Message(JsonElement element)
    {
        var id = Member(element, "id");
        var text = Text(element, "id") ?? (id is { } nested ? Text(nested, "_serialized") ?? Text(nested, "id") : null);
        if (!MessageKey.TryParse(text, out var key) || Time(element) is not { } time)
            return null;
        var fromMe = Member(element, "fromMe") is { ValueKind: JsonValueKind.True or JsonValueKind.False } told ? told.GetBoolean() : key.FromMe ?? false;
        return new ChatMessage(key.RawId, fromMe, Text(element, "body") ?? "", time, Text(element, "source"));
    }

    private static DateTimeOffset? Time(JsonElement element)
    {
        var number = Member(element, "timestamp") switch
        {
            { ValueKind: JsonValueKind.Number } value when value.TryGetDouble(out var seconds) => seconds,
            { ValueKind: JsonValueKind.String } value when double.TryParse(value.GetString(), CultureInfo.InvariantCulture, out var seconds) => seconds,
            _ => double.NaN,
        };
        // Seconds; an engine that writes milliseconds would be in the year 5000.
        number = number > 1e11 ? number / 1000 : number;
        return number is >= 0 and < 1e11 ? DateTimeOffset.FromUnixTimeSeconds((long)number) : null;
    }

    // {"error":"Session status is not as expected...","session","status":"STARTING","expected":["WORKING"]}
    // {"error":"Session \"default\" does not exist","session":"default"} · 404 {"message":"Session not found",...}
    private static bool IsSessionTrouble(WahaAnswer answer)
    {
        if (!TryParse(answer, out var document))
            return false;
        using (document)
        {
            var root = document.RootElement;
            return (Member(root, "status") is not null && Member(root, "expected") is not null)
                || Says(root, "error") || Says(root, "message");
        }

        static bool Says(JsonElement root, string name) => Text(root, name) is { } text
            && text.Contains("session", StringComparison.OrdinalIgnoreCase)
            && (text.Contains("does not exist", StringComparison.OrdinalIgnoreCase) || text.Contains("not found", StringComparison.OrdinalIgnoreCase));
    }

    // 400 = "enable the store"; a 422 that is not about the session = the engine or edition cannot read chats.
    private static bool HasNoStore(WahaAnswer answer) =>
        answer is { Exchange: WahaExchange.Answered, Status: 400 or 501 }
        || (answer is { Exchange: WahaExchange.Answered, Status: 422, BodyComplete: true } && !IsSessionTrouble(answer));

    private static bool TryParse(WahaAnswer answer, out JsonDocument document)
    {
        document = null!;
        if (answer.Body.IsEmpty)
            return false;
        try
        {
            document = JsonDocument.Parse(answer.Body);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static JsonElement? Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    // GetString throws on a lone surrogate escape ("\ud83d"): such a value counts as absent.
    private static string? Text(JsonElement element, string name)
    {
        try
        {
            return Member(element, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
