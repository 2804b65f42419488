using System.Text.Json;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Security;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue;

/// <summary>What a finished turn leaves behind; one commit.</summary>
/// <param name="Bubbles">The reply, in order.</param>
/// <param name="UserText">What was asked, for the history.</param>
/// <param name="ReplyText">What was answered, for the history (before it was cut into bubbles).</param>
/// <param name="ClaimFirst">Claim the first bubble for an immediate send; false when it is paced.</param>
/// <param name="FirstNotBefore">Pacing of the first bubble.</param>
/// <param name="Deadline">Deadline of the claim.</param>
/// <param name="Kind">What its bubbles are.</param>
/// <param name="FirstRawId">The id that the claimed bubble is sent with; null where WAHA chooses.</param>
public sealed record TurnReply(
    IReadOnlyList<BubbleContent> Bubbles, string UserText, string ReplyText, bool ClaimFirst, DateTimeOffset FirstNotBefore, DateTimeOffset Deadline,
    BubbleKind Kind = BubbleKind.Reply, string? FirstRawId = null);

/// <summary>What became of a failed attempt.</summary>
/// <param name="Dead">Given up: the apology is in the outbox.</param>
/// <param name="RetryAt">When the lane should be tried again.</param>
public sealed record FailedTurn(bool Dead, DateTimeOffset RetryAt);

/// <summary>Writes of a running turn: its transcript, its reply, its failure. Each is refused once the fence has moved on.</summary>
public sealed class TurnSettlement(IDatabase database, KeyRing keys, IOptions<TurnOptions> options, TimeProvider time)
{
    /// <summary>After this many failures a burst is retried message by message.</summary>
    private const int FailuresBeforeSplit = 2;

    /// <summary>What the history says in place of an answer: a model would answer what stands there without one.</summary>
    private const string ByHand = "[Left to a human to answer.]";

    /// <summary>However long a model asks to be left alone, the person hears an apology in the end.</summary>
    private static readonly TimeSpan LongestAskedWait = TimeSpan.FromMinutes(2);

    /// <summary>Appends to the transcript; committed before what it announces happens.</summary>
    public Task AppendAsync(LaneWork work, IReadOnlyList<TurnStep> steps, CancellationToken cancellationToken)
    {
        var turn = work.Turn!;
        var now = time.NowMicroseconds();
        var rows = steps.Select(step => (Step: step, Content: keys.Encrypt(turn.Person.Key, "turn_steps.content", step.Content))).ToList();
        return WriteFencedAsync(
            work,
            settles: false,
            sql =>
            {
                foreach (var (step, content) in rows)
                {
                    sql.Post(
                        "INSERT INTO turn_steps (turn_id, step, kind, call_id, key_id, content_enc, created_at) VALUES (@turn, @step, @kind, @call, @key, @content, @now)",
                        ("@turn", turn.Id), ("@step", step.Step), ("@kind", step.Kind), ("@call", step.CallId), ("@key", turn.Person.Key.Value),
                        ("@content", content), ("@now", now));
                }

                return true;
            },
            cancellationToken);
    }

