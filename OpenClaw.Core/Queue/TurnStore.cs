using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Options;
using OpenClaw.Core.People;
using OpenClaw.Core.Queue.Takeovers;
using OpenClaw.Core.Security;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue;

/// <summary>
/// Starts work on a lane: raises its fence, then hands out what is unsent, the unfinished turn, or the next turn with its frozen
/// set of messages. All in one transaction, so that a killed worker leaves exactly what the next one resumes.
/// </summary>
public sealed class TurnStore(IDatabase database, KeyRing keys, PeopleDirectory people, IOptions<TurnOptions> options, IOptions<TakeoverOptions> takeovers, TimeProvider time)
{
    /// <summary>Interruptions (lease lost, process killed) before a turn is given up.</summary>
    public const int MaxInterruptions = 20;

    /// <summary>However many bubbles follow, a burst waits no longer than this.</summary>
    public static readonly TimeSpan LongestQuiet = TimeSpan.FromSeconds(5);

    private const int LongestBurst = 50;
    private const string ReferenceAlphabet = "23456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <summary>Raises the fence and takes what is to be done.</summary>
    /// <param name="lane">A leased lane.</param>
    /// <param name="cancellationToken">Ends the wait before the commit starts.</param>
    /// <returns>Null when the lane does not exist (any more).</returns>
    public Task<LaneWork?> BeginAsync(LaneId lane, CancellationToken cancellationToken) => BeginAsync(lane, null, cancellationToken);

    /// <summary>Raises the fence and takes what is to be done, unless what that needs is known to be away: then nothing is begun and nothing counts.</summary>
    /// <param name="lane">A leased lane.</param>
    /// <param name="gate">Asked within the transaction: answers from memory, at once.</param>
    /// <param name="cancellationToken">Ends the wait before the commit starts.</param>
    /// <returns>Null when the lane does not exist (any more).</returns>
    public async Task<LaneWork?> BeginAsync(LaneId lane, ILaneGate? gate, CancellationToken cancellationToken)
    {
        var now = time.NowMicroseconds();
        var reference = RandomNumberGenerator.GetString(ReferenceAlphabet, 6);
        var begun = await database.WriteInStepsAsync(
            UnitKind.Turn,
            lane.Value,
            sql => (Head: Raise(sql, lane, now), Pending: Pending(sql, lane)),
            (sql, asked) => Begin(sql, asked.Head.Value, asked.Pending, gate, reference, now),
            cancellationToken);
        if (begun is null)
            return null;
        try
        {
            return await DecodeAsync(begun, cancellationToken);
        }
        catch (CryptographicException)
        {
            // The key was destroyed, or the row damaged: nobody will ever read it, and it must not stop what comes after it.
            await database.WriteAsync(sql => Bury(sql, begun), cancellationToken);
            return new LaneWork(ChatOf(begun.Head), begun.Head.Fence, null, [], time.GetUtcNow(), true);
        }
    }

    private int Bury(ISqlSession sql, Begun begun)
    {
        LaneDirectory.Meet(sql, begun.Head.Lane);
        var fence = sql.QueryFirst("SELECT fence FROM lanes WHERE lane_id = @lane", row => row.GetInt64(0), ("@lane", begun.Head.Lane.Value));
        if (fence != begun.Head.Fence)
            return 0;
        if (begun.Turn is { } turn)
        {
            sql.Post("UPDATE inbound SET state = 'dead', reason = 'unreadable' WHERE turn_id = @turn", ("@turn", turn.Id.Value));
            return sql.Execute(
                "UPDATE turns SET state = 'dead', reason = 'unreadable', dead_at = @now WHERE turn_id = @turn AND fence = @fence",
                ("@now", time.NowMicroseconds()), ("@turn", turn.Id.Value), ("@fence", begun.Head.Fence));
        }

        return begun.Outbox.Where(row => !IsReadable(row)).Sum(row =>
        {
            sql.Post("UPDATE inbound SET state = 'dead', reason = 'unreadable' WHERE turn_id = @turn AND state = 'replied'", ("@turn", row.TurnId));
            return sql.Execute(
                "UPDATE outbox SET state = 'dead', reason = 'unreadable', dead_at = @now WHERE outbox_id = @id", ("@now", time.NowMicroseconds()), ("@id", row.Id));
        });
    }

