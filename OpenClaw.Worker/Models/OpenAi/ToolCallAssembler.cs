using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace OpenClaw.Worker.Models.OpenAi;

/// <summary>
/// Puts the pieces of streamed tool calls together. The protocol's way is an index in every piece, id and name in the first
/// one and the arguments in slices; servers also send no index, one index for all calls, no id, or a call in one piece.
/// </summary>
internal sealed class ToolCallAssembler
{
    private readonly List<Call> _calls = [];

    public bool HasCalls => _calls.Count > 0;

    public void Add(ChunkToolCall piece)
    {
        var call = Find(piece);
        if (call is null)
            _calls.Add(call = new Call { Index = piece.Index });

        if (call.Id.Length == 0)
            call.Id = piece.Id ?? "";
        if (call.Name.Length == 0)
            call.Name = piece.Function?.Name ?? "";
        call.Arguments.Append(piece.Function?.Arguments);
    }

    /// <summary>The calls in the order of their first pieces, each with an id of its own.</summary>
    /// <exception cref="ModelException">A call has no name.</exception>
    public List<AIContent> ToContents()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var contents = new List<AIContent>(_calls.Count);
        foreach (var call in _calls)
        {
            if (call.Name.Length == 0)
                throw new ModelException(ModelFailure.Malformed);

            var id = call.Id.Length > 0 && seen.Add(call.Id) ? call.Id : $"call_{Guid.NewGuid():N}";
            contents.Add(ToContent(id, call));
        }

        return contents;
    }

    private Call? Find(ChunkToolCall piece)
    {
        var call = piece.Index is { } index
            ? _calls.FindLast(known => known.Index == index)
            : _calls.Find(known => known.Id.Length > 0 && known.Id == piece.Id) ?? _calls.LastOrDefault();
        return call is null || StartsAnother(call, piece) ? null : call;
    }

    private static bool StartsAnother(Call call, ChunkToolCall piece)
    {
        // A piece without a name only ever continues, whatever its id.
        if (string.IsNullOrEmpty(piece.Function?.Name) || call.Name.Length == 0)
            return false;

        if (!string.IsNullOrEmpty(piece.Id) && call.Id.Length > 0)
            return piece.Id != call.Id;

        // Names repeated in every piece continue; a whole second call without an id does not.
        return piece.Function.Arguments?.StartsWith('{') == true && ParseArguments(call.Arguments.ToString()) is not null;
    }

    private static FunctionCallContent ToContent(string id, Call call)
    {
        var text = call.Arguments.ToString();
        var arguments = string.IsNullOrWhiteSpace(text) ? new Dictionary<string, object?>(StringComparer.Ordinal) : ParseArguments(text);
        // The tool loop tells the model that its arguments made no sense; the answer as a whole is still good.
        return new FunctionCallContent(id, call.Name, arguments) { Exception = arguments is null ? new ModelException(ModelFailure.Malformed) : null };
    }

    private static Dictionary<string, object?>? ParseArguments(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind switch
            {
                JsonValueKind.Object => ReadObject(document.RootElement),
                JsonValueKind.Null => new Dictionary<string, object?>(StringComparer.Ordinal),
                _ => null,
            };
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Dictionary<string, object?> ReadObject(JsonElement root)
    {
        var arguments = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (var property in root.EnumerateObject())
            arguments[property.Name] = property.Value.Clone();
        return arguments;
    }

    private sealed class Call
    {
        public int? Index { get; init; }
        public string Id { get; set; } = "";
        public string Name { get; set; } = "";
        public StringBuilder Arguments { get; } = new();
    }
}
