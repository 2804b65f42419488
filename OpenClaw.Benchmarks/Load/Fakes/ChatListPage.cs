using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace OpenClaw.Benchmarks.Load.Fakes;

/// <summary>The answer of <c>GET /api/{session}/chats</c>: NOWEB's own objects, newest first.</summary>
internal static class ChatListPage
{
    /// <param name="chats">Newest first.</param>
    /// <param name="query"><c>limit</c>, <c>offset</c>.</param>
    public static ReadOnlyMemory<byte> Render((string ChatId, long LastSeconds)[] chats, IQueryCollection query)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartArray();
        foreach (var (chatId, lastSeconds) in chats.Skip(Number(query, "offset", 0)).Take(Number(query, "limit", 50)))
        {
            json.WriteStartObject();
            json.WriteString("id", chatId.Replace("@c.us", "@s.whatsapp.net", StringComparison.Ordinal));
            json.WriteNumber("conversationTimestamp", lastSeconds);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.Flush();
        return buffer.WrittenMemory;
    }

    private static int Number(IQueryCollection query, string name, int otherwise) =>
        int.TryParse(query[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;
}
