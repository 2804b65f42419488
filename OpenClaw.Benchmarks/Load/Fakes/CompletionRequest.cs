using System.Buffers;
using System.Text.Json;

namespace OpenClaw.Benchmarks.Load.Fakes;

/// <param name="EscapedEcho">Every user text after the last assistant message, one a line, still in JSON's escapes: copied, never decoded.</param>
/// <param name="Streams">Whether server-sent events are wanted.</param>
/// <param name="WantsUsage">Whether the stream shall end with the usage.</param>
internal sealed record CompletionRequest(ReadOnlyMemory<byte> EscapedEcho, bool Streams, bool WantsUsage)
{
    /// <summary>Reads the body of <c>POST /v1/chat/completions</c>.</summary>
    public static CompletionRequest Parse(ReadOnlySequence<byte> body)
    {
        var echo = new ArrayBufferWriter<byte>(256);
        var scratch = new ArrayBufferWriter<byte>(256);
        var streams = false;
        var wantsUsage = false;
        var reader = new Utf8JsonReader(body);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isMessages = reader.ValueTextEquals("messages"u8);
            var isStream = reader.ValueTextEquals("stream"u8);
            wantsUsage |= reader.ValueTextEquals("stream_options"u8);
            reader.Read();
            if (isMessages)
            {
                while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
                {
                    ReadMessage(ref reader, echo, scratch);
                }
            }
            else
            {
                streams |= isStream && reader.TokenType == JsonTokenType.True;
                reader.Skip();
            }
        }

        return new CompletionRequest(echo.WrittenMemory, streams, wantsUsage);
    }

    private static void ReadMessage(ref Utf8JsonReader reader, ArrayBufferWriter<byte> echo, ArrayBufferWriter<byte> scratch)
    {
        scratch.ResetWrittenCount();
        var isUser = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isRole = reader.ValueTextEquals("role"u8);
            var isContent = reader.ValueTextEquals("content"u8);
            reader.Read();
            if (isRole)
            {
                isUser = reader.ValueTextEquals("user"u8);
                if (reader.ValueTextEquals("assistant"u8))
                {
                    echo.ResetWrittenCount();
                }
            }
            else if (isContent)
            {
                ReadContent(ref reader, scratch);
            }
            else
            {
                reader.Skip();
            }
        }

        if (isUser)
        {
            AppendLine(echo, scratch.WrittenSpan);
        }
    }

    // A text, or a list of parts of which {"type":"text","text":"..."} counts.
    private static void ReadContent(ref Utf8JsonReader reader, ArrayBufferWriter<byte> scratch)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            AppendLine(scratch, Raw(reader));
        }
        else if (reader.TokenType == JsonTokenType.StartArray)
        {
            for (var depth = reader.CurrentDepth; reader.Read() && reader.CurrentDepth > depth;)
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("text"u8))
                {
                    reader.Read();
                    AppendLine(scratch, Raw(reader));
                }
            }
        }
        else
        {
            reader.Skip();
        }
    }

    private static ReadOnlySpan<byte> Raw(in Utf8JsonReader reader) =>
        reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan;

    private static void AppendLine(ArrayBufferWriter<byte> target, ReadOnlySpan<byte> text)
    {
        if (target.WrittenCount > 0)
        {
            target.Write("\\n"u8);
        }

        target.Write(text);
    }
}
