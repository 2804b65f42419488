using Microsoft.Extensions.AI;

namespace OpenClaw.Worker.Models.Offline;

/// <summary>The turn that the messages end with: what was asked since the last answer, and how far the skill calls got.</summary>
internal sealed class OfflineTurn
{
    private readonly Dictionary<string, string> _idBySignature = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _resultById = new(StringComparer.Ordinal);

    /// <summary>The person's messages, oldest first.</summary>
    public List<string> Questions { get; } = [];

    /// <summary>Whether nothing was ever answered before.</summary>
    public bool IsFirst { get; private init; }

    public static OfflineTurn Of(IReadOnlyList<ChatMessage> messages)
    {
        var start = messages.Count;
        while (start > 0 && !IsAnswer(messages[start - 1]))
            start--;

        var turn = new OfflineTurn { IsFirst = start == 0 };
        for (var i = start; i < messages.Count; i++)
            turn.Add(messages[i]);
        return turn;
    }

    public bool HasCalled(OfflineCall call) => _idBySignature.ContainsKey(call.Signature);

    /// <summary>The text a call brought back; null when it never came back.</summary>
    public string? ResultOf(OfflineCall call) =>
        _idBySignature.TryGetValue(call.Signature, out var id) ? _resultById.GetValueOrDefault(id) : null;

    private static bool IsAnswer(ChatMessage message) =>
        message.Role == ChatRole.Assistant && !message.Contents.Any(content => content is FunctionCallContent);

    private void Add(ChatMessage message)
    {
        if (message.Role == ChatRole.User && !string.IsNullOrWhiteSpace(message.Text))
            Questions.Add(message.Text);

        foreach (var content in message.Contents)
        {
            if (content is FunctionCallContent call)
                _idBySignature[OfflineCall.SignatureOf(call.Name, call.Arguments ?? new Dictionary<string, object?>(StringComparer.Ordinal))] = call.CallId;
            else if (content is FunctionResultContent result)
                _resultById[result.CallId] = ToolResultText.Of(result);
        }
    }
}
