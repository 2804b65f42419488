using System.Text.Json;
using System.Text.Json.Nodes;

namespace OpenClaw.Tests.Infrastructure;

/// <summary>
/// What the scripted model answers to one request. Made by one of the factories; the rest is set with <c>with</c>:
/// <c>ScriptedReply.Text("Oi") with { HoldUntil = gate.Task }</c>.
/// </summary>
internal sealed record ScriptedReply
{
    private ScriptedReply()
    {
    }

    /// <summary>HTTP status; anything but 200 is sent at once with an error body that repeats the last user text, as a leak test.</summary>
    public int StatusCode { get; private init; } = 200;

    /// <summary>Extra response headers, for example <c>Retry-After</c>.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The SSE <c>data:</c> payloads after each other, <c>[DONE]</c> included. Null = echo.</summary>
    public IReadOnlyList<string>? Events { get; private init; }

    /// <summary>Nothing, not even headers, is sent before this completes.</summary>
    public Task? HoldUntil { get; init; }

    /// <summary>Awaited before each event, with its index from 0, and before the end: a gate or a pause between chunks.</summary>
    public Func<int, CancellationToken, Task>? BeforeEvent { get; init; }

    /// <summary>How the response ends after its events.</summary>
    public ScriptedEnd End { get; init; }

    /// <summary>A body to send as <c>application/json</c> instead of a stream.</summary>
    public string? Json { get; private init; }

    /// <summary>Echoes the user texts of the turn, one a line: the default.</summary>
    public static ScriptedReply Echo() => new();

    /// <summary>An answer streamed in the given chunks.</summary>
    public static ScriptedReply Text(params string[] chunks) =>
        Raw([.. chunks.Select(Content), Finish("stop"), Usage(), "[DONE]"]);

    /// <summary>One skill call; <paramref name="arguments"/> is any object that JSON can write.</summary>
    public static ScriptedReply ToolCall(string name, object? arguments = null) => ToolCalls((name, arguments));

    /// <summary>Several skill calls in one answer, each in two pieces.</summary>
    public static ScriptedReply ToolCalls(params (string Name, object? Arguments)[] calls)
    {
        var events = new List<string>();
        for (var i = 0; i < calls.Length; i++)
        {
            var json = JsonSerializer.Serialize(calls[i].Arguments ?? new { });
            events.Add(ToolDelta(i, $"call_{Guid.NewGuid():N}", calls[i].Name, json[..(json.Length / 2)]));
            events.Add(ToolDelta(i, null, null, json[(json.Length / 2)..]));
        }

        return Raw([.. events, Finish("tool_calls"), Usage(), "[DONE]"]);
    }

    /// <summary>A refusal, for example 500, or 429 with the seconds of its <c>Retry-After</c>.</summary>
    public static ScriptedReply Status(int code, int? retryAfter = null)
    {
        var reply = new ScriptedReply { StatusCode = code };
        return retryAfter is { } seconds ? reply with { Headers = new Dictionary<string, string>(StringComparer.Ordinal) { ["Retry-After"] = $"{seconds}" } } : reply;
    }

    /// <summary>A good beginning, then broken JSON.</summary>
    public static ScriptedReply Malformed() => Raw(Content("Oi"), "{\"choices\":[{");

    /// <summary>The connection is aborted after these chunks.</summary>
    public static ScriptedReply Cut(params string[] chunks) => Raw([.. chunks.Select(Content)]) with { End = ScriptedEnd.Abort };

    /// <summary>A complete answer without any text.</summary>
    public static ScriptedReply Empty() => Raw(Content(""), Finish("stop"), "[DONE]");

    /// <summary>These chunks, then silence until the client hangs up.</summary>
    public static ScriptedReply Hang(params string[] chunks) => Raw([.. chunks.Select(Content)]) with { End = ScriptedEnd.Silence };

    /// <summary>SSE payloads as they are.</summary>
    public static ScriptedReply Raw(params string[] events) => new() { Events = events };

    /// <summary>One JSON body although a stream was asked for.</summary>
    public static ScriptedReply Whole(string json) => new() { Json = json };

    /// <summary>A payload with a piece of text.</summary>
    public static string Content(string text) => Choice(new JsonObject { ["content"] = text }, null);

    /// <summary>A payload with the reason of the end.</summary>
    public static string Finish(string reason) => Choice([], reason);

    /// <summary>A payload with a piece of a skill call.</summary>
    public static string ToolDelta(int? index, string? id, string? name, string? arguments)
    {
        var call = new JsonObject { ["function"] = new JsonObject { ["name"] = name, ["arguments"] = arguments } };
        if (index is not null)
            call["index"] = index;
        if (id is not null)
            call["id"] = id;
        return Choice(new JsonObject { ["tool_calls"] = new JsonArray(call) }, null);
    }

    /// <summary>The payload with the token counts.</summary>
    public static string Usage(int prompt = 11, int completion = 7) =>
        $$$"""{"id":"chatcmpl-1","model":"scripted","choices":[],"usage":{"prompt_tokens":{{{prompt}}},"completion_tokens":{{{completion}}},"total_tokens":{{{prompt + completion}}}}}""";

    private static string Choice(JsonObject delta, string? reason) => new JsonObject
    {
        ["id"] = "chatcmpl-1",
        ["object"] = "chat.completion.chunk",
        ["model"] = "scripted",
        ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = reason }),
    }.ToJsonString();
}

/// <summary>How a scripted response ends.</summary>
internal enum ScriptedEnd
{
    Normal,
    Abort,
    Silence,
}
