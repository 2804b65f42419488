using System.Text.Json;
using Microsoft.Extensions.AI;

namespace OpenClaw.Worker.Models.OpenAi;

/// <summary>What has arrived of one answer, and whether that is a whole one.</summary>
internal sealed class StreamedAnswer
{
    private readonly ToolCallAssembler _calls = new();
    private string? _id;
    private string? _model;
    private string? _finishReason;
    private ChunkUsage? _usage;
    private bool _hasText;

    /// <summary>Whether the stream said that it is over.</summary>
    public bool IsDone { get; set; }

    public bool HasReasonOfEnd => _finishReason is not null;

    /// <summary>
    /// Takes a chunk. Returns what can be passed on: text, an update without contents as a sign of life (reasoning, pieces of
    /// calls), or null where the chunk shows no progress.
    /// </summary>
    /// <exception cref="ModelException">The chunk reports an error.</exception>
    public ChatResponseUpdate? Read(ChatChunk chunk)
    {
        if (chunk.Error is { ValueKind: not (JsonValueKind.Null or JsonValueKind.Undefined) } error)
            throw ToException(error);

        _id ??= chunk.Id;
        _model ??= chunk.Model;
        // Some servers repeat a growing usage in every chunk: the last one counts.
        _usage = chunk.Usage ?? _usage;
        return chunk.Choices?.FirstOrDefault(choice => choice is { Index: null or 0 }) is { } choice ? Read(choice) : null;
    }

    /// <summary>The last update: skill calls, usage and the reason of the end.</summary>
    /// <exception cref="ModelException">The answer is cut or empty, or a call has no name.</exception>
    public ChatResponseUpdate Finish()
    {
        if (!IsDone && !HasReasonOfEnd)
            throw new ModelException(ModelFailure.Cut);
        if (!_hasText && !_calls.HasCalls)
            throw new ModelException(ModelFailure.Empty);

        var update = Create(_calls.ToContents());
        if (_usage is { } usage)
        {
            update.Contents.Add(new UsageContent(new UsageDetails
            {
                InputTokenCount = usage.PromptTokens,
                OutputTokenCount = usage.CompletionTokens,
                TotalTokenCount = usage.TotalTokens ?? usage.PromptTokens + usage.CompletionTokens,
            }));
        }

        update.FinishReason = ReadFinishReason();
        return update;
    }

    private ChatResponseUpdate? Read(ChunkChoice choice)
    {
        if (!string.IsNullOrEmpty(choice.FinishReason))
            _finishReason = choice.FinishReason;
        if ((choice.Delta ?? choice.Message) is not { } delta)
            return null;

        var progress = !string.IsNullOrEmpty(delta.Reasoning) || !string.IsNullOrEmpty(delta.ReasoningContent);
        foreach (var piece in delta.ToolCalls ?? [])
        {
            if (piece is null)
                continue;

            _calls.Add(piece);
            progress = true;
        }

        var text = string.IsNullOrEmpty(delta.Content) ? delta.Refusal : delta.Content;
        if (string.IsNullOrEmpty(text))
            return progress ? Create([]) : null;

        _hasText |= !string.IsNullOrWhiteSpace(text);
        return Create([new TextContent(text)]);
    }

    private ChatResponseUpdate Create(IList<AIContent> contents) =>
        new(ChatRole.Assistant, contents) { ResponseId = _id, MessageId = _id, ModelId = _model };

    // Servers are free with it: "stop" after a call (older Ollama), nothing at all, words of their own.
    private ChatFinishReason ReadFinishReason() => _calls.HasCalls
        ? ChatFinishReason.ToolCalls
        : _finishReason switch
        {
            null or "stop" or "tool_calls" or "function_call" => ChatFinishReason.Stop,
            "length" => ChatFinishReason.Length,
            "content_filter" => ChatFinishReason.ContentFilter,
            var other => new ChatFinishReason(other),
        };

    // {"error":{"message":"...","code":429}}, {"error":{"code":"rate_limit_exceeded"}}, {"error":"..."}
    private static ModelException ToException(JsonElement error)
    {
        if (error.ValueKind != JsonValueKind.Object || !error.TryGetProperty("code", out var code))
            return new(ModelFailure.Unavailable);
        if (code.ValueKind == JsonValueKind.Number && code.TryGetInt32(out var status) && status >= 400)
            return new(ModelTransport.Judge(status), status: status);

        return new(code.ValueKind == JsonValueKind.String && code.ValueEquals("rate_limit_exceeded") ? ModelFailure.RateLimited : ModelFailure.Unavailable);
    }
}
