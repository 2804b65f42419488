using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue;

/// <summary>
/// A bubble's way: queued, sending (claimed with fence and deadline), accepted (WAHA's id) or dead. Every step is conditional on the
/// lane's fence; a refused write throws <see cref="FenceLostException"/>.
/// </summary>
/// <remarks>
/// Where transactions run side by side, three pairs would overlook each other and meet at a row first: a write and whoever raises the
/// fence (the lane), binding a raw id and an ack that came before it (the ack), and two bubbles of a turn that are delivered at once (the turn).
/// </remarks>
public sealed class OutboxStore(IDatabase database, TimeProvider time)
{
    private const string RawIdTaken = "EXISTS (SELECT 1 FROM outbox AS other WHERE other.session = @session AND other.raw_id = @raw)";
    private const string FenceHolds = "EXISTS (SELECT 1 FROM lanes WHERE lane_id = @lane AND fence = @fence)";

    internal static List<BubbleRow> Unsent(ISqlSession sql, LaneId lane) => sql.Query(
        // What is being sent comes first: one bubble of a chat at a time, and a notice may have come in before a reply that was claimed at once.
        $"""
        SELECT {BubbleRow.Columns} FROM outbox WHERE lane_id = @lane AND state IN ('queued', 'sending')
        ORDER BY CASE state WHEN 'sending' THEN 0 ELSE 1 END, outbox_id LIMIT 50
        """,
        BubbleRow.Read, ("@lane", lane.Value));

    /// <summary>Commits that the bubble is about to be sent and until when.</summary>
    public Task ClaimAsync(LaneWork work, long bubble, DateTimeOffset deadline, CancellationToken cancellationToken) =>
        WriteFencedAsync(work, sql => Claim(sql, work, bubble, deadline, time.NowMicroseconds()), cancellationToken);

    /// <summary>WAHA took it. The last bubble of a turn settles the turn's messages; the next one is claimed in the same commit.</summary>
    /// <param name="work">The lane and its fence.</param>
    /// <param name="bubble">Row.</param>
    /// <param name="rawId">WAHA's raw id where it told one; an id that another bubble has already is not bound twice.</param>
    /// <param name="next">The bubble to claim next, or null.</param>
    /// <param name="deadline">Deadline of that claim.</param>
    /// <param name="cancellationToken">Ends the wait before the commit starts.</param>
    public async Task AcceptAsync(LaneWork work, Bubble bubble, string? rawId, long? next, DateTimeOffset deadline, CancellationToken cancellationToken)
    {
        var now = time.NowMicroseconds();
        var settled = await database.WriteInStepsAsync(
            UnitKind.Turn,
            work.Chat.Lane.Value,
            sql =>
            {
                LaneDirectory.Meet(sql, work.Chat.Lane);
                if (rawId is not null)
                    ChatEventStore.MeetAck(sql, work.Chat.Session, rawId, now);
                if (bubble.TurnId is { } turn)
                    ChatEventStore.MeetTurn(sql, turn);
                return sql.DeferFirst(
                    $"""
                    UPDATE outbox SET state = 'accepted', accepted_at = @now, found = CASE WHEN fence <> @fence THEN 1 ELSE 0 END,
                        raw_id = CASE WHEN {RawIdTaken} THEN NULL ELSE @raw END,
                        ack = CASE WHEN {RawIdTaken} THEN ack ELSE COALESCE((SELECT level FROM acks WHERE session = @session AND raw_id = @raw AND level > 0), ack) END
                    WHERE outbox_id = @id AND state = 'sending' AND {FenceHolds}
                    RETURNING last_of_turn, ack
                    """,
                    row => ((bool Last, long Ack)?)(row.GetInt64(0) == 1, row.GetInt64(1)),
                    ("@now", now), ("@session", work.Chat.Session), ("@raw", rawId), ("@id", bubble.Id), ("@lane", work.Chat.Lane.Value), ("@fence", work.Fence));
            },
            (sql, accept) =>
            {
                if (accept.Value is not { } accepted)
                    return new Deferred<int>(0);
                if (accepted.Last)
                    sql.Post("UPDATE inbound SET state = 'sent', sent_at = @now WHERE turn_id = @turn AND state = 'replied'", ("@now", now), ("@turn", bubble.TurnId));
                // The acks may have come before the send was answered; no later one would tell it again.
                if (accepted.Last && accepted.Ack >= ChatEventStore.DeviceAck)
                    ChatEventStore.MarkDelivered(sql, bubble.TurnId!.Value, now);
                return next is null ? new Deferred<int>(1) : Claim(sql, work, next.Value, deadline, now);
            },
            cancellationToken);
        if (settled.Value != 1)
            throw new FenceLostException();
    }

