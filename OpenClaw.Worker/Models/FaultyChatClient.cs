using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace OpenClaw.Worker.Models;

/// <summary>A model behind a fault switch. It stands inside telemetry and breaker, so that these see what they would see of a broken model.</summary>
internal sealed class FaultyChatClient(IChatClient inner, IModelFault fault) : DelegatingChatClient(inner)
{
    public override async Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default)
    {
        await fault.BeforeCallAsync(cancellationToken);
        return await base.GetResponseAsync(messages, options, cancellationToken);
    }

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await fault.BeforeCallAsync(cancellationToken);
        await foreach (var update in base.GetStreamingResponseAsync(messages, options, cancellationToken))
            yield return update;
    }
}
