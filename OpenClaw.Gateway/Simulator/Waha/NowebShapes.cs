using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace OpenClaw.Gateway.Simulator.Waha;

/// <summary>
/// JSON as WAHA 2026.2.1 with the NOWEB engine writes it, members in its order:
/// <c>{"id":"false_15551234567@c.us_3EB0...","timestamp":1795336705,"from":"15551234567@c.us","fromMe":false,"source":"app","body":"hello",...}</c>
/// </summary>
internal static class NowebShapes
{
    /// <summary>Node's <c>JSON.stringify</c> leaves everything but quotes and control characters as it is.</summary>
    public static JsonWriterOptions Writing { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A message as in webhooks and in a chat's history.</summary>
    public static void WriteMessage(Utf8JsonWriter json, SimulatedMessage message, MessageAck ack)
    {
        json.WriteStartObject();
        json.WriteString("id", message.FullId);
        json.WriteNumber("timestamp", message.At.ToUnixTimeSeconds());
        json.WriteString("from", message.Place.ChatId);
        json.WriteBoolean("fromMe", message.FromBot);
        json.WriteString("source", message is { FromBot: true, ByHuman: false } ? "api" : "app");
        json.WriteString("body", message.Text);
        if (message is { FromBot: false, Place.IsGroup: true })
        {
            json.WriteString("to", message.Place.ChatId);
            json.WriteString("participant", message.Place.Holder.ChatId);
        }

        json.WriteBoolean("hasMedia", false);
        json.WriteNull("media");
        WriteAck(json, ack);
        json.WriteNull("location");
        json.WriteNull("vCards");
        WriteReplyTo(json, message);
        json.WritePropertyName("_data");
        if (message.FromBot)
            WriteSent(json, message);
        else
            WriteReceived(json, message);
        json.WriteEndObject();
    }

    /// <summary>The engine's own form of a sent text: the answer of <c>sendText</c>.</summary>
    public static void WriteSent(Utf8JsonWriter json, SimulatedMessage message)
    {
        json.WriteStartObject();
        WriteKey(json, message.Place, fromMe: true, message.RawId);
        json.WriteStartObject("message");
        json.WriteStartObject("extendedTextMessage");
        json.WriteString("text", message.Text);
        if (message.QuotedRawId is { } quoted)
        {
            json.WriteStartObject("contextInfo");
            json.WriteString("stanzaId", quoted);
            json.WriteString("participant", message.Place.Holder.Jid);
            json.WriteStartObject("quotedMessage");
            json.WriteString("conversation", message.QuotedText);
            json.WriteEndObject();
            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndObject();
        WriteSentEnd(json, message.At);
    }

    /// <summary>The answer of a reaction.</summary>
    public static void WriteReaction(Utf8JsonWriter json, SimulatedMessage target, string rawId, string emoji, DateTimeOffset at)
    {
        json.WriteStartObject();
        WriteKey(json, target.Place, fromMe: true, rawId);
        json.WriteStartObject("message");
        json.WriteStartObject("reactionMessage");
        WriteKey(json, target.Place, target.FromBot, target.RawId);
        json.WriteString("text", emoji);
        json.WriteString("senderTimestampMs", at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
        json.WriteEndObject();
        json.WriteEndObject();
        WriteSentEnd(json, at);
    }

    /// <summary><c>"ack":2,"ackName":"DEVICE"</c></summary>
    public static void WriteAck(Utf8JsonWriter json, MessageAck ack)
    {
        json.WriteNumber("ack", (int)ack);
        json.WriteString("ackName", ack switch
        {
            MessageAck.Pending => "PENDING",
            MessageAck.Server => "SERVER",
            MessageAck.Device => "DEVICE",
            MessageAck.Read => "READ",
            _ => "ERROR",
        });
    }

    private static void WriteReceived(Utf8JsonWriter json, SimulatedMessage message)
    {
        json.WriteStartObject();
        WriteKey(json, message.Place, fromMe: false, message.RawId);
        json.WriteNumber("messageTimestamp", message.At.ToUnixTimeSeconds());
        json.WriteString("pushName", message.Place.Holder.Name);
        json.WriteBoolean("broadcast", false);
        json.WriteStartObject("message");
        json.WriteString("conversation", message.Text);
        json.WriteEndObject();
        json.WriteNumber("status", 3);
        json.WriteEndObject();
    }

    private static void WriteReplyTo(Utf8JsonWriter json, SimulatedMessage message)
    {
        if (message.QuotedRawId is null)
        {
            json.WriteNull("replyTo");
            return;
        }

        json.WriteStartObject("replyTo");
        json.WriteString("id", message.QuotedRawId);
        json.WriteString("participant", message.Place.Holder.ChatId);
        json.WriteString("body", message.QuotedText);
        json.WriteEndObject();
    }

    private static void WriteKey(Utf8JsonWriter json, ChatPlace place, bool fromMe, string rawId)
    {
        json.WriteStartObject("key");
        json.WriteString("remoteJid", place.Jid);
        json.WriteBoolean("fromMe", fromMe);
        json.WriteString("id", rawId);
        if (place.IsGroup && !fromMe)
            json.WriteString("participant", place.Holder.Jid);
        if (place.JidAlt is { } alt && !fromMe)
            json.WriteString("remoteJidAlt", alt);
        json.WriteEndObject();
    }

    private static void WriteSentEnd(Utf8JsonWriter json, DateTimeOffset at)
    {
        json.WriteString("messageTimestamp", at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture));
        json.WriteString("status", "PENDING");
        json.WriteEndObject();
    }
}
