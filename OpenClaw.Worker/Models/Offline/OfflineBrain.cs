using Microsoft.Extensions.AI;

namespace OpenClaw.Worker.Models.Offline;

/// <summary>
/// Answers by rules where no model is connected, and says so. It asks for the real skills through the ordinary tool loop and
/// remembers nothing: what was asked, called and answered is read from the messages each time.
/// </summary>
internal sealed class OfflineBrain : IChatClient
{
    private const int PieceLength = 120;

    private static readonly ChatClientMetadata Metadata = new("offline", null, "rules");

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Think(messages as IReadOnlyList<ChatMessage> ?? [.. messages], options).ToAsyncEnumerable();
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceKey is not null ? null
        : serviceType == typeof(ChatClientMetadata) ? Metadata
        : serviceType.IsInstanceOfType(this) ? this
        : null;

    public void Dispose()
    {
    }

    private static IEnumerable<ChatResponseUpdate> Think(IReadOnlyList<ChatMessage> messages, ChatOptions? options)
    {
        var id = Guid.NewGuid().ToString("N");
        var turn = OfflineTurn.Of(messages);
        var fallback = LanguageGuess.FromInstructions(messages, options);
        var requests = turn.Questions.SelectMany(text => RequestReader.Read(text, fallback))
            .DistinctBy(request => (request.Topic, Wish: request.Call?.Signature ?? request.Label))
            .ToList();
        var skills = options?.Tools?.OfType<AIFunctionDeclaration>().Select(tool => tool.Name).ToHashSet(StringComparer.Ordinal) ?? [];

        var calls = requests.Where(request => request.Call is { } call && skills.Contains(call.Skill) && !turn.HasCalled(call)).Select(request => request.Call!).ToList();
        if (calls.Count > 0)
        {
            yield return new ChatResponseUpdate(ChatRole.Assistant, [.. calls.Select(call => call.ToContent())])
            {
                ResponseId = id,
                MessageId = id,
                ModelId = Metadata.DefaultModelId,
                FinishReason = ChatFinishReason.ToolCalls,
            };
            yield break;
        }

        var answer = OfflineReply.Compose(requests, turn, skills, fallback);
        for (var start = 0; start < answer.Length;)
        {
            var length = PieceAt(answer, start);
            yield return new ChatResponseUpdate(ChatRole.Assistant, answer.Substring(start, length))
            {
                ResponseId = id,
                MessageId = id,
                ModelId = Metadata.DefaultModelId,
                FinishReason = start + length == answer.Length ? ChatFinishReason.Stop : null,
            };
            start += length;
        }
    }

    // Pieces end after a space, so that a reader of the stream never sees half a word.
    private static int PieceAt(string answer, int start)
    {
        var least = start + PieceLength;
        var end = least >= answer.Length ? -1 : answer.AsSpan(least).IndexOfAny(' ', '\n');
        return end < 0 ? answer.Length - start : PieceLength + end + 1;
    }
}
