using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace OpenClaw.Benchmarks.Load.Fakes;

/// <summary>The answer of <c>GET /api/{session}/chats/{chatId}/messages</c>: newest first, with WAHA's filters.</summary>
internal static class ChatMessagesPage
{
    /// <param name="messages">Oldest first.</param>
    /// <param name="query"><c>limit</c>, <c>offset</c>, <c>sortOrder</c>, <c>filter.timestamp.gte</c>, <c>filter.timestamp.lte</c> (seconds), <c>filter.fromMe</c>.</param>
    public static ReadOnlyMemory<byte> Render(LoggedMessage[] messages, IQueryCollection query)
    {
        var since = Number(query, "filter.timestamp.gte", 0);
        var until = Number(query, "filter.timestamp.lte", long.MaxValue);
        var found = messages.Where(m => m.UnixSeconds >= since && m.UnixSeconds <= until);
        if (bool.TryParse(query["filter.fromMe"], out var fromMe))
        {
            found = found.Where(m => m.FromMe == fromMe);
        }

        if (query["sortOrder"] != "asc")
        {
            found = found.Reverse();
        }

        var buffer = new ArrayBufferWriter<byte>(4096);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartArray();
        foreach (var message in found.Skip((int)Number(query, "offset", 0)).Take((int)Number(query, "limit", 10)))
        {
            Write(json, message);
        }

        json.WriteEndArray();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static void Write(Utf8JsonWriter json, LoggedMessage message)
    {
        json.WriteStartObject();
        json.WriteString("id", $"{(message.FromMe ? "true" : "false")}_{message.ChatId}_{message.RawId}");
        json.WriteNumber("timestamp", message.UnixSeconds);
        json.WriteString("from", message.ChatId);
        json.WriteBoolean("fromMe", message.FromMe);
        json.WriteString("source", message.FromMe ? "api" : "app");
        json.WriteString("body", message.Text);
        json.WriteBoolean("hasMedia", false);
        json.WriteNull("media");
        json.WriteNumber("ack", 1);
        json.WriteString("ackName", "SERVER");
        json.WriteEndObject();
    }

    private static long Number(IQueryCollection query, string name, long otherwise) =>
        long.TryParse(query[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