    /// <summary>Reply, history and states in one commit, which already claims the first bubble.</summary>
    /// <returns>The bubbles as stored, in order.</returns>
    public async Task<IReadOnlyList<Bubble>> CompleteAsync(LaneWork work, TurnReply reply, CancellationToken cancellationToken)
    {
        var turn = work.Turn!;
        var now = time.NowMicroseconds();
        var contents = reply.Bubbles.Select(bubble => SealBubble(turn, bubble)).ToList();
        var user = keys.Encrypt(turn.Person.Key, "conversation.content", reply.UserText);
        var answer = keys.Encrypt(turn.Person.Key, "conversation.content", reply.ReplyText);
        var order = turn.Messages[^1].OrderAt.ToUnixTimeMicroseconds();
        var ids = await WriteFencedAsync(
            work,
            settles: true,
            sql =>
            {
                sql.Post("UPDATE turns SET state = 'replied', replied_at = @now WHERE turn_id = @turn", ("@now", now), ("@turn", turn.Id));
                sql.Post("UPDATE inbound SET state = 'replied' WHERE turn_id = @turn", ("@turn", turn.Id));
                var rows = new List<Deferred<(long Id, string? RawId)>>(contents.Count);
                for (var i = 0; i < contents.Count; i++)
                    rows.Add(InsertBubble(sql, work, reply.Kind, contents[i], now, i == contents.Count - 1, i == 0 ? reply : null));
                sql.Post(
                    """
                    INSERT INTO conversation (lane_id, person_id, role, order_at, tokens, key_id, content_enc, turn_id)
                    VALUES (@lane, @person, 'user', @order, @tokens, @key, @content, @turn), (@lane, @person, 'assistant', @order, @tokens2, @key, @content2, @turn)
                    """,
                    ("@lane", work.Chat.Lane.Value), ("@person", turn.Person.Person.Value), ("@order", order), ("@tokens", TokenEstimate.Of(reply.UserText)),
                    ("@key", turn.Person.Key.Value), ("@content", user), ("@tokens2", TokenEstimate.Of(reply.ReplyText)), ("@content2", answer), ("@turn", turn.Id));
                return rows;
            },
            cancellationToken);
        return ids.Select(id => id.Value).Select((row, i) => (i == 0 && reply.ClaimFirst
            ? new Bubble(
                row.Id, turn.Id, "sending", work.Fence, UnixMicroseconds.FromUnixTimeMicroseconds(now), reply.Deadline, reply.FirstNotBefore, 1, 0, null, reply.Bubbles[i],
                reply.Kind, row.RawId, Session: work.Chat.Session, Key: turn.Person.Key)
            : new Bubble(
                row.Id, turn.Id, "queued", work.Fence, null, null, i == 0 ? reply.FirstNotBefore : DateTimeOffset.UnixEpoch, 0, 0, null, reply.Bubbles[i], reply.Kind,
                Session: work.Chat.Session, Key: turn.Person.Key)) with
        {
            RequestId = turn.Messages[^1].RequestId,
            TraceParent = turn.Messages[^1].TraceParent,
            EndsTurnSince = i == ids.Count - 1 ? turn.Messages.Min(message => message.ArrivedAt) : null,
        }).ToList();
    }

    /// <summary>Takes an attempt back that could not begin, because what it needs is away: it counts neither as failed nor as interrupted.</summary>
    /// <param name="work">The lane, its fence and its turn.</param>
    /// <param name="until">When it is worth trying again.</param>
    /// <param name="cancellationToken">Ends the wait before the commit starts.</param>
    public Task PostponeAsync(LaneWork work, DateTimeOffset until, CancellationToken cancellationToken) => WriteFencedAsync(
        work,
        settles: false,
        sql =>
        {
            sql.Post("UPDATE turns SET attempts = attempts - 1, not_before = @at WHERE turn_id = @turn", ("@at", until.ToUnixTimeMicroseconds()), ("@turn", work.Turn!.Id));
            return true;
        },
        cancellationToken);

    /// <summary>Is not answered, because a human does or the bot is off: its messages become context, and their rows keep the reason.</summary>
    /// <param name="work">The lane, its fence and its turn.</param>
    /// <param name="reason">Typed reason.</param>
    /// <param name="userText">What was written, for the history.</param>
    /// <param name="cancellationToken">Ends the wait before the commit starts.</param>
    public Task PutAsideAsync(LaneWork work, string reason, string userText, CancellationToken cancellationToken)
    {
        var turn = work.Turn!;
        var content = keys.Encrypt(turn.Person.Key, "conversation.content", userText);
        var closing = keys.Encrypt(turn.Person.Key, "conversation.content", ByHand);
        return WriteFencedAsync(
            work,
            settles: true,
            sql =>
            {
                sql.Post("UPDATE turns SET state = 'aside', reason = @reason WHERE turn_id = @turn", ("@reason", reason), ("@turn", turn.Id));
                sql.Post("UPDATE inbound SET state = 'ignored', reason = @reason, content_enc = NULL WHERE turn_id = @turn", ("@reason", reason), ("@turn", turn.Id));
                sql.Post(
                    """
                    INSERT INTO conversation (lane_id, person_id, role, order_at, tokens, key_id, content_enc)
                    VALUES (@lane, @person, 'user', @order, @tokens, @key, @content), (@lane, @person, 'assistant', @order, @tokens2, @key, @content2)
                    """,
                    ("@lane", work.Chat.Lane.Value), ("@person", turn.Person.Person.Value), ("@order", turn.Messages[^1].OrderAt.ToUnixTimeMicroseconds()),
                    ("@tokens", TokenEstimate.Of(userText)), ("@key", turn.Person.Key.Value), ("@content", content),
                    ("@tokens2", TokenEstimate.Of(ByHand)), ("@content2", closing));
                return true;
            },
            cancellationToken);
    }