    /// <summary>Certainly not sent: back to the queue until <paramref name="notBefore"/>.</summary>
    public Task RequeueAsync(LaneWork work, long bubble, DateTimeOffset notBefore, string reason, CancellationToken cancellationToken) =>
        WriteFencedAsync(
            work,
            sql => sql.DeferExecute(
                $"UPDATE outbox SET state = 'queued', not_before = @at, reason = @reason, absent_at = NULL WHERE outbox_id = @id AND state IN ('queued', 'sending') AND {FenceHolds}",
                ("@at", notBefore.ToUnixTimeMicroseconds()), ("@reason", reason), ("@id", bubble), ("@lane", work.Chat.Lane.Value), ("@fence", work.Fence)),
            cancellationToken);

    /// <summary>Nobody knows whether it was sent: it stays claimed until the chat was read.</summary>
    /// <param name="work">The lane and its fence.</param>
    /// <param name="bubble">Row.</param>
    /// <param name="deadline">When the send was given up.</param>
    /// <param name="absentAt">When a read did not find it, or null.</param>
    /// <param name="reason">Typed reason.</param>
    /// <param name="cancellationToken">Ends the wait before the commit starts.</param>
    public Task MarkUncertainAsync(
        LaneWork work, long bubble, DateTimeOffset deadline, DateTimeOffset? absentAt, string reason, CancellationToken cancellationToken) => WriteFencedAsync(
            work,
            sql => sql.DeferExecute(
                $"UPDATE outbox SET deadline = @deadline, absent_at = @absent, reason = @reason WHERE outbox_id = @id AND state = 'sending' AND {FenceHolds}",
                ("@deadline", deadline.ToUnixTimeMicroseconds()), ("@absent", absentAt?.ToUnixTimeMicroseconds()), ("@reason", reason), ("@id", bubble),
                ("@lane", work.Chat.Lane.Value), ("@fence", work.Fence)),
            cancellationToken);

    /// <summary>Will not be sent. The messages of its turn are dead with the same reason; the payload stays for a replay.</summary>
    public Task BuryAsync(LaneWork work, Bubble bubble, string reason, CancellationToken cancellationToken) => WriteFencedAsync(
        work,
        sql =>
        {
            var buried = sql.DeferExecute(
                $"UPDATE outbox SET state = 'dead', reason = @reason, dead_at = @now WHERE outbox_id = @id AND state IN ('queued', 'sending') AND {FenceHolds}",
                ("@reason", reason), ("@now", time.NowMicroseconds()), ("@id", bubble.Id), ("@lane", work.Chat.Lane.Value), ("@fence", work.Fence));
            if (buried.Value == 1 && bubble.TurnId is { } turn)
                sql.Post("UPDATE inbound SET state = 'dead', reason = @reason WHERE turn_id = @turn AND state = 'replied'", ("@reason", reason), ("@turn", turn));
            return buried;
        },
        cancellationToken);

    /// <summary>
    /// Ends the claims of processes that are gone. Only for the one process that owns the data directory alone: nobody is sending any
    /// more, so the quarantine of an uncertain bubble counts from now.
    /// </summary>
    public Task EndAllClaimsAsync(CancellationToken cancellationToken)
    {
        var now = time.NowMicroseconds();
        return database.WriteAsync(sql => sql.Execute("UPDATE outbox SET deadline = @now WHERE state = 'sending' AND deadline > @now", ("@now", now)), cancellationToken);
    }

    /// <summary>Which of these raw ids belong to bubbles already.</summary>
    public async Task<IReadOnlySet<string>> BoundAsync(string session, IEnumerable<string> rawIds, CancellationToken cancellationToken) => await database.ReadAsync(
        sql => rawIds
            .Select(raw => (Raw: raw, IsBound: sql.DeferFirst("SELECT 1 FROM outbox WHERE session = @session AND raw_id = @raw", row => row.GetInt64(0), ("@session", session), ("@raw", raw))))
            .ToList().Where(found => found.IsBound.Value == 1).Select(found => found.Raw).ToHashSet(StringComparer.Ordinal),
        cancellationToken);

    internal static Deferred<int> Claim(ISqlSession sql, LaneWork work, long bubble, DateTimeOffset deadline, long now) => sql.DeferExecute(
        $"""
        UPDATE outbox SET state = 'sending', fence = @fence, claimed_at = @now, deadline = @deadline, attempts = attempts + 1, absent_at = NULL,
            uncertain = uncertain + CASE WHEN state = 'sending' THEN 1 ELSE 0 END
        WHERE outbox_id = @id AND state IN ('queued', 'sending') AND {FenceHolds}
        """,
        ("@fence", work.Fence), ("@now", now), ("@deadline", deadline.ToUnixTimeMicroseconds()), ("@id", bubble), ("@lane", work.Chat.Lane.Value));

    private async Task WriteFencedAsync(LaneWork work, Func<ISqlSession, Deferred<int>> write, CancellationToken cancellationToken)
    {
        var written = await database.WriteInStepsAsync(
            UnitKind.Turn,
            work.Chat.Lane.Value,
            sql =>
            {
                LaneDirectory.Meet(sql, work.Chat.Lane);
                return write(sql);
            },
            static (_, written) => written,
            cancellationToken);
        if (written.Value != 1)
            throw new FenceLostException();
    }
}
