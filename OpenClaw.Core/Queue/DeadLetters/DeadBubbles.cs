using System.Security.Cryptography;
using System.Text.Json;
using OpenClaw.Core.Security;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue.DeadLetters;

/// <summary>
/// Bubbles that could not be sent. A replay puts one back into its old place, before younger ones that wait. One of which a send may have
/// arrived comes back as <c>sending</c>: the chat is read before it is sent again.
/// </summary>
internal sealed class DeadBubbles(IDatabase database, KeyRing keys, ILaneScheduler scheduler, TimeProvider time) : IDeadLetterKind
{
    public string Name => "bubble";

    public string Rows =>
        $"""
        SELECT 'bubble' AS kind, o.outbox_id AS row_id, COALESCE(o.reason, 'unknown') AS reason, o.attempts, o.replays, COALESCE(o.dead_at, o.created_at) AS died_at,
            o.lane_id, o.session, t.reference,
            {LaneReplay.LastMessageOf("o.turn_id")}, o.outbox_id AS replay_order
        FROM outbox o LEFT JOIN turns t ON t.turn_id = o.turn_id WHERE o.state = 'dead'
        """;

    public DeadLetterPayload? Open(long row)
    {
        if (Find(row) is not { } bubble)
            return null;
        var content = Decrypt(bubble);
        return new DeadLetterPayload([new DeadLetterText(bubble.CreatedAt, content.ChatId, null, content.Text, null)]);
    }

    public async Task<DeadLetterOutcome> ReplayAsync(long row, CancellationToken cancellationToken)
    {
        if (Find(row) is not { } bubble)
            return DeadLetterOutcome.NotFound;
        if (Judge(bubble) is var before and not DeadLetterOutcome.Done)
            return before;
        byte[] content;
        try
        {
            content = Readdress(bubble);
        }
        catch (CryptographicException)
        {
            return DeadLetterOutcome.Unreadable;
        }

        var now = time.GetUtcNow();
        var lane = await database.WriteAsync(sql => Replay(sql, bubble, content, now), cancellationToken);
        if (lane is null)
            return Refused(row);
        scheduler.Announce(lane.Value, now);
        return DeadLetterOutcome.Done;
    }

    public async Task<DeadLetterOutcome> DiscardAsync(long row, CancellationToken cancellationToken)
    {
        var discarded = await database.WriteAsync(sql => Discard(sql, row), cancellationToken);
        return discarded ? DeadLetterOutcome.Done : Refused(row);
    }

    private LaneId? Replay(ISqlSession sql, Row bubble, byte[] content, DateTimeOffset now)
    {
        if (LaneOf(sql, bubble.Id) is not { } lane)
            return null;
        LaneReplay.Enter(sql, lane);
        // From its first claim on: any of them may have arrived.
        var replayed = sql.Execute(
            """
            UPDATE outbox SET state = @state, attempts = 0, uncertain = 0, absent_at = NULL, not_before = 0, booked = 0, yields_until = 0, content_enc = @content,
                claimed_at = CASE WHEN @state = 'sending' THEN created_at ELSE NULL END, deadline = CASE WHEN @state = 'sending' THEN deadline ELSE NULL END,
                settlement = CASE WHEN settlement = 'held' THEN NULL ELSE settlement END, replays = replays + 1, replayed_at = @now
            WHERE outbox_id = @id AND lane_id = @lane AND state = 'dead'
            AND (kind <> 'apology' OR EXISTS (SELECT 1 FROM turns WHERE turn_id = outbox.turn_id AND state = 'dead'))
            """,
            ("@state", bubble.MayHaveArrived ? "sending" : "queued"), ("@content", content), ("@now", now.ToUnixTimeMicroseconds()), ("@id", bubble.Id), ("@lane", lane));
        if (replayed == 0)
            return null;
        if (bubble.TurnId is { } turn && bubble.Kind.IsAnswer())
            Reopen(sql, turn);
        scheduler.SignalWithin(sql, new LaneId(lane), now);
        return new LaneId(lane);
    }

    /// <summary>The turn's messages are answered again once nothing of the reply is missing, and the last bubble that waits says so.</summary>
    private static void Reopen(ISqlSession sql, long turn)
    {
        sql.Post(
            $"""
            UPDATE outbox SET last_of_turn = CASE WHEN outbox_id = (
                SELECT MAX(other.outbox_id) FROM outbox AS other
                WHERE other.turn_id = @turn AND other.kind IN {BubbleKinds.Answers} AND other.state IN ('queued', 'sending')) THEN 1 ELSE 0 END
            WHERE turn_id = @turn AND kind IN {BubbleKinds.Answers}
            """,
            ("@turn", turn));
        sql.Post(
            $"""
            UPDATE inbound SET state = 'replied', reason = NULL WHERE turn_id = @turn AND state = 'dead'
            AND NOT EXISTS (SELECT 1 FROM outbox WHERE turn_id = @turn AND kind IN {BubbleKinds.Answers} AND state IN ('dead', 'discarded'))
            """,
            ("@turn", turn));
    }

