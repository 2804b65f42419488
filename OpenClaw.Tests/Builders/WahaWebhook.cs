using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace OpenClaw.Tests.Builders;

/// <summary>
/// Webhooks in the shape of the recordings (NOWEB): a factory a kind, <c>with { ... }</c> for the rest, <see cref="Body"/> for the exact text,
/// <see cref="PostAsync(HttpClient, Uri, string?)"/> to deliver it signed.
/// </summary>
internal sealed record WahaWebhook
{
    public const string BotId = "19990001111@c.us";
    public const string BotLid = "99900011112222@lid";

    private static readonly string[] AckNames = ["ERROR", "PENDING", "SERVER", "DEVICE", "READ", "PLAYED"];
    private static long _ids;

    private WahaWebhook(string @event, JsonObject payload)
    {
        Event = @event;
        _payload = payload;
    }

    private readonly JsonObject _payload;

    /// <summary>Event name: <c>message</c>, <c>message.any</c>, <c>message.ack</c> ...</summary>
    public string Event { get; init; }

    public string Session { get; init; } = "default";

    /// <summary>Envelope time (milliseconds) and, where the payload has one, payload time (seconds).</summary>
    public DateTimeOffset At { get; init; } = TimeProvider.System.GetUtcNow();

    /// <summary>Payload time where it differs from the envelope's.</summary>
    public DateTimeOffset? PayloadAt { get; init; }

    public string EventId { get; init; } = "evt_" + NextId().ToLowerInvariant().PadLeft(26, '0');

    public string Engine { get; init; } = "NOWEB";

    /// <summary>The account of the session that tells it.</summary>
    public (string Id, string Lid) Me { get; init; } = (BotId, BotLid);

    /// <summary>A text in a direct chat; <paramref name="from"/> may be a phone or a lid chat id.</summary>
    /// <param name="text">Body.</param>
    /// <param name="from">Sender's chat id.</param>
    /// <param name="rawId">WhatsApp's id; new when null.</param>
    /// <param name="phone">Of a lid sender: the number WAHA tells in <c>remoteJidAlt</c>.</param>
    /// <param name="name">Display name.</param>
    /// <param name="replyTo">Quoted message.</param>
    public static WahaWebhook Text(
        string text, string from = "5511987654321@c.us", string? rawId = null, string? phone = null, string name = "Alice", WahaQuote? replyTo = null) =>
        new("message", Message(text, from, fromMe: false, rawId ?? NextId(), "app", participant: null, name, replyTo, phone, mentions: null));

    /// <summary>A text in a group.</summary>
    public static WahaWebhook InGroup(
        string text, string group = "120363000000000001@g.us", string participant = "5511987654321@c.us", string? rawId = null,
        string name = "Alice", IReadOnlyList<string>? mentions = null, WahaQuote? replyTo = null) =>
        new("message", Message(text, group, fromMe: false, rawId ?? NextId(), "app", participant, name, replyTo, phone: null, mentions));

    /// <summary>A message of the bot's account: source <c>api</c> = our own echo, <c>app</c> = a human typed it on the phone.</summary>
    public static WahaWebhook Own(string text, string chat, string? rawId = null, string source = "api") =>
        new("message.any", Message(text, chat, fromMe: true, rawId ?? NextId(), source, participant: null, name: null, replyTo: null, phone: null, mentions: null));

    /// <param name="chat">Chat of the bot's message.</param>
    /// <param name="rawId">Its raw id.</param>
    /// <param name="ack">-1 error, 0 pending, 1 server, 2 device, 3 read, 4 played.</param>
    public static WahaWebhook Ack(string chat, string rawId, int ack) => new("message.ack", new JsonObject
    {
        ["id"] = $"true_{chat}_{rawId}",
        ["from"] = chat,
        ["fromMe"] = true,
        ["ack"] = ack,
        ["ackName"] = AckNames[ack + 1],
    });

