using OpenClaw.Core.Queue.Budgets;
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
    /// <summary>As the partial index over a lane's unsent bubbles says it: SQLite uses the index only where a query repeats its words.</summary>
    internal const string IsUnsent = "state IN ('queued', 'sending')";

    private const string RawIdTaken = "EXISTS (SELECT 1 FROM outbox AS other WHERE other.session = @session AND other.raw_id = @raw AND other.outbox_id <> @id)";
    private const string Early = "FROM acks WHERE session = @session AND raw_id = @raw";

    /// <summary>What was sent without a proof once may be there twice, whatever is proven later.</summary>
    private const string Resent = "CASE WHEN settlement = 'unproven_resent' OR @resent = '' THEN settlement ELSE @resent END";
    private const string FenceHolds = "EXISTS (SELECT 1 FROM lanes WHERE lane_id = @lane AND fence = @fence)";

    /// <summary>What a lane has to send; a notice that makes way for answers is none of it until its time.</summary>
    internal const string IsDue = IsUnsent + " AND yields_until <= @now";

    internal static List<BubbleRow> Unsent(ISqlSession sql, LaneId lane, long now) => sql.Query(
        // What is being sent comes first: one bubble of a chat at a time, and a notice may have come in before a reply that was claimed at once.
        $"""
        SELECT {BubbleRow.Columns} FROM outbox WHERE lane_id = @lane AND {IsDue}
        ORDER BY CASE state WHEN 'sending' THEN 0 ELSE 1 END, outbox_id LIMIT 50
        """,
        BubbleRow.Read, ("@lane", lane.Value), ("@now", now));

    /// <summary>Commits that the bubble is about to be sent, until when and with which id.</summary>
    public Task ClaimAsync(LaneWork work, BubbleClaim claim, CancellationToken cancellationToken) =>
        WriteFencedAsync(work, sql => Claim(sql, work, claim, time.NowMicroseconds()), cancellationToken);

    /// <summary>WAHA took it. The last bubble of a turn settles the turn's messages; the next one is claimed in the same commit.</summary>
    /// <param name="work">The lane and its fence.</param>
    /// <param name="bubble">Row.</param>
    /// <param name="rawId">WAHA's raw id where it told one; an id that another bubble has already is not bound twice.</param>
    /// <param name="next">The bubble to claim next, or null.</param>
    /// <param name="cancellationToken">Ends the wait before the commit starts.</param>
    public async Task AcceptAsync(LaneWork work, Bubble bubble, string? rawId, BubbleClaim? next, CancellationToken cancellationToken)
    {
        var now = time.NowMicroseconds();
        var settled = await database.WriteInStepsAsync(
            UnitKind.Turn,
            work.Chat.Lane.Value,
            sql =>
            {
                LaneDirectory.Meet(sql, work.Chat.Lane);
                // An id that the bubble was sent with is bound since its claim: its acks found it.
                if (rawId is not null && rawId != bubble.RawId)
                    ChatEventStore.MeetAck(sql, work.Chat.Session, rawId, now);
                return sql.DeferFirst(
                    $"""
                    UPDATE outbox SET state = 'accepted', accepted_at = @now, found = CASE WHEN fence <> @fence THEN 1 ELSE 0 END,
                        settlement = CASE WHEN settlement = 'unproven_resent' THEN settlement WHEN fence <> @fence THEN 'found' ELSE COALESCE(settlement, 'plain') END,
                        raw_id = CASE WHEN {RawIdTaken} THEN raw_id ELSE COALESCE(@raw, raw_id) END,
                        ack = CASE WHEN {RawIdTaken} THEN ack ELSE COALESCE((SELECT level {Early} AND level > ack), ack) END,
                        server_at = CASE WHEN {RawIdTaken} THEN server_at ELSE COALESCE(server_at, (SELECT server_at {Early})) END,
                        device_at = CASE WHEN {RawIdTaken} THEN device_at ELSE COALESCE(device_at, (SELECT device_at {Early})) END,
                        read_at = CASE WHEN {RawIdTaken} THEN read_at ELSE COALESCE(read_at, (SELECT read_at {Early})) END,
                        error_at = CASE WHEN {RawIdTaken} THEN error_at ELSE COALESCE(error_at, (SELECT error_at {Early})) END
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
                // Behind the bubble's own row, which its acks take first too.
                if (accepted.Last)
                    ChatEventStore.MeetTurn(sql, bubble.TurnId!.Value);
                if (accepted.Last)
                    sql.Post("UPDATE inbound SET state = 'sent', sent_at = @now WHERE turn_id = @turn AND state = 'replied'", ("@now", now), ("@turn", bubble.TurnId));
                // The acks may have come before the send was answered; no later one would tell it again.
                if (accepted.Last && accepted.Ack >= ChatEventStore.DeviceAck)
                    ChatEventStore.MarkDelivered(sql, bubble.TurnId!.Value, now);
                return next is null ? new Deferred<int>(1) : Claim(sql, work, next, now);
            },
            cancellationToken);
        if (settled.Value != 1)
            throw new FenceLostException();
    }

    /// <summary>
    /// Gives an accepted bubble the id that WAHA did not tell, with the acks that came for it already. Not fenced, as acks are not: nobody works on
    /// an accepted bubble.
    /// </summary>
    /// <returns>False when the bubble has an id by now, or the id a bubble, or when the id may be that of a bubble of the chat that is on its way: once that one is settled somebody looks again.</returns>
    internal Task<bool> NameAsync(string session, long bubble, string rawId, CancellationToken cancellationToken)
    {
        var now = time.NowMicroseconds();
        return database.WriteAsync(
            sql =>
            {
                ChatEventStore.MeetAck(sql, session, rawId, now);
                var named = sql.QueryFirst(
                    $"""
                    UPDATE outbox SET raw_id = @raw, ack = COALESCE((SELECT level {Early} AND level > ack), ack),
                        server_at = (SELECT server_at {Early}), device_at = (SELECT device_at {Early}), read_at = (SELECT read_at {Early}), error_at = (SELECT error_at {Early})
                    WHERE outbox_id = @id AND session = @session AND state = 'accepted' AND raw_id IS NULL AND NOT {RawIdTaken}
                        AND NOT EXISTS (SELECT 1 FROM outbox other WHERE other.lane_id = outbox.lane_id AND other.state = 'sending' AND other.raw_id IS NULL)
                    RETURNING COALESCE(turn_id, 0), ack
                    """,
                    row => ((long Turn, long Ack)?)(row.GetInt64(0), row.GetInt64(1)),
                    ("@raw", rawId), ("@session", session), ("@id", bubble));
                if (named is not { } found)
                    return false;
                if (found is { Turn: > 0, Ack: >= ChatEventStore.DeviceAck })
                {
                    ChatEventStore.MeetTurn(sql, found.Turn);
                    ChatEventStore.MarkDelivered(sql, found.Turn, now);
                }

                return true;
            },
            cancellationToken);
    }

    /// <summary>Certainly not sent, or to be sent again whatever became of it: back to the queue until <paramref name="notBefore"/>.</summary>
    /// <param name="work">The lane and its fence.</param>
    /// <param name="bubble">Row.</param>
    /// <param name="notBefore">When it may be sent.</param>
    /// <param name="reason">Typed reason.</param>
    /// <param name="resent">Why an uncertain send will be repeated; null where there is none.</param>
    /// <param name="cancellationToken">Ends the wait before the commit starts.</param>
    public Task RequeueAsync(LaneWork work, long bubble, DateTimeOffset notBefore, string reason, BubbleSettlement? resent, CancellationToken cancellationToken) =>
        RequeueAsync(work, bubble, notBefore, reason, resent, holdsPlace: false, cancellationToken);

    /// <inheritdoc cref="RequeueAsync(LaneWork, long, DateTimeOffset, string, BubbleSettlement?, CancellationToken)" />
    public Task RequeueAsync(LaneWork work, long bubble, DateTimeOffset notBefore, string reason, CancellationToken cancellationToken) =>
        RequeueAsync(work, bubble, notBefore, reason, null, holdsPlace: false, cancellationToken);

    /// <summary>Certainly not sent: back to the queue, with the place in the budget that it holds.</summary>
    /// <inheritdoc cref="RequeueAsync(LaneWork, long, DateTimeOffset, string, BubbleSettlement?, CancellationToken)" />
    public Task RequeueUnsentAsync(LaneWork work, Bubble bubble, DateTimeOffset notBefore, string reason, BubbleSettlement? resent, CancellationToken cancellationToken) =>
        RequeueAsync(work, bubble.Id, notBefore, reason, resent, bubble.IsBooked, cancellationToken);

    private Task RequeueAsync(
        LaneWork work, long bubble, DateTimeOffset notBefore, string reason, BubbleSettlement? resent, bool holdsPlace, CancellationToken cancellationToken) =>
        WriteFencedAsync(
            work,
            sql => sql.DeferExecute(
                $"""
                UPDATE outbox SET state = 'queued', not_before = @at, reason = @reason, absent_at = NULL, settlement = {Resent}, booked = CASE WHEN @holds = 1 THEN 1 ELSE booked END
                WHERE outbox_id = @id AND state IN ('queued', 'sending') AND {FenceHolds}
                """,
                ("@at", notBefore.ToUnixTimeMicroseconds()), ("@reason", reason), ("@resent", Word(resent)), ("@holds", holdsPlace ? 1 : 0), ("@id", bubble),
                ("@lane", work.Chat.Lane.Value), ("@fence", work.Fence)),
            cancellationToken);

    /// <summary>
    /// Waits for the budget of its chat or session, unclaimed; one whose last send is to be repeated goes back to the queue for that. Where it has its
    /// place it is for that session from now on: in another one it has none.
    /// </summary>
    /// <param name="work">The lane and its fence, with the session whose budget was asked.</param>
    /// <param name="bubble">Row.</param>
    /// <param name="wait">For what, and until when.</param>
    /// <param name="resent">Why an uncertain send will be repeated; null where there is none.</param>
    /// <param name="cancellationToken">Ends the wait before the commit starts.</param>
    public Task WaitForBudgetAsync(LaneWork work, long bubble, BudgetWait wait, BubbleSettlement? resent, CancellationToken cancellationToken) => WriteFencedAsync(
        work,
        sql => sql.DeferExecute(
            $"""
            UPDATE outbox SET state = 'queued', not_before = @at, absent_at = NULL, settlement = {Resent}, booked = @booked, budget = @budget,
                budget_at = COALESCE(budget_at, @now), yields_until = CASE WHEN @booked = 1 THEN 0 ELSE @at END,
                raw_id = CASE WHEN @booked = 1 AND session <> @session THEN NULL ELSE raw_id END, session = CASE WHEN @booked = 1 THEN @session ELSE session END
            WHERE outbox_id = @id AND {IsUnsent} AND {FenceHolds}
            """,
            ("@at", wait.Until.ToUnixTimeMicroseconds()), ("@resent", Word(resent)), ("@booked", wait.IsBooked ? 1 : 0), ("@budget", wait.IsOfSession ? "session" : "chat"),
            ("@now", time.NowMicroseconds()), ("@session", work.Chat.Session), ("@id", bubble), ("@lane", work.Chat.Lane.Value), ("@fence", work.Fence)),
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
    public Task BuryAsync(LaneWork work, Bubble bubble, string reason, CancellationToken cancellationToken) => BuryAsync(work, bubble, reason, "", cancellationToken);

    /// <summary>
    /// Certainly not sent, and not to be sent now: what a job wanted to be said is the job's again, which waits and is given up by its own rules.
    /// Anything else will not be sent.
    /// </summary>
    /// <param name="work">The lane and its fence.</param>
    /// <param name="bubble">The bubble.</param>
    /// <param name="reason">Typed reason.</param>
    /// <param name="again">When its job looks at it again; null = the job is given up, and is the dead letter.</param>
    /// <param name="cancellationToken">Ends the wait before the commit starts.</param>
    /// <returns>Whether it went back to a job; else it is a dead letter.</returns>
    public async Task<bool> HoldBackAsync(LaneWork work, Bubble bubble, string reason, DateTimeOffset? again, CancellationToken cancellationToken)
    {
        var isJobs = false;
        await WriteFencedAsync(
            work,
            sql =>
            {
                isJobs = sql.Execute(
                    $"""
                    UPDATE scheduled_jobs SET state = @state, reason = @reason, next_at = @next, died_at = CASE WHEN @state = 'dead' THEN @now ELSE died_at END,
                        ended_at = NULL, late = 0, bubble_id = NULL, attempts = attempts - 1, fence = fence + 1
                    WHERE bubble_id = @id AND state = 'done' AND {FenceHolds}
                    """,
                    ("@state", again is null ? "dead" : "scheduled"), ("@reason", reason), ("@next", (again ?? time.GetUtcNow()).ToUnixTimeMicroseconds()),
                    ("@now", time.NowMicroseconds()), ("@id", bubble.Id), ("@lane", work.Chat.Lane.Value), ("@fence", work.Fence)) == 1;
                return isJobs ? GiveToJob(sql, work, bubble, reason) : Bury(sql, work, bubble, reason, "");
            },
            cancellationToken);
        return isJobs;
    }

    /// <summary>Nobody knows whether it was sent, and nobody may guess: put aside as a dead letter. A replay looks for it first.</summary>
    /// <param name="work">The lane and its fence.</param>
    /// <param name="bubble">The bubble.</param>
    /// <param name="why">What stands in the way of a proof; the reason is this with <c>uncertain_</c> before it.</param>
    /// <param name="cancellationToken">Ends the wait before the commit starts.</param>
    public Task HoldAsync(LaneWork work, Bubble bubble, string why, CancellationToken cancellationToken) =>
        BuryAsync(work, bubble, "uncertain_" + why, BubbleSettlement.Held.Word(), cancellationToken);

    private Task BuryAsync(LaneWork work, Bubble bubble, string reason, string settlement, CancellationToken cancellationToken) =>
        WriteFencedAsync(work, sql => Bury(sql, work, bubble, reason, settlement), cancellationToken);

    private Deferred<int> Bury(ISqlSession sql, LaneWork work, Bubble bubble, string reason, string settlement)
    {
        var buried = sql.DeferExecute(
            $"""
            UPDATE outbox SET state = 'dead', reason = @reason, dead_at = @now, settlement = COALESCE(NULLIF(@settlement, ''), settlement)
            WHERE outbox_id = @id AND state IN ('queued', 'sending') AND {FenceHolds}
            """,
            ("@reason", reason), ("@now", time.NowMicroseconds()), ("@settlement", settlement), ("@id", bubble.Id), ("@lane", work.Chat.Lane.Value), ("@fence", work.Fence));
        if (buried.Value == 1 && bubble.TurnId is { } turn)
            sql.Post("UPDATE inbound SET state = 'dead', reason = @reason WHERE turn_id = @turn AND state = 'replied'", ("@reason", reason), ("@turn", turn));
        return buried;
    }

    private static Deferred<int> GiveToJob(ISqlSession sql, LaneWork work, Bubble bubble, string reason) => sql.DeferExecute(
        $"""
        UPDATE outbox SET state = 'discarded', reason = @reason, content_enc = @nothing
        WHERE outbox_id = @id AND state IN ('queued', 'sending') AND {FenceHolds}
        """,
        ("@reason", reason), ("@nothing", Array.Empty<byte>()), ("@id", bubble.Id), ("@lane", work.Chat.Lane.Value), ("@fence", work.Fence));

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

    private static Deferred<int> Claim(ISqlSession sql, LaneWork work, BubbleClaim claim, long now) => sql.DeferExecute(
        // An id that another bubble has would stop this lane for ever: better one without. One of another session says nothing in this one.
        $"""
        UPDATE outbox SET state = 'sending', fence = @fence, claimed_at = @now, deadline = @deadline, attempts = attempts + 1, absent_at = NULL, booked = 0,
            uncertain = uncertain + CASE WHEN state = 'sending' THEN 1 ELSE 0 END, settlement = {Resent},
            raw_id = CASE WHEN {RawIdTaken} THEN CASE WHEN session = @session THEN raw_id END WHEN session = @session THEN COALESCE(raw_id, @raw) ELSE @raw END,
            session = @session, content_enc = CASE WHEN @readdressed = 1 THEN @content ELSE content_enc END
        WHERE outbox_id = @id AND state IN ('queued', 'sending') AND {FenceHolds}
        """,
        ("@fence", work.Fence), ("@now", now), ("@deadline", claim.Deadline.ToUnixTimeMicroseconds()), ("@resent", Word(claim.Resent)),
        ("@session", work.Chat.Session), ("@raw", claim.RawId), ("@readdressed", claim.Content is null ? 0 : 1), ("@content", claim.Content ?? []), ("@id", claim.Bubble), ("@lane", work.Chat.Lane.Value));

    private static string Word(BubbleSettlement? resent) => resent?.Word() ?? "";

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
