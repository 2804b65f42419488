using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using OpenClaw.Core.Integrations;

namespace OpenClaw.Worker.Models;

/// <summary>Calls a model only while its breaker lets it, and tells the breaker what came of it. No retries: a turn is what is tried again.</summary>
internal sealed class GuardedChatClient(IChatClient inner, Integration model) : DelegatingChatClient(inner)
{
    public override Task<ChatResponse> GetResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) =>
        GetStreamingResponseAsync(messages, options, cancellationToken).ToChatResponseAsync(cancellationToken);

    /// <exception cref="IntegrationOpenException">It was not called, or its failure is one of those that opened the breaker.</exception>
    public override async IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(
        IEnumerable<ChatMessage> messages, ChatOptions? options = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        using var call = model.Enter();
        await using var updates = base.GetStreamingResponseAsync(messages, options, cancellationToken).GetAsyncEnumerator(cancellationToken);
        while (await NextAsync(updates, call))
            yield return updates.Current;
        call.Succeeded();
    }

    private async ValueTask<bool> NextAsync(IAsyncEnumerator<ChatResponseUpdate> updates, IntegrationCall call)
    {
        try
        {
            return await updates.MoveNextAsync();
        }
        catch (ModelException error)
        {
            if (!IsTheModels(error.Failure))
            {
                call.Succeeded();
                throw;
            }

            call.Failed(error.RetryAfter);
            // Known to be broken for everybody: then it is not this turn that failed.
            if (!model.IsClosed)
                throw model.Refusal(IsSuspect(error), error);
            throw;
        }
    }

    /// <summary>A 5xx, a silence or a cut may come from this very prompt. No connection, a bad key and a used-up quota do not.</summary>
    private static bool IsSuspect(ModelException error) =>
        error.Failure is ModelFailure.TimedOut or ModelFailure.Cut || error is { Failure: ModelFailure.Unavailable, Status: not null };

    /// <summary>An answer that is wrong or empty, or a refused request, is about the turn: the model itself answers.</summary>
    private static bool IsTheModels(ModelFailure failure) =>
        failure is ModelFailure.Unavailable or ModelFailure.RateLimited or ModelFailure.TimedOut or ModelFailure.Cut or ModelFailure.Unauthorized;
}
