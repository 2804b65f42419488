using System.Text.Json;
using System.Text.Json.Serialization;

namespace OpenClaw.Worker.Models.OpenAi;

// data: {"id":"chatcmpl-1","model":"m","choices":[{"index":0,"delta":{"content":"Oi"},"finish_reason":null}],"usage":null}
// A server that does not stream answers with the same shape, "message" instead of "delta".
// Every property may be absent or null; what is unknown is skipped.

internal sealed record ChatChunk(
    string? Id,
    string? Model,
    IReadOnlyList<ChunkChoice?>? Choices,
    ChunkUsage? Usage,
    JsonElement? Error);

internal sealed record ChunkChoice(int? Index, ChunkDelta? Delta, ChunkDelta? Message, string? FinishReason);

internal sealed record ChunkDelta(
    [property: JsonConverter(typeof(LenientTextConverter))] string? Content,
    [property: JsonConverter(typeof(LenientTextConverter))] string? Refusal,
    [property: JsonConverter(typeof(LenientTextConverter))] string? Reasoning,
    [property: JsonConverter(typeof(LenientTextConverter))] string? ReasoningContent,
    IReadOnlyList<ChunkToolCall?>? ToolCalls);

internal sealed record ChunkToolCall(
    int? Index,
    [property: JsonConverter(typeof(LenientTextConverter))] string? Id,
    ChunkFunction? Function);

internal sealed record ChunkFunction(
    string? Name,
    [property: JsonConverter(typeof(LenientTextConverter))] string? Arguments);

internal sealed record ChunkUsage(int? PromptTokens, int? CompletionTokens, int? TotalTokens);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(ChatChunk))]
internal sealed partial class ChatChunkJson : JsonSerializerContext;

/// <summary>
/// Text that some servers send in another shape: a number as id, content as parts (<c>[{"type":"text","text":"Oi"}]</c>), or
/// arguments as an object instead of a string with JSON inside.
/// </summary>
internal sealed class LenientTextConverter : JsonConverter<string?>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return reader.GetString();
            case JsonTokenType.Null:
                return null;
            default:
                var element = JsonElement.ParseValue(ref reader);
                return element.ValueKind == JsonValueKind.Array ? JoinParts(element) : element.GetRawText();
        }
    }

    public override void Write(Utf8JsonWriter writer, string? value, JsonSerializerOptions options) => writer.WriteStringValue(value);

    private static string JoinParts(JsonElement parts) => string.Concat(parts.EnumerateArray()
        .Select(part => part.ValueKind == JsonValueKind.Object && part.TryGetProperty("text", out var text) && text.ValueKind == JsonValueKind.String
            ? text.GetString()
            : ""));
}