    /// <summary>Counts a failure: back to the lane after a while, or dead with its apology.</summary>
    /// <param name="work">The lane, its fence and its turn.</param>
    /// <param name="reason">Typed reason.</param>
    /// <param name="retryAfter">What the model asked for, or null.</param>
    /// <param name="apology">Text for the person when this was the last attempt.</param>
    /// <param name="giveUp">Dead-letter now, whatever the count (too many interruptions).</param>
    /// <param name="cancellationToken">Ends the wait before the commit starts.</param>
    public Task<FailedTurn> FailAsync(
        LaneWork work, string reason, TimeSpan? retryAfter, BubbleContent apology, bool giveUp, CancellationToken cancellationToken)
    {
        var turn = work.Turn!;
        var now = time.GetUtcNow();
        var failures = turn.Failures + (giveUp ? 0 : 1);
        var dead = giveUp || failures >= options.Value.MaxAttempts;
        var delay = TurnRepeats.Failed(options.Value).After(failures);
        var asked = retryAfter > LongestAskedWait ? LongestAskedWait : retryAfter;
        var retryAt = dead ? now : now + (asked > delay ? asked.Value : delay);
        var apologyContent = dead ? SealBubble(turn, apology) : null;
        return WriteFencedAsync(
            work,
            settles: dead,
            sql =>
            {
                if (apologyContent is not null)
                {
                    sql.Post(
                        "UPDATE turns SET state = 'dead', reason = @reason, failures = @failures, dead_at = @now WHERE turn_id = @turn",
                        ("@reason", reason), ("@failures", failures), ("@now", now.ToUnixTimeMicroseconds()), ("@turn", turn.Id));
                    sql.Post("UPDATE inbound SET state = 'dead', reason = @reason WHERE turn_id = @turn", ("@reason", reason), ("@turn", turn.Id));
                    // One that was replayed and failed again was apologised for then.
                    if (!turn.Replayed || !HasApology(sql, turn.Id))
                        InsertBubble(sql, work, BubbleKind.Apology, apologyContent, now.ToUnixTimeMicroseconds(), last: false, first: null);
                    return new FailedTurn(true, now);
                }

                sql.Post(
                    "UPDATE turns SET reason = @reason, failures = @failures, not_before = @at WHERE turn_id = @turn",
                    ("@reason", reason), ("@failures", failures), ("@at", retryAt.ToUnixTimeMicroseconds()), ("@turn", turn.Id));
                if (failures >= FailuresBeforeSplit && turn.Messages.Count > 1 && !HasEffects(sql, turn.Id))
                    Split(sql, work);
                return new FailedTurn(false, retryAt);
            },
            cancellationToken);
    }

    /// <summary>The first message keeps the turn, the others wait for turns of their own: one that always fails takes none along.</summary>
    private static void Split(ISqlSession sql, LaneWork work)
    {
        var turn = work.Turn!;
        sql.Post(
            "UPDATE inbound SET state = 'pending', turn_id = NULL, turned_at = NULL WHERE turn_id = @turn AND inbound_id <> @first",
            ("@turn", turn.Id), ("@first", turn.Messages[0].InboundId));
        sql.Post("DELETE FROM turn_steps WHERE turn_id = @turn", ("@turn", turn.Id));
        sql.Post("UPDATE lanes SET solo_left = @solo WHERE lane_id = @lane", ("@solo", turn.Messages.Count - 1), ("@lane", work.Chat.Lane.Value));
    }