    private bool IsReadable(BubbleRow row)
    {
        try
        {
            row.Decode(keys);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static Deferred<LaneHead?> Raise(ISqlSession sql, LaneId lane, long now) => sql.DeferFirst(
        $"""
        UPDATE lanes SET fence = fence + 1 WHERE lane_id = @lane
        RETURNING fence, session, is_group, key_id, solo_left, high_order,
            (SELECT MIN(turn_id) FROM turns WHERE lane_id = @lane AND state = 'running'),
            CASE WHEN EXISTS (SELECT 1 FROM outbox WHERE lane_id = @lane AND {OutboxStore.IsDue}) THEN 1 ELSE 0 END,
            CASE WHEN EXISTS (SELECT 1 FROM inbound WHERE lane_id = @lane AND state = 'pending') THEN 1 ELSE 0 END,
            (SELECT value FROM facts WHERE name = 'gateway_started_at'), paused_until,
            CASE WHEN EXISTS (SELECT 1 FROM own_undecided WHERE lane_id = @lane)
                AND NOT EXISTS (SELECT 1 FROM outbox WHERE lane_id = @lane AND state = 'sending' AND {OutboxStore.IsUnsent}) THEN 1 ELSE 0 END,
            human_at
        """,
        row => new LaneHead(
            lane, row.GetInt64(0), row.GetString(1), row.GetInt64(2) == 1, new DataKeyId(row.GetInt64(3)), row.GetInt64(4), row.GetInt64(5),
            row.IsDBNull(6) ? null : row.GetInt64(6), row.GetInt64(7) == 1, row.GetInt64(8) == 1,
            row.IsDBNull(9) ? 0 : long.Parse(row.GetString(9), CultureInfo.InvariantCulture), row.GetInt64(10), row.GetInt64(11) == 1, row.GetInt64(12)),
        ("@lane", lane.Value), ("@now", now));

    private static Deferred<List<MessageRow>> Pending(ISqlSession sql, LaneId lane) => sql.DeferQuery(
        $"SELECT {MessageColumns} FROM inbound WHERE lane_id = @lane AND state = 'pending' ORDER BY order_at, envelope_at, inbound_id LIMIT @limit",
        ReadMessage, ("@lane", lane.Value), ("@limit", LongestBurst));

    private Begun? Begin(ISqlSession sql, LaneHead? head, Deferred<List<MessageRow>> pending, ILaneGate? gate, string reference, long now)
    {
        if (head is null)
            return null;
        if (head.Undecided)
        {
            TakeoverStore.Decide(sql, head.Lane, takeovers.Value.PauseFor, UnixMicroseconds.FromUnixTimeMicroseconds(now));
            return Begun.Nothing(head, now);
        }

        if (gate?.WaitsUntil(head.Session, head.IsGroup, head.Unsent) is { } away && (head.Unsent || head.Waiting || head.RunningTurn is not null))
            return Begun.Nothing(head, away.ToUnixTimeMicroseconds());
        if (head.Unsent)
            return new Begun(head, null, [], [], OutboxStore.Unsent(sql, head.Lane, now), null, head.Waiting || head.RunningTurn is not null);
        if (head.RunningTurn is { } running)
            return Resume(sql, head, running, now);

        // A message that was refused while the Gateway was down is repeated within one retry gap of WAHA: it comes before a younger one of its
        // chat is answered. Read with every start of work, so that no Worker has to notice the Gateway's restart.
        var newTurnsFrom = head.GatewayStartedAt + options.Value.StartGrace.Microseconds();
        // One that is ahead of now was noted by a clock that was set back since.
        return head.Waiting && head.GatewayStartedAt <= now && newTurnsFrom > now ? Begun.Nothing(head, newTurnsFrom) : Start(sql, head, pending.Value, reference, now);
    }

    private static Begun Resume(ISqlSession sql, LaneHead head, long turn, long now)
    {
        var row = ReadTurn(sql, turn);
        if (row.NotBefore > now)
            return Begun.Nothing(head, row.NotBefore);

        var interruptions = row.Attempts - row.Failures;
        sql.Post(
            "UPDATE turns SET fence = @fence, attempts = attempts + 1, not_before = @next WHERE turn_id = @turn",
            ("@fence", head.Fence), ("@next", now + TurnRepeats.Interrupted.After(interruptions).Microseconds()), ("@turn", turn));
        var messages = sql.Query($"SELECT {MessageColumns} FROM inbound WHERE turn_id = @turn ORDER BY order_at, envelope_at, inbound_id", ReadMessage, ("@turn", turn));
        var steps = sql.Query(
            "SELECT step, kind, call_id, key_id, content_enc FROM turn_steps WHERE turn_id = @turn ORDER BY step",
            result => new StepRow(
                result.GetInt32(0), result.GetString(1), result.IsDBNull(2) ? null : result.GetString(2), new DataKeyId(result.GetInt64(3)), result.GetFieldValue<byte[]>(4)),
            ("@turn", turn));
        return new Begun(head, row with { Attempts = row.Attempts + 1 }, messages, steps, [], null, true);
    }

    private Begun Start(ISqlSession sql, LaneHead head, List<MessageRow> pending, string reference, long now)
    {
        if (pending.Count == 0)
            return Begun.Nothing(head, null);
        if (QuietUntil(pending) is { } quiet && quiet > now)
            return Begun.Nothing(head, quiet);

        // One author a turn: in a group the next author's messages are the next turn's.
        var author = pending[0].Person;
        var burst = head.SoloLeft > 0 ? pending[..1] : pending.TakeWhile(message => message.Person == author).ToList();
        if (head.SoloLeft > 0)
            sql.Post("UPDATE lanes SET solo_left = solo_left - 1 WHERE lane_id = @lane", ("@lane", head.Lane.Value));

        var key = burst[^1].Key;
        var turn = sql.DeferFirst(
            """
            INSERT INTO turns (lane_id, person_id, key_id, state, fence, reference, created_at)
            VALUES (@lane, @person, @key, 'running', @fence, @reference, @now) RETURNING turn_id
            """,
            row => row.GetInt64(0),
            ("@lane", head.Lane.Value), ("@person", author), ("@key", key.Value), ("@fence", head.Fence), ("@reference", reference), ("@now", now));
        var last = burst[^1];
        sql.Post(
            """
            UPDATE inbound SET state = 'in_turn', turn_id = (SELECT MAX(turn_id) FROM turns WHERE lane_id = @lane AND state = 'running'),
                turned_at = @now, late = CASE WHEN order_at < @high THEN 1 ELSE 0 END
            WHERE lane_id = @lane AND state = 'pending' AND (order_at, envelope_at, inbound_id) <= (@order, @envelope, @id)
            """,
            ("@now", now), ("@high", head.HighOrder), ("@lane", head.Lane.Value),
            ("@order", last.OrderAt), ("@envelope", last.EnvelopeAt), ("@id", last.Id));
        return new Begun(head, new TurnRow(turn, new PersonId(author), key, reference, 1, 0, 0, 0), burst, [], [], null, burst.Count < pending.Count || pending.Count == LongestBurst);
    }

    private long? QuietUntil(List<MessageRow> pending)
    {
        var quiet = options.Value.QuietPeriod.Microseconds();
        return quiet == 0 ? null : Math.Min(pending.Max(message => message.ArrivedAt) + quiet, pending.Min(message => message.ArrivedAt) + LongestQuiet.Microseconds());
    }

    private async ValueTask<LaneWork> DecodeAsync(Begun begun, CancellationToken cancellationToken)
    {
        var head = begun.Head;
        var turn = begun.Turn is null ? null : Decode(begun.Turn, begun, await people.GetAsync(begun.Turn.Person, cancellationToken));
        return new LaneWork(
            ChatOf(head), head.Fence, turn, begun.Outbox.ConvertAll(row => row.Decode(keys)),
            begun.ReadyAt is { } at ? UnixMicroseconds.FromUnixTimeMicroseconds(at) : null, begun.MoreWaits, SilenceOf(begun));
    }

    /// <summary>A turn that waited through a pause, for a breaker that was open, is not begun after it: the human answered it.</summary>
    private string? SilenceOf(Begun begun) => BotPause.Of(begun.Head.PausedUntil, time.NowMicroseconds()).Reason
        ?? (begun.Turn is { Replays: 0 } && begun.Messages.TrueForAll(message => message.OrderAt < begun.Head.HumanAt) ? "human_answered" : null);

    private static ChatScope ChatOf(LaneHead head) => new(head.Lane, head.Session, head.Key, head.IsGroup);

    private Turn Decode(TurnRow row, Begun begun, PersonRecord person) => new(
        row.Id.Value, row.Reference, new PersonScope(row.Person, row.Key), person.Locale, person.TimeZone, row.Attempts, row.Failures,
        begun.Messages.ConvertAll(message => message.Decode(keys)),
        begun.Steps.ConvertAll(step => new TurnStep(step.Step, step.Kind, step.CallId, keys.DecryptText(step.Key, "turn_steps.content", step.Content))),
        row.Replays > 0);

    private static TurnRow ReadTurn(ISqlSession sql, long turn) => sql.QueryFirst(
        "SELECT turn_id, person_id, key_id, reference, attempts, failures, not_before, replays FROM turns WHERE turn_id = @turn",
        row => new TurnRow(
            new Deferred<long>(row.GetInt64(0)), new PersonId(row.GetInt64(1)), new DataKeyId(row.GetInt64(2)), row.GetString(3), row.GetInt32(4), row.GetInt32(5), row.GetInt64(6),
            row.GetInt64(7)),
        ("@turn", turn))!;

    private const string MessageColumns = "inbound_id, person_id, key_id, request_id, trace_parent, order_at, envelope_at, arrived_at, content_enc";

    private static MessageRow ReadMessage(DbDataReader row) => new(
        row.GetInt64(0), row.GetInt64(1), new DataKeyId(row.GetInt64(2)), row.GetString(3), row.IsDBNull(4) ? null : row.GetString(4),
        row.GetInt64(5), row.GetInt64(6), row.GetInt64(7), row.GetFieldValue<byte[]>(8));

    private sealed record LaneHead(
        LaneId Lane, long Fence, string Session, bool IsGroup, DataKeyId Key, long SoloLeft, long HighOrder, long? RunningTurn, bool Unsent, bool Waiting,
        long GatewayStartedAt, long PausedUntil, bool Undecided, long HumanAt);

    private sealed record TurnRow(Deferred<long> Id, PersonId Person, DataKeyId Key, string Reference, int Attempts, int Failures, long NotBefore, long Replays);

    private sealed record StepRow(int Step, string Kind, string? CallId, DataKeyId Key, byte[] Content);

    private sealed record MessageRow(
        long Id, long Person, DataKeyId Key, string RequestId, string? TraceParent, long OrderAt, long EnvelopeAt, long ArrivedAt, byte[] Content)
    {
        public TurnMessage Decode(KeyRing keys) => new(
            Id, RequestId, TraceParent, UnixMicroseconds.FromUnixTimeMicroseconds(OrderAt), UnixMicroseconds.FromUnixTimeMicroseconds(ArrivedAt),
            JsonSerializer.Deserialize(keys.Decrypt(Key, "inbound.content", Content), StoredJson.Default.MessageContent)!);
    }

    private sealed record Begun(LaneHead Head, TurnRow? Turn, List<MessageRow> Messages, List<StepRow> Steps, List<BubbleRow> Outbox, long? ReadyAt, bool MoreWaits)
    {
        public static Begun Nothing(LaneHead head, long? readyAt) => new(head, null, [], [], [], readyAt, false);
    }
}
