using System.Buffers;
using System.Text.Json;

namespace OpenClaw.Gateway.Simulator.Waha;

/// <summary>
/// Writes webhooks in WAHA's envelope:
/// <c>{"id":"evt_01m8...","timestamp":1795336705225,"event":"message","session":"default","me":{...},"payload":{...},"engine":"NOWEB","environment":{...}}</c>
/// </summary>
internal sealed class WebhookBodies(SimulatedAccount account, TimeProvider time)
{
    /// <summary>The session changed its state.</summary>
    /// <param name="before">The state until now, and since when.</param>
    /// <param name="status">The new one.</param>
    public SimulatedWebhook SessionStatus((string Status, DateTimeOffset Since) before, string status)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return Write("session.status", place: null, rawId: null, now, WahaIds.NewEventId(now), json =>
        {
            json.WriteStartObject();
            json.WriteString("name", account.Session);
            json.WriteString("status", status);
            json.WriteStartArray("statuses");
            WriteStatus(json, before.Status, before.Since.ToUnixTimeMilliseconds());
            WriteStatus(json, status, now);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    /// <summary>A person wrote: two events, <c>message</c> and <c>message.any</c>, with one event id.</summary>
    public (SimulatedWebhook Message, SimulatedWebhook Any) Received(SimulatedMessage message)
    {
        var at = message.At.ToUnixTimeMilliseconds();
        var eventId = WahaIds.NewEventId(at);
        void Payload(Utf8JsonWriter json) => NowebShapes.WriteMessage(json, message, MessageAck.Device);
        return (Write("message", message.Place, message.RawId, at, eventId, Payload), Write("message.any", message.Place, message.RawId, at, eventId, Payload));
    }

    /// <summary>The same message once more, as the engine tells it twice: an event of its own, with a new id.</summary>
    public SimulatedWebhook ReceivedAgain(SimulatedMessage message)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return Write("message", message.Place, message.RawId, now, WahaIds.NewEventId(now), json => NowebShapes.WriteMessage(json, message, MessageAck.Device));
    }

    /// <summary>A text of the bot's own account comes back as an event, whoever wrote it.</summary>
    public SimulatedWebhook Echo(SimulatedMessage message)
    {
        var at = message.At.ToUnixTimeMilliseconds();
        return Write("message.any", message.Place, message.RawId, at, WahaIds.NewEventId(at),
            json => NowebShapes.WriteMessage(json, message, MessageAck.Pending));
    }

    /// <summary>One of the bot's texts got further.</summary>
    public SimulatedWebhook Acknowledged(SimulatedMessage message, MessageAck ack)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return Write("message.ack", message.Place, message.RawId, now, WahaIds.NewEventId(now), json =>
        {
            json.WriteStartObject();
            json.WriteString("id", message.FullId);
            json.WriteString("from", message.Place.ChatId);
            json.WriteBoolean("fromMe", message.FromBot);
            NowebShapes.WriteAck(json, ack);
            json.WriteEndObject();
        });
    }

    /// <summary>The bot's own reaction comes back as an event; an empty emoji took it away.</summary>
    public SimulatedWebhook Reacted(SimulatedMessage target, string rawId, string emoji, DateTimeOffset at)
    {
        var now = at.ToUnixTimeMilliseconds();
        return Write("message.reaction", target.Place, rawId, now, WahaIds.NewEventId(now), json =>
        {
            json.WriteStartObject();
            json.WriteString("id", $"true_{target.Place.ChatId}_{rawId}");
            json.WriteNumber("timestamp", at.ToUnixTimeSeconds());
            json.WriteString("from", target.Place.ChatId);
            json.WriteBoolean("fromMe", true);
            json.WriteString("source", "app");
            json.WriteStartObject("reaction");
            json.WriteString("text", emoji);
            json.WriteString("messageId", target.FullId);
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    private SimulatedWebhook Write(
        string name, ChatPlace? place, string? rawId, long timestamp, string eventId, Action<Utf8JsonWriter> writePayload)
    {
        var body = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(body, NowebShapes.Writing))
        {
            json.WriteStartObject();
            json.WriteString("id", eventId);
            json.WriteNumber("timestamp", timestamp);
            json.WriteString("event", name);
            json.WriteString("session", account.Session);
            SimulatedAccount.WriteMe(json);
            json.WritePropertyName("payload");
            writePayload(json);
            json.WriteString("engine", "NOWEB");
            json.WriteStartObject("environment");
            SimulatedAccount.WriteEnvironment(json);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return new(name, place?.Key, rawId, WahaIds.NewRequestId(), timestamp, body.WrittenSpan.ToArray());
    }

    private static void WriteStatus(Utf8JsonWriter json, string status, long at)
    {
        json.WriteStartObject();
        json.WriteString("status", status);
        json.WriteNumber("timestamp", at);
        json.WriteEndObject();
    }
}
