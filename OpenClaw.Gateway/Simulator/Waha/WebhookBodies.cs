using System.Buffers;
using System.Text.Json;

namespace OpenClaw.Gateway.Simulator.Waha;

/// <summary>
/// Writes webhooks in WAHA's envelope:
/// <c>{"id":"evt_01m8...","timestamp":1795336705225,"event":"message","session":"default","me":{...},"payload":{...},"engine":"NOWEB","environment":{...}}</c>
/// </summary>
internal sealed class WebhookBodies(SimulatedAccount account, TimeProvider time)
{
    /// <summary>The session came up.</summary>
    public SimulatedWebhook SessionWorking(DateTimeOffset startedAt)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return Write("session.status", person: null, rawId: null, now, WahaIds.NewEventId(now), json =>
        {
            json.WriteStartObject();
            json.WriteString("name", account.Session);
            json.WriteString("status", "WORKING");
            json.WriteStartArray("statuses");
            WriteStatus(json, "STARTING", startedAt.ToUnixTimeMilliseconds());
            WriteStatus(json, "WORKING", now);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    /// <summary>A person wrote: two events, <c>message</c> and <c>message.any</c>, with one event id.</summary>
    public (SimulatedWebhook Message, SimulatedWebhook Any) Received(SimulatedPerson person, SimulatedMessage message)
    {
        var at = message.At.ToUnixTimeMilliseconds();
        var eventId = WahaIds.NewEventId(at);
        void Payload(Utf8JsonWriter json) => NowebShapes.WriteMessage(json, person, message, MessageAck.Device);
        return (Write("message", person, message.RawId, at, eventId, Payload), Write("message.any", person, message.RawId, at, eventId, Payload));
    }

    /// <summary>The bot's own text comes back as an event.</summary>
    public SimulatedWebhook Echo(SimulatedPerson person, SimulatedMessage message)
    {
        var at = message.At.ToUnixTimeMilliseconds();
        return Write("message.any", person, message.RawId, at, WahaIds.NewEventId(at),
            json => NowebShapes.WriteMessage(json, person, message, MessageAck.Pending));
    }

    /// <summary>One of the bot's texts got further.</summary>
    public SimulatedWebhook Acknowledged(SimulatedPerson person, SimulatedMessage message, MessageAck ack)
    {
        var now = time.GetUtcNow().ToUnixTimeMilliseconds();
        return Write("message.ack", person, message.RawId, now, WahaIds.NewEventId(now), json =>
        {
            json.WriteStartObject();
            json.WriteString("id", message.FullId(person));
            json.WriteString("from", person.ChatId);
            json.WriteBoolean("fromMe", message.FromBot);
            NowebShapes.WriteAck(json, ack);
            json.WriteEndObject();
        });
    }

    /// <summary>The bot's own reaction comes back as an event; an empty emoji took it away.</summary>
    public SimulatedWebhook Reacted(SimulatedPerson person, SimulatedMessage target, string rawId, string emoji, DateTimeOffset at)
    {
        var now = at.ToUnixTimeMilliseconds();
        return Write("message.reaction", person, rawId, now, WahaIds.NewEventId(now), json =>
        {
            json.WriteStartObject();
            json.WriteString("id", $"true_{person.ChatId}_{rawId}");
            json.WriteNumber("timestamp", at.ToUnixTimeSeconds());
            json.WriteString("from", person.ChatId);
            json.WriteBoolean("fromMe", true);
            json.WriteString("source", "app");
            json.WriteStartObject("reaction");
            json.WriteString("text", emoji);
            json.WriteString("messageId", target.FullId(person));
            json.WriteEndObject();
            json.WriteEndObject();
        });
    }

    private SimulatedWebhook Write(
        string name, SimulatedPerson? person, string? rawId, long timestamp, string eventId, Action<Utf8JsonWriter> writePayload)
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

        return new(name, person, rawId, WahaIds.NewRequestId(), timestamp, body.WrittenSpan.ToArray());
    }

    private static void WriteStatus(Utf8JsonWriter json, string status, long at)
    {
        json.WriteStartObject();
        json.WriteString("status", status);
        json.WriteNumber("timestamp", at);
        json.WriteEndObject();
    }
}