    /// <param name="group">Group of the bot's message.</param>
    /// <param name="rawId">Its raw id.</param>
    /// <param name="ack">-1 error, 0 pending, 1 server, 2 device, 3 read, 4 played.</param>
    /// <param name="participant">The fourth part of the id: who wrote the message in the group, that is the bot.</param>
    public static WahaWebhook GroupAck(string group, string rawId, int ack, string participant = "5511900000000@c.us") => new("message.ack.group", new JsonObject
    {
        ["id"] = $"true_{group}_{rawId}_{participant}",
        ["from"] = group,
        ["participant"] = participant,
        ["fromMe"] = true,
        ["ack"] = ack,
        ["ackName"] = AckNames[ack + 1],
    });

    /// <param name="emoji">Empty = taken back.</param>
    /// <param name="messageId">Full id of the message reacted to.</param>
    /// <param name="from">Chat.</param>
    /// <param name="rawId">Id of the reaction itself.</param>
    public static WahaWebhook Reaction(string emoji, string messageId, string from = "5511987654321@c.us", string? rawId = null) => new("message.reaction", new JsonObject
    {
        ["id"] = $"false_{from}_{rawId ?? NextId()}",
        ["timestamp"] = 0,
        ["from"] = from,
        ["fromMe"] = false,
        ["source"] = "app",
        ["reaction"] = new JsonObject { ["text"] = emoji, ["messageId"] = messageId },
    });

    public static WahaWebhook SessionStatus(string status, string session = "default") => new("session.status", new JsonObject
    {
        ["name"] = session,
        ["status"] = status,
        ["statuses"] = new JsonArray(new JsonObject { ["status"] = status, ["timestamp"] = 0 }),
    })
    { Session = session };

    /// <summary>The exact text that is signed and posted.</summary>
    public string Body
    {
        get
        {
            var payload = (JsonObject)_payload.DeepClone();
            if (payload.ContainsKey("timestamp"))
                payload["timestamp"] = (PayloadAt ?? At).ToUnixTimeSeconds();
            return new JsonObject
            {
                ["id"] = EventId,
                ["timestamp"] = At.ToUnixTimeMilliseconds(),
                ["event"] = Event,
                ["session"] = Session,
                ["me"] = new JsonObject { ["id"] = Me.Id, ["pushName"] = "Fake Bot", ["lid"] = Me.Lid },
                ["payload"] = payload,
                ["engine"] = Engine,
                ["environment"] = new JsonObject
                {
                    ["version"] = "2026.2.1",
                    ["engine"] = Engine,
                    ["tier"] = "CORE",
                    ["browser"] = null,
                    ["platform"] = "linux/x64",
                    ["worker"] = new JsonObject { ["id"] = null },
                },
            }.ToJsonString();
        }
    }

    /// <summary>The payload's full message id.</summary>
    public string MessageId => (string?)_payload["id"] ?? "";

    /// <summary>The payload, to break or extend it: every call returns a webhook of its own.</summary>
    public WahaWebhook WithPayload(Action<JsonObject> change)
    {
        var payload = (JsonObject)_payload.DeepClone();
        change(payload);
        return new WahaWebhook(Event, payload) { Session = Session, At = At, PayloadAt = PayloadAt, EventId = EventId, Engine = Engine, Me = Me };
    }

    /// <summary>The same from another session.</summary>
    public WahaWebhook In(string session) => new(Event, _payload) { Session = session, At = At, PayloadAt = PayloadAt, EventId = EventId, Engine = Engine, Me = Me };

    /// <summary>Posts it as WAHA does; a null key leaves the signature away.</summary>
    public Task<HttpResponseMessage> PostAsync(HttpClient http, Uri gateway, string? hmacKey) => PostAsync(http, gateway, Body, hmacKey, At);

    /// <summary>Posts any body with WAHA's headers.</summary>
    /// <param name="http">Client to post with.</param>
    /// <param name="gateway">Full address of the webhook endpoint.</param>
    /// <param name="body">Exact text.</param>
    /// <param name="hmacKey">Null = unsigned.</param>
    /// <param name="at">The event's time.</param>
    public static async Task<HttpResponseMessage> PostAsync(HttpClient http, Uri gateway, string body, string? hmacKey, DateTimeOffset? at = null)
    {
        using var request = Request(gateway, Encoding.UTF8.GetBytes(body), hmacKey, at);
        return await http.SendAsync(request);
    }

