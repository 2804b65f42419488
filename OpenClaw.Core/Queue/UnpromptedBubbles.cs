using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue;

/// <summary>A bubble that answers nothing.</summary>
/// <param name="Lane">Its chat.</param>
/// <param name="Session">WAHA session.</param>
/// <param name="Key">Key of the person whom it is for.</param>
/// <param name="Content">Sealed <see cref="BubbleContent"/>.</param>
/// <param name="Cause">The inbound row that it is about, where there is one.</param>
internal sealed record UnpromptedBubble(LaneId Lane, string Session, Security.DataKeyId Key, byte[] Content, long? Cause);

/// <summary>
/// The only way into the outbox for what answers nothing. It begins no conversation: nobody is written to who never wrote in that chat.
/// </summary>
internal static class UnpromptedBubbles
{
    /// <summary>Typed reason of a refusal: nobody wrote in this chat before.</summary>
    public const string NeverWrote = "never_wrote";

    /// <summary>Queues it within the caller's transaction.</summary>
    /// <returns>Null when it is queued, else the typed reason why not.</returns>
    public static string? QueueWithin(ISqlSession sql, UnpromptedBubble bubble, DateTimeOffset now) => QueueWithin(sql, bubble, now, out _);

    /// <inheritdoc cref="QueueWithin(ISqlSession, UnpromptedBubble, DateTimeOffset)" />
    /// <param name="sql">The transaction.</param>
    /// <param name="bubble">What to send.</param>
    /// <param name="now">When it was made.</param>
    /// <param name="row">Its row in the outbox; null when it was refused.</param>
    public static string? QueueWithin(ISqlSession sql, UnpromptedBubble bubble, DateTimeOffset now, out long? row)
    {
        row = sql.QueryFirst(
            """
            INSERT INTO outbox (lane_id, kind, state, key_id, content_enc, session, created_at)
            SELECT @lane, 'notice', 'queued', @key, @content, @session, @now
            WHERE EXISTS (SELECT 1 FROM inbound WHERE inbound_id = @cause AND lane_id = @lane AND person_id IS NOT NULL)
                OR EXISTS (SELECT 1 FROM conversation WHERE lane_id = @lane AND role = 'user')
                OR EXISTS (SELECT 1 FROM inbound WHERE lane_id = @lane AND state = 'pending')
            RETURNING outbox_id
            """,
            queued => (long?)queued.GetInt64(0),
            ("@lane", bubble.Lane.Value), ("@key", bubble.Key.Value), ("@content", bubble.Content), ("@session", bubble.Session), ("@now", now.ToUnixTimeMicroseconds()),
            ("@cause", bubble.Cause ?? 0L));
        return row is null ? NeverWrote : null;
    }
}