    private static bool Discard(ISqlSession sql, long bubble)
    {
        if (LaneOf(sql, bubble) is not { } lane)
            return false;
        LaneReplay.Meet(sql, lane);
        return sql.Execute(
            "UPDATE outbox SET state = 'discarded', content_enc = @nothing WHERE outbox_id = @id AND lane_id = @lane AND state = 'dead'",
            ("@nothing", Array.Empty<byte>()), ("@id", bubble), ("@lane", lane)) == 1;
    }

    private static long? LaneOf(ISqlSession sql, long bubble) =>
        sql.QueryFirst("SELECT lane_id FROM outbox WHERE outbox_id = @id AND state = 'dead'", row => (long?)row.GetInt64(0), ("@id", bubble));

    private DeadLetterOutcome Refused(long row) => Find(row) is not { } bubble ? DeadLetterOutcome.NotFound
        : Judge(bubble) is var outcome && outcome == DeadLetterOutcome.Done ? DeadLetterOutcome.AlreadyReplayed : outcome;

    private static DeadLetterOutcome Judge(Row bubble) =>
        bubble is { Kind: BubbleKind.Apology, TurnState: not ("dead" or "discarded"), State: "dead" } ? DeadLetterOutcome.Obsolete : LaneReplay.Judge(bubble.State, bubble.Replays);

    /// <summary>Where younger messages were answered meanwhile, the bubble quotes what it answers: the reader sees that it is late.</summary>
    private byte[] Readdress(Row bubble)
    {
        var content = Decrypt(bubble);
        if (!bubble.Kind.IsAnswer() || !bubble.IsOvertaken || content.Home().ReplyTo is not null || QuotedMessage(bubble.TurnId!.Value) is not { } quoted)
            return bubble.Content;
        // What another session is to send quotes nothing there, but does so where it goes back to its own.
        content = content.Own is { } own ? content with { Own = own with { ReplyTo = quoted } } : content with { ReplyTo = quoted };
        return keys.Encrypt(bubble.Key, "outbox.content", JsonSerializer.SerializeToUtf8Bytes(content, StoredJson.Default.BubbleContent));
    }

    private string? QuotedMessage(long turn)
    {
        var (key, content) = database.Read(sql => sql.QueryFirst(
            "SELECT key_id, content_enc FROM inbound WHERE turn_id = @turn AND content_enc IS NOT NULL ORDER BY order_at DESC, envelope_at DESC, inbound_id DESC LIMIT 1",
            row => (new DataKeyId(row.GetInt64(0)), row.GetFieldValue<byte[]>(1)), ("@turn", turn)));
        return content is null ? null : JsonSerializer.Deserialize(keys.Decrypt(key, "inbound.content", content), StoredJson.Default.MessageContent)!.MessageId;
    }

    private BubbleContent Decrypt(Row bubble) =>
        JsonSerializer.Deserialize(keys.Decrypt(bubble.Key, "outbox.content", bubble.Content), StoredJson.Default.BubbleContent)!;

    private Row? Find(long bubble) => database.Read(sql => sql.QueryFirst(
        """
        SELECT o.outbox_id, o.turn_id, o.kind, o.state, COALESCE(o.reason, ''), o.uncertain, o.replays, o.created_at, o.key_id, o.content_enc, COALESCE(t.state, ''),
            CASE WHEN EXISTS (SELECT 1 FROM conversation c WHERE c.lane_id = o.lane_id AND c.order_at > (SELECT MAX(i.order_at) FROM inbound i WHERE i.turn_id = o.turn_id))
                OR EXISTS (SELECT 1 FROM outbox y WHERE y.turn_id = o.turn_id AND y.outbox_id > o.outbox_id AND y.state = 'accepted') THEN 1 ELSE 0 END,
            CASE WHEN o.settlement = 'unproven_resent' THEN 1 ELSE 0 END
        FROM outbox o LEFT JOIN turns t ON t.turn_id = o.turn_id WHERE o.outbox_id = @id
        """,
        row => new Row(
            row.GetInt64(0), row.IsDBNull(1) ? null : row.GetInt64(1), BubbleKinds.Parse(row.GetString(2)), row.GetString(3), row.GetString(4), row.GetInt64(5), row.GetInt64(6),
            UnixMicroseconds.FromUnixTimeMicroseconds(row.GetInt64(7)), new DataKeyId(row.GetInt64(8)), row.GetFieldValue<byte[]>(9), row.GetString(10), row.GetInt64(11) == 1, row.GetInt64(12) == 1),
        ("@id", bubble)));

    private sealed record Row(
        long Id, long? TurnId, BubbleKind Kind, string State, string Reason, long Uncertain, long Replays, DateTimeOffset CreatedAt, DataKeyId Key, byte[] Content, string TurnState,
        bool IsOvertaken, bool WasGuessed)
    {
        /// <summary>A definite refusal proves that the last send did not arrive; whatever was uncertain before it is still to be looked for.</summary>
        public bool MayHaveArrived => Uncertain > 0 || WasGuessed || Reason.StartsWith("uncertain", StringComparison.Ordinal);
    }
}
