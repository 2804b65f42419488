using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;

namespace OpenClaw.Worker.Models;

/// <summary>
/// Ends an answer that does not begin, pauses or goes on for too long with <see cref="ModelFailure.TimedOut"/>. Only waiting
/// for the model counts against the pauses; what the caller does with an update does not.
/// </summary>
internal sealed class TimeLimitedChatClient(IChatClient inner, AiModelOptions options, TimeProvider time) : DelegatingChatClient(inner)
{
    public override Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await using var timer = time.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), limit, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        await using var updates = base.GetStreamingResponseAsync(messages, options, limit.Token).GetAsyncEnumerator(limit.Token);
        var started = time.GetTimestamp();
        var pause = Limits.FirstTokenTimeout;
        var name = nameof(AiModelOptions.FirstTokenTimeout);
        while (true)
        {
            bool more;
            try
            {
                more = await NextAsync(updates, timer, pause, started);
            }
            catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new ModelException(ModelFailure.TimedOut, limit: time.GetElapsedTime(started) >= Limits.TotalTimeout ? nameof(AiModelOptions.TotalTimeout) : name);
            }

            if (!more)
                yield break;

            pause = Limits.TokenTimeout;
            name = nameof(AiModelOptions.TokenTimeout);
            yield return updates.Current;
        }
    }

    private AiModelOptions Limits { get; } = options;

    private async ValueTask<bool> NextAsync(IAsyncEnumerator<ChatResponseUpdate> updates, ITimer timer, TimeSpan pause, long started)
    {
        var left = Limits.TotalTimeout - time.GetElapsedTime(started);
        if (left <= TimeSpan.Zero)
            throw new ModelException(ModelFailure.TimedOut, limit: nameof(AiModelOptions.TotalTimeout));

        var next = updates.MoveNextAsync();
        if (next.IsCompleted)
            return await next;

        timer.Change(left < pause ? left : pause, Timeout.InfiniteTimeSpan);
        try
        {
            return await next;
        }
        finally
        {
            timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
