using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.AI;
using OpenClaw.Core.Queue;
using OpenClaw.Worker.Skills;

namespace OpenClaw.Worker.Agents;

/// <summary>A call as the transcript keeps it.</summary>
/// <param name="Id">Unique within the turn.</param>
/// <param name="Name">The skill's name as the model wrote it.</param>
/// <param name="Arguments">A JSON object, or null for none.</param>
/// <param name="Unreadable">The model wrote arguments that are not JSON: it is told so, nothing runs.</param>
internal sealed record StoredCall(string Id, string Name, JsonElement? Arguments, bool Unreadable = false);

/// <summary>The model's message with the calls it asks for.</summary>
internal sealed record StoredModelMessage(string Text, IReadOnlyList<StoredCall> Calls);

/// <summary>How a call ended.</summary>
internal sealed record StoredResult(SkillStatus Status, string Text);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true)]
[JsonSerializable(typeof(StoredModelMessage))]
[JsonSerializable(typeof(StoredResult))]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
internal sealed partial class TranscriptJson : JsonSerializerContext;

/// <summary>
/// A turn's append-only story: model message, <c>started</c>, <c>done</c>. It can be told to a model again after a crash, with every
/// call answered exactly once.
/// </summary>
internal sealed class Transcript
{
    public const string Model = "model";
    public const string Started = "started";
    public const string Done = "done";

    private readonly List<StoredModelMessage> _messages = [];
    private readonly HashSet<string> _started = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoredResult> _results = new(StringComparer.Ordinal);
    private int _next;

    public Transcript(IEnumerable<TurnStep> steps)
    {
        foreach (var step in steps)
        {
            _next = step.Step + 1;
            switch (step.Kind)
            {
                case Model:
                    _messages.Add(JsonSerializer.Deserialize(step.Content, TranscriptJson.Default.StoredModelMessage)!);
                    break;
                case Started:
                    _started.Add(step.CallId!);
                    break;
                case Done:
                    _results[step.CallId!] = JsonSerializer.Deserialize(step.Content, TranscriptJson.Default.StoredResult)!;
                    break;
            }
        }
    }

    /// <summary>How often the model was asked and wanted skills.</summary>
    public int Rounds => _messages.Count;

    /// <summary>Calls of the newest model message that have no result yet.</summary>
    public IReadOnlyList<StoredCall> OpenCalls => _messages.Count == 0 ? [] : _messages[^1].Calls.Where(call => !_results.ContainsKey(call.Id)).ToList();

    /// <summary>Whether the call was about to run when somebody was interrupted: its outcome is unknown.</summary>
    public bool WasStarted(StoredCall call) => _started.Contains(call.Id);

    public TurnStep AddModel(StoredModelMessage message)
    {
        _messages.Add(message);
        return new TurnStep(_next++, Model, null, JsonSerializer.Serialize(message, TranscriptJson.Default.StoredModelMessage));
    }

    public TurnStep AddStarted(StoredCall call)
    {
        _started.Add(call.Id);
        return new TurnStep(_next++, Started, call.Id, "{}");
    }

    public TurnStep AddDone(StoredCall call, StoredResult result)
    {
        _results[call.Id] = result;
        return new TurnStep(_next++, Done, call.Id, JsonSerializer.Serialize(result, TranscriptJson.Default.StoredResult));
    }

    /// <summary>The transcript as chat messages, to be sent after the turn's own.</summary>
    public IEnumerable<ChatMessage> ToMessages()
    {
        foreach (var message in _messages)
        {
            var contents = message.Calls.Select(call => (AIContent)new FunctionCallContent(call.Id, call.Name, ArgumentsOf(call))).ToList();
            if (message.Text.Length > 0)
                contents.Insert(0, new TextContent(message.Text));
            yield return new ChatMessage(ChatRole.Assistant, contents);
            yield return new ChatMessage(
                ChatRole.Tool, message.Calls.Where(call => _results.ContainsKey(call.Id)).Select(call => (AIContent)new FunctionResultContent(call.Id, _results[call.Id].Text)).ToList());
        }
    }

    public static Dictionary<string, object?> ArgumentsOf(StoredCall call) => call.Arguments is { ValueKind: JsonValueKind.Object } json
        ? json.EnumerateObject().ToDictionary(property => property.Name, property => (object?)property.Value, StringComparer.Ordinal)
        : [];
}
