using System.Security.Cryptography;
using System.Text.Json;
using OpenClaw.Core.Security;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue.DeadLetters;

/// <summary>
/// Turns that failed too often. A replay resumes the same turn with its frozen set and its transcript, so a skill that changed something is
/// not run again; it comes before younger messages that still wait, and is marked late where younger ones were answered.
/// </summary>
internal sealed class DeadTurns(IDatabase database, KeyRing keys, ILaneScheduler scheduler, TimeProvider time) : IDeadLetterKind
{
    public string Name => "turn";

    public string Rows =>
        $"""
        SELECT 'turn' AS kind, t.turn_id AS row_id, COALESCE(t.reason, 'unknown') AS reason, t.attempts, t.replays, COALESCE(t.dead_at, t.created_at) AS died_at,
            t.lane_id, l.session, t.reference,
            {LaneReplay.LastMessageOf("t.turn_id")}, t.turn_id AS replay_order
        FROM turns t JOIN lanes l ON l.lane_id = t.lane_id WHERE t.state = 'dead'
        """;

    public DeadLetterPayload? Open(long row)
    {
        var messages = database.Read(sql => sql.Query(
            "SELECT key_id, order_at, content_enc FROM inbound WHERE turn_id = @turn ORDER BY order_at, envelope_at, inbound_id",
            message => (
                Key: new DataKeyId(message.GetInt64(0)), At: UnixMicroseconds.FromUnixTimeMicroseconds(message.GetInt64(1)),
                Content: message.IsDBNull(2) ? [] : message.GetFieldValue<byte[]>(2)),
            ("@turn", row)));
        return messages.Count == 0 ? null : new DeadLetterPayload(messages.ConvertAll(message =>
        {
            var content = JsonSerializer.Deserialize(keys.Decrypt(message.Key, "inbound.content", message.Content), StoredJson.Default.MessageContent)!;
            return new DeadLetterText(message.At, content.ChatId, content.SenderName, content.Text, content.Media);
        }));
    }

    public async Task<DeadLetterOutcome> ReplayAsync(long row, CancellationToken cancellationToken)
    {
        if (Judge(row) is var before and not DeadLetterOutcome.Done)
            return before;
        if (!IsReadable(row))
            return DeadLetterOutcome.Unreadable;
        var now = time.GetUtcNow();
        var lane = await database.WriteAsync(sql => Replay(sql, row, now), cancellationToken);
        if (lane is null)
            return Refused(Judge(row));
        scheduler.Announce(lane.Value, now);
        return DeadLetterOutcome.Done;
    }

    public async Task<DeadLetterOutcome> DiscardAsync(long row, CancellationToken cancellationToken)
    {
        var discarded = await database.WriteAsync(sql => Discard(sql, row), cancellationToken);
        return discarded ? DeadLetterOutcome.Done : Refused(Judge(row));
    }

    private LaneId? Replay(ISqlSession sql, long turn, DateTimeOffset now)
    {
        if (LaneOf(sql, turn) is not { } lane)
            return null;
        LaneReplay.Enter(sql, lane);
        var replayed = sql.Execute(
            """
            UPDATE turns SET state = 'running', reason = NULL, attempts = 0, failures = 0, not_before = 0, replays = replays + 1, replayed_at = @now
            WHERE turn_id = @turn AND lane_id = @lane AND state = 'dead'
            """,
            ("@now", now.ToUnixTimeMicroseconds()), ("@turn", turn), ("@lane", lane));
        if (replayed == 0)
            return null;
        sql.Post(
            """
            UPDATE inbound SET state = 'in_turn', reason = NULL, late = CASE WHEN EXISTS (
                SELECT 1 FROM conversation WHERE lane_id = @lane AND order_at > (SELECT MAX(m.order_at) FROM inbound AS m WHERE m.turn_id = @turn)) THEN 1 ELSE late END
            WHERE turn_id = @turn AND state = 'dead'
            """,
            ("@lane", lane), ("@turn", turn));
        // Whoever has not been apologised to yet gets the answer instead. One that is just being sent goes its way.
        sql.Post(
            "UPDATE outbox SET state = 'discarded', reason = 'turn_replayed' WHERE turn_id = @turn AND kind = 'apology' AND state IN ('queued', 'dead')",
            ("@turn", turn));
        scheduler.SignalWithin(sql, new LaneId(lane), now);
        return new LaneId(lane);
    }

    private static bool Discard(ISqlSession sql, long turn)
    {
        if (LaneOf(sql, turn) is not { } lane)
            return false;
        LaneReplay.Meet(sql, lane);
        var discarded = sql.Execute("UPDATE turns SET state = 'discarded' WHERE turn_id = @turn AND lane_id = @lane AND state = 'dead'", ("@turn", turn), ("@lane", lane));
        if (discarded == 0)
            return false;
        sql.Post("UPDATE inbound SET content_enc = NULL WHERE turn_id = @turn AND state = 'dead'", ("@turn", turn));
        sql.Post("DELETE FROM turn_steps WHERE turn_id = @turn", ("@turn", turn));
        return true;
    }

    private static long? LaneOf(ISqlSession sql, long turn) =>
        sql.QueryFirst("SELECT lane_id FROM turns WHERE turn_id = @turn AND state = 'dead'", row => (long?)row.GetInt64(0), ("@turn", turn));

    private DeadLetterOutcome Judge(long turn) => database.Read(sql => sql.QueryFirst(
        "SELECT state, replays FROM turns WHERE turn_id = @turn", row => ((string State, long Replays)?)(row.GetString(0), row.GetInt64(1)), ("@turn", turn))) is { } found
        ? LaneReplay.Judge(found.State, found.Replays)
        : DeadLetterOutcome.NotFound;

    /// <summary>Who was first has won, even where it died again by now.</summary>
    private static DeadLetterOutcome Refused(DeadLetterOutcome outcome) => outcome == DeadLetterOutcome.Done ? DeadLetterOutcome.AlreadyReplayed : outcome;

    private bool IsReadable(long turn)
    {
        try
        {
            var steps = database.Read(sql => sql.Query(
                "SELECT key_id, content_enc FROM turn_steps WHERE turn_id = @turn", row => (Key: new DataKeyId(row.GetInt64(0)), Content: row.GetFieldValue<byte[]>(1)), ("@turn", turn)));
            foreach (var (key, content) in steps)
                keys.Decrypt(key, "turn_steps.content", content);
            return Open(turn) is not null;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