    /// <summary>A transcript with an effect in it stays with its whole burst: run again from the start, the effect would happen twice.</summary>
    private static bool HasEffects(ISqlSession sql, long turn) =>
        sql.QueryFirst("SELECT 1 FROM turn_steps WHERE turn_id = @turn AND kind = 'started' LIMIT 1", row => row.GetInt64(0), ("@turn", turn)) == 1;

    private static bool HasApology(ISqlSession sql, long turn) =>
        sql.QueryFirst("SELECT 1 FROM outbox WHERE turn_id = @turn AND kind = 'apology' AND state <> 'discarded' LIMIT 1", row => row.GetInt64(0), ("@turn", turn)) == 1;

    private static Deferred<(long Id, string? RawId)> InsertBubble(ISqlSession sql, LaneWork work, BubbleKind kind, byte[] content, long now, bool last, TurnReply? first) => sql.DeferFirst(
        """
        INSERT INTO outbox (lane_id, turn_id, kind, state, key_id, content_enc, session, last_of_turn, not_before, fence, claimed_at, deadline, attempts, created_at, raw_id)
        VALUES (@lane, @turn, @kind, @state, @key, @content, @session, @last, @notBefore, @fence, @claimed, @deadline, @attempts, @now,
            CASE WHEN EXISTS (SELECT 1 FROM outbox AS other WHERE other.session = @session AND other.raw_id = @raw) THEN NULL ELSE @raw END)
        RETURNING outbox_id, raw_id
        """,
        static row => (row.GetInt64(0), row.IsDBNull(1) ? null : row.GetString(1)),
        ("@lane", work.Chat.Lane.Value), ("@turn", work.Turn!.Id), ("@kind", kind.Word()), ("@state", first is { ClaimFirst: true } ? "sending" : "queued"),
        ("@key", work.Turn.Person.Key.Value), ("@content", content), ("@session", work.Chat.Session), ("@last", last ? 1 : 0),
        ("@notBefore", first?.FirstNotBefore.ToUnixTimeMicroseconds() ?? 0), ("@fence", work.Fence),
        ("@claimed", first is { ClaimFirst: true } ? now : null), ("@deadline", first is { ClaimFirst: true } ? first.Deadline.ToUnixTimeMicroseconds() : null),
        ("@attempts", first is { ClaimFirst: true } ? 1 : 0), ("@now", now), ("@raw", first is { ClaimFirst: true } ? first.FirstRawId : null));

    private byte[] SealBubble(Turn turn, BubbleContent bubble) =>
        keys.Encrypt(turn.Person.Key, "outbox.content", JsonSerializer.SerializeToUtf8Bytes(bubble, StoredJson.Default.BubbleContent));

    /// <summary>
    /// The lane's row comes first in every write: it carries the fence, and it is what two writers would meet at. A turn that is
    /// settled takes nothing more, not even from the worker that settled it.
    /// </summary>
    private async Task<T> WriteFencedAsync<T>(LaneWork work, bool settles, Func<ISqlSession, T> write, CancellationToken cancellationToken)
    {
        // Only a settled turn makes what is older late: the messages of a split burst are not.
        var newest = settles ? work.Turn!.Messages.Max(message => message.OrderAt).ToUnixTimeMicroseconds() : 0;
        var (held, result) = await database.WriteInStepsAsync(
            UnitKind.Turn,
            work.Chat.Lane.Value,
            sql => sql.DeferExecute(
                """
                UPDATE lanes SET high_order = CASE WHEN high_order < @order THEN @order ELSE high_order END
                WHERE lane_id = @lane AND fence = @fence AND EXISTS (SELECT 1 FROM turns WHERE turn_id = @turn AND state = 'running')
                """,
                ("@order", newest), ("@lane", work.Chat.Lane.Value), ("@fence", work.Fence), ("@turn", work.Turn!.Id)),
            (sql, held) => held.Value == 1 ? (true, write(sql)) : (false, default!),
            cancellationToken);
        return held ? result : throw new FenceLostException();
    }
}
