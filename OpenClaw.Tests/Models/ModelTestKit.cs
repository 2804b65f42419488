using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using OpenClaw.Tests.Infrastructure;
using OpenClaw.Worker.Models;
using OpenClaw.Worker.Models.OpenAi;

namespace OpenClaw.Tests.Models;

/// <summary>Shared shorthands of the model tests.</summary>
internal static class ModelTestKit
{
    public static AiModelOptions Options(ScriptedModel model) => new() { Provider = "OpenAI", Endpoint = model.Endpoint, Model = "test-model" };

    public static OpenAiChatClient Client(ScriptedModel model, TimeProvider? time = null) => new(Options(model), time ?? TimeProvider.System);

    public static ChatMessage User(string text) => new(ChatRole.User, text);

    public static async Task<List<ChatResponseUpdate>> CollectAsync(this IChatClient client, params ChatMessage[] messages)
    {
        var updates = new List<ChatResponseUpdate>();
        await foreach (var update in client.GetStreamingResponseAsync(messages))
            updates.Add(update);
        return updates;
    }

    public static async Task<ModelException> FailureAsync(this IChatClient client, params ChatMessage[] messages) =>
        await Should.ThrowAsync<ModelException>(() => client.CollectAsync(messages));

    public static List<FunctionCallContent> Calls(this IEnumerable<ChatResponseUpdate> updates) =>
        [.. updates.SelectMany(update => update.Contents).OfType<FunctionCallContent>()];

    public static string Text(this IEnumerable<ChatResponseUpdate> updates) => string.Concat(updates.Select(update => update.Text));
}

/// <summary>A model made of a delegate.</summary>
internal sealed class DelegateChatClient(Func<CancellationToken, IAsyncEnumerable<ChatResponseUpdate>> stream) : IChatClient
{
    public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        throw new InvalidOperationException("Decorators build on the stream.");

    public async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await foreach (var update in stream(cancellationToken))
            yield return update;
    }

    public object? GetService(Type serviceType, object? serviceKey = null) => null;

    public void Dispose()
    {
    }
}