    /// <summary>The request as WAHA makes it, for whoever wants to change it before it goes.</summary>
    public static HttpRequestMessage Request(Uri gateway, byte[] body, string? hmacKey, DateTimeOffset? at = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, gateway) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("User-Agent", "WAHA/2026.2.1");
        request.Headers.Add("X-Webhook-Request-Id", NextId().ToLowerInvariant());
        request.Headers.Add("X-Webhook-Timestamp", (at ?? TimeProvider.System.GetUtcNow()).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
        if (hmacKey is null)
            return request;
        request.Headers.Add("X-Webhook-Hmac", Sign(body, hmacKey));
        request.Headers.Add("X-Webhook-Hmac-Algorithm", "sha512");
        return request;
    }

    /// <summary>HMAC-SHA512 over the raw body, lower-case hex.</summary>
    public static string Sign(byte[] body, string hmacKey) => Convert.ToHexStringLower(HMACSHA512.HashData(Encoding.UTF8.GetBytes(hmacKey), body));

    /// <summary>A raw WhatsApp id that no other webhook of this run has.</summary>
    public static string NextId() => string.Create(CultureInfo.InvariantCulture, $"3EB0C0DE{Interlocked.Increment(ref _ids):X14}");

    private static JsonObject Message(
        string text, string chat, bool fromMe, string rawId, string source, string? participant, string? name, WahaQuote? replyTo, string? phone,
        IReadOnlyList<string>? mentions)
    {
        var payload = new JsonObject
        {
            ["id"] = $"{(fromMe ? "true" : "false")}_{chat}_{rawId}{(participant is null ? "" : "_" + participant)}",
            ["timestamp"] = 0,
            ["from"] = chat,
            ["fromMe"] = fromMe,
            ["source"] = source,
            ["body"] = text,
        };
        if (participant is not null)
        {
            payload["to"] = chat;
            payload["participant"] = participant;
        }

        payload["hasMedia"] = false;
        payload["media"] = null;
        payload["ack"] = fromMe ? 0 : 2;
        payload["ackName"] = fromMe ? "PENDING" : "DEVICE";
        payload["location"] = null;
        payload["vCards"] = null;
        payload["replyTo"] = replyTo is null ? null : new JsonObject { ["id"] = replyTo.RawId, ["participant"] = replyTo.Participant, ["body"] = replyTo.Text };
        payload["_data"] = Data(text, chat, fromMe, rawId, participant, name, phone, mentions);
        return payload;
    }

    private static JsonObject Data(
        string text, string chat, bool fromMe, string rawId, string? participant, string? name, string? phone, IReadOnlyList<string>? mentions)
    {
        var key = new JsonObject { ["remoteJid"] = Jid(chat), ["fromMe"] = fromMe, ["id"] = rawId };
        if (phone is not null)
            key["remoteJidAlt"] = Jid(phone);
        if (participant is not null)
            key["participant"] = Jid(participant);
        var data = new JsonObject { ["key"] = key, ["broadcast"] = false };
        if (name is not null)
            data["pushName"] = name;
        data["message"] = mentions is null
            ? new JsonObject { ["conversation"] = text }
            : new JsonObject
            {
                ["extendedTextMessage"] = new JsonObject
                {
                    ["text"] = text,
                    ["contextInfo"] = new JsonObject { ["mentionedJid"] = new JsonArray([.. mentions.Select(id => (JsonNode)Jid(id))]) },
                },
            };
        return data;
    }

    private static string Jid(string chatId) => chatId.Replace("@c.us", "@s.whatsapp.net", StringComparison.Ordinal);
}

/// <summary>The quoted message of a reply: WAHA gives the raw id only.</summary>
internal sealed record WahaQuote(string RawId, string? Participant = WahaWebhook.BotId, string Text = "quoted");
