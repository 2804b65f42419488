using Microsoft.Extensions.Options;
using OpenClaw.Core.Queue.History;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Gateway.Backfill;

namespace OpenClaw.Gateway.Admission;

/// <summary>Why a message is not answered, though it may be meant for us.</summary>
/// <param name="Reason">Typed reason.</param>
/// <param name="Note">What the history says in place of an answer; null = its text is not kept, as what was written before anybody connected us.</param>
internal sealed record NotToBeAnswered(string Reason, string? Note);

/// <summary>
/// Which messages still want an answer, however they came: newer than the session's first connection, not too old, and not answered by a human.
/// </summary>
internal sealed class AnswerEligibility(ChatFacts facts, IOptions<WebhooksOptions> live, IOptions<BackfillOptions> readBack, TimeProvider time)
{
    /// <summary>
    /// Younger than this a message is live. Whether a human takes over a chat just now is another question than who answered while nobody listened,
    /// and it must not cost every webhook a query.
    /// </summary>
    private static readonly TimeSpan Live = TimeSpan.FromSeconds(30);

    /// <param name="session">WAHA session.</param>
    /// <param name="chat">The chat.</param>
    /// <param name="alias">The same person's other id, where WAHA tells it.</param>
    /// <param name="sentAt">WhatsApp's time of the message.</param>
    /// <param name="isReadBack">Whether it was read from WAHA's history.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Null when it wants an answer.</returns>
    public async ValueTask<NotToBeAnswered?> JudgeAsync(
        string session, ChatId chat, ChatId? alias, DateTimeOffset sentAt, bool isReadBack, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var connected = await facts.FirstConnectionAsync(session, cancellationToken);
        // WhatsApp tells whole seconds.
        if (connected is { } first && sentAt.ToUnixTimeSeconds() < first.ToUnixTimeSeconds())
            return new NotToBeAnswered("before_connection", null);
        // Where the beginning is not known, what is old may be from before it.
        if (sentAt < now - (isReadBack ? readBack.Value.MaxAge : live.Value.MaxAge))
            return new NotToBeAnswered("too_old", connected is null ? null : "[Not answered: it was too old when it arrived.]");
        if (sentAt > now - Live)
            return null;
        var known = chat.ToString();
        return await facts.HumanWroteAsync(session, known, chat.IsPerson && alias is { } other ? other.ToString() : known, sentAt, cancellationToken)
            ? new NotToBeAnswered("human_answered", "[Somebody answered this by hand.]")
            : null;
    }
}
