using System.ClientModel.Primitives;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace OpenClaw.Worker.Models.OpenAi;

/// <summary>
/// Every server that speaks OpenAI's chat completions, over the official SDK. The SDK's untyped call is used and the stream
/// read here: its typed one throws on finish reasons, roles and gaps that compatible servers are known for, and cannot
/// tell a finished stream from a cut one.
/// </summary>
internal sealed class OpenAiChatClient(AiModelOptions options, TimeProvider time) : IChatClient
{
    private static readonly ChatChunk Done = new(null, null, null, null, null);

    private readonly ModelTransport _transport = new(options, time);
    private readonly OpenAiDialect _dialect = OpenAiDialect.Of(options);
    private readonly ChatClientMetadata _metadata = new("openai", options.EndpointAddress, options.ModelName);

    public Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var response = await _transport.PostAsync(ChatRequestWriter.Write(messages, options, _dialect), cancellationToken);
        await using var chunks = ReadChunksAsync(response, cancellationToken).GetAsyncEnumerator(cancellationToken);
        var answer = new StreamedAnswer();
        while (!answer.IsDone && await NextAsync(chunks, answer))
        {
            if (ReferenceEquals(chunks.Current, Done))
                answer.IsDone = true;
            else if (answer.Read(chunks.Current) is { } update)
                yield return update;
        }

        yield return answer.Finish();
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => serviceKey is not null ? null
        : serviceType == typeof(ChatClientMetadata) ? _metadata
        : serviceType.IsInstanceOfType(this) ? this
        : null;

    public void Dispose() => _transport.Dispose();

    private static async IAsyncEnumerable<ChatChunk> ReadChunksAsync(PipelineResponse response, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var stream = response.ContentStream ?? Stream.Null;
        if (response.Headers.TryGetValue("Content-Type", out var type) && type?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) == true)
        {
            // Asked to stream, answered in one piece: complete by its nature.
            yield return await JsonSerializer.DeserializeAsync(stream, ChatChunkJson.Default.ChatChunk, cancellationToken) ?? throw new JsonException();
            yield return Done;
            yield break;
        }

        var parser = SseParser.Create(stream, static (_, data) => Parse(data));
        await foreach (var item in parser.EnumerateAsync(cancellationToken))
        {
            if (item.Data is not null)
                yield return item.Data;
        }
    }

    private static ChatChunk? Parse(ReadOnlySpan<byte> data)
    {
        data = data.Trim(" \r\n"u8);
        if (data.IsEmpty)
            return null;

        return data.SequenceEqual("[DONE]"u8) ? Done : JsonSerializer.Deserialize(data, ChatChunkJson.Default.ChatChunk);
    }

    private static async ValueTask<bool> NextAsync(IAsyncEnumerator<ChatChunk> chunks, StreamedAnswer answer)
    {
        try
        {
            return await chunks.MoveNextAsync();
        }
        catch (JsonException)
        {
            // Not as inner exception: its message may quote what the server sent.
            throw new ModelException(ModelFailure.Malformed);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException)
        {
            // Some servers hang up right after the reason of the end: nothing is missing then.
            if (answer.HasReasonOfEnd)
                return false;

            throw new ModelException(ModelFailure.Cut, innerException: exception);
        }
    }
}
