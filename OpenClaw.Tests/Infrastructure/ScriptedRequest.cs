using System.Text.Json;

namespace OpenClaw.Tests.Infrastructure;

/// <summary>A request as the scripted model received it.</summary>
/// <param name="Body">The parsed body of <c>POST /v1/chat/completions</c>.</param>
/// <param name="Headers">Request headers, for example <c>Authorization</c>; names ignore case.</param>
internal sealed record ScriptedRequest(JsonElement Body, IReadOnlyDictionary<string, string> Headers)
{
    public string Model => Body.GetProperty("model").GetString()!;

    public bool IsStreaming => Body.TryGetProperty("stream", out var stream) && stream.GetBoolean();

    /// <summary>Every message in order; text is empty where it was null.</summary>
    public IReadOnlyList<(string Role, string Text)> Messages => [.. Body.GetProperty("messages").EnumerateArray()
        .Select(message => (message.GetProperty("role").GetString()!, TextOf(message)))];

    /// <summary>The user texts of the current turn: those after the last assistant message that was an answer.</summary>
    public IReadOnlyList<string> TurnTexts => [.. CurrentTurn().Where(message => Is(message, "user")).Select(TextOf)];

    /// <summary>The texts of the skill results of the current turn.</summary>
    public IReadOnlyList<string> ToolResults => [.. CurrentTurn().Where(message => Is(message, "tool")).Select(TextOf)];

    /// <summary>The names of the skills that were offered.</summary>
    public IReadOnlyList<string> ToolNames => !Body.TryGetProperty("tools", out var tools) ? [] :
        [.. tools.EnumerateArray().Select(tool => tool.GetProperty("function").GetProperty("name").GetString()!)];

    private JsonElement[] CurrentTurn()
    {
        var messages = Body.GetProperty("messages").EnumerateArray().ToArray();
        var answer = Array.FindLastIndex(messages, message => Is(message, "assistant") && !message.TryGetProperty("tool_calls", out _));
        return messages[(answer + 1)..];
    }

    private static bool Is(JsonElement message, string role) => message.GetProperty("role").ValueEquals(role);

    private static string TextOf(JsonElement message) =>
        message.TryGetProperty("content", out var content) && content.ValueKind == JsonValueKind.String ? content.GetString()! : "";
}
