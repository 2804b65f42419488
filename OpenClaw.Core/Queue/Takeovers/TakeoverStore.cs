using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Security;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue.Takeovers;

/// <summary>What was made of a message of our own account that our outbox does not know.</summary>
public enum TakeoverOutcome
{
    /// <summary>A human wrote it: the bot keeps out of the chat for a while.</summary>
    Paused,

    /// <summary>A bubble of the chat is just being sent, and this may be it: decided when that is over.</summary>
    Undecided,

    /// <summary>A human wrote it too long ago for a pause: what was asked before it is not answered a second time.</summary>
    Answered,

    /// <summary>Ours after all, too old, or from before the last <c>/bot on</c>.</summary>
    Nothing,
}

/// <summary>
/// The pauses of chats in which a human answers. They are columns of the lane's row, so that whoever begins work on a lane sees them without
/// asking, and so that they hold for every Worker and over restarts.
/// </summary>
public sealed class TakeoverStore(IDatabase database, KeyRing keys, ILaneScheduler scheduler, IOptions<TakeoverOptions> options, TimeProvider time)
{
    /// <summary>Before what a human wrote, in the history: the model must not take it for its own words.</summary>
    private const string ByHand = "[Written by hand by the human operator of this number:]";

    /// <summary>A send that was accepted without telling its id (some WAHA versions answer nothing) comes back as an echo within this.</summary>
    private static readonly TimeSpan EchoWithin = TimeSpan.FromMinutes(1);

    /// <summary>
    /// A message of our own account that no API sent and no bubble is bound to. The pause counts from the time of the message, so a message that
    /// is told twice changes nothing. What a human wrote is a line of the chat's history, with the same commit that knows it for a human's.
    /// </summary>
    /// <param name="lane">The chat.</param>
    /// <param name="session">WAHA session.</param>
    /// <param name="rawId">Raw WhatsApp id of the message.</param>
    /// <param name="sentAt">WhatsApp's time of it.</param>
    /// <param name="text">What was written.</param>
    /// <param name="cancellationToken">Ends the wait before the commit starts.</param>
    public async Task<TakeoverOutcome> OwnMessageAsync(LaneId lane, string session, string rawId, DateTimeOffset sentAt, string text, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var line = await SealAsync(lane, session, rawId, text, cancellationToken);
        var outcome = await database.WriteInOrderAsync(
            lane.Value,
            sql =>
            {
                LaneDirectory.Meet(sql, lane);
                if (IsOurs(sql, lane, session, rawId, sentAt))
                    return TakeoverOutcome.Nothing;
                var isSending = sql.QueryFirst($"SELECT 1 FROM outbox WHERE lane_id = @lane AND state = 'sending' AND {OutboxStore.IsUnsent} LIMIT 1", row => row.GetInt64(0), ("@lane", lane.Value)) == 1;
                if (isSending)
                {
                    sql.Post(
                        """
                        INSERT INTO own_undecided (session, raw_id, lane_id, sent_at, dedupe, tokens, key_id, content_enc)
                        VALUES (@session, @raw, @lane, @at, @dedupe, @tokens, @key, @content) ON CONFLICT DO NOTHING
                        """,
                        ("@session", session), ("@raw", rawId), ("@lane", lane.Value), ("@at", sentAt.ToUnixTimeMicroseconds()), ("@dedupe", line.Dedupe),
                        ("@tokens", line.Tokens), ("@key", line.Key.Value), ("@content", line.Content));
                }
                else
                {
                    Keep(sql, lane, sentAt, line);
                    var made = HumanWrote(sql, lane, sentAt, options.Value.PauseFor, now, raise: 1);
                    if (made != TakeoverOutcome.Nothing)
                        scheduler.SignalWithin(sql, lane, now);
                    return made;
                }

                // A worker that thinks about an answer loses the lane; the next one puts the turn aside.
                scheduler.SignalWithin(sql, lane, now);
                return TakeoverOutcome.Undecided;
            },
            cancellationToken);
        if (outcome != TakeoverOutcome.Nothing)
            scheduler.Announce(lane, now);
        return outcome;
    }

    /// <summary>Somebody said <c>/bot on</c> or <c>/bot off</c> at that time; own messages from before change nothing any more.</summary>
    public Task OrderAsync(LaneId lane, bool on, DateTimeOffset at, CancellationToken cancellationToken) => database.WriteInOrderAsync(
        lane.Value, sql => Order(sql, lane, on, at, raise: 0), cancellationToken);

    /// <summary>As <see cref="OrderAsync"/>, said from outside the lane's own work: an answer that is under way is put aside as well.</summary>
    public async Task OffAsync(LaneId lane, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var isOff = await database.WriteInOrderAsync(
            lane.Value,
            sql =>
            {
                if (!Order(sql, lane, on: false, at, raise: 1))
                    return false;
                Silence(sql, lane, before: null);
                scheduler.SignalWithin(sql, lane, now);
                return true;
            },
            cancellationToken);
        if (isOff)
            scheduler.Announce(lane, now);
    }

    /// <summary>Whether a message of our own account waits to be told from a bubble that is being sent.</summary>
    public ValueTask<bool> IsUndecidedAsync(LaneId lane, CancellationToken cancellationToken) => database.ReadAsync(
        sql => sql.QueryFirst("SELECT 1 FROM own_undecided WHERE lane_id = @lane LIMIT 1", row => row.GetInt64(0), ("@lane", lane.Value)) == 1, cancellationToken);

    /// <summary>How it is in a chat now.</summary>
    public BotPause Of(LaneId lane) => BotPause.Of(
        database.Read(sql => sql.QueryFirst("SELECT paused_until FROM lanes WHERE lane_id = @lane", row => row.GetInt64(0), ("@lane", lane.Value))), time.NowMicroseconds());

    /// <summary>Decides what waited for a bubble to be sent. Only while none is.</summary>
    internal static void Decide(ISqlSession sql, LaneId lane, TimeSpan pauseFor, DateTimeOffset now)
    {
        var waiting = sql.Query(
            "SELECT session, raw_id, sent_at FROM own_undecided WHERE lane_id = @lane",
            row => (Session: row.GetString(0), RawId: row.GetString(1), SentAt: UnixMicroseconds.FromUnixTimeMicroseconds(row.GetInt64(2))), ("@lane", lane.Value));
        foreach (var (session, rawId, sentAt) in waiting)
        {
            // The fence was raised just now by whoever asks.
            if (IsOurs(sql, lane, session, rawId, sentAt))
                continue;
            KeepUndecided(sql, session, rawId);
            HumanWrote(sql, lane, sentAt, pauseFor, now, raise: 0);
        }

        sql.Post("DELETE FROM own_undecided WHERE lane_id = @lane", ("@lane", lane.Value));
    }

    /// <summary>With the chat's own key: what a human wrote there is erased with the rest of it.</summary>
    private async ValueTask<Line> SealAsync(LaneId lane, string session, string rawId, string text, CancellationToken cancellationToken)
    {
        var key = await database.ReadAsync(
            sql => sql.QueryFirst("SELECT key_id FROM lanes WHERE lane_id = @lane", row => new DataKeyId(row.GetInt64(0)), ("@lane", lane.Value)), cancellationToken);
        var marked = $"{ByHand} {text}";
        try
        {
            return new Line(keys.Blind("own-line", rawId, session), TokenEstimate.Of(marked), key, keys.Encrypt(key, "conversation.content", marked));
        }
        catch (CryptographicException)
        {
            // Nobody may read that chat any more; the pause is another matter.
            return new Line(keys.Blind("own-line", rawId, session), 0, default, null);
        }
    }

    /// <summary>Of a group in which nobody ever addressed the bot nothing is kept, of nobody.</summary>
    private const string HasTalked =
        """
        (l.is_group = 0 OR EXISTS (SELECT 1 FROM conversation AS said WHERE said.lane_id = l.lane_id AND said.role = 'user')
            OR EXISTS (SELECT 1 FROM inbound AS asks WHERE asks.lane_id = l.lane_id AND asks.state = 'pending')
            OR EXISTS (SELECT 1 FROM turns AS asked WHERE asked.lane_id = l.lane_id AND asked.state = 'running'))
        """;

    private static void Keep(ISqlSession sql, LaneId lane, DateTimeOffset sentAt, Line line)
    {
        if (line.Content is not { } content)
            return;
        sql.Post(
            $"""
            INSERT INTO conversation (lane_id, person_id, role, order_at, tokens, key_id, content_enc, dedupe)
            SELECT lane_id, COALESCE(person_id, 0), 'assistant', @at, @tokens, @key, @content, @dedupe FROM lanes AS l WHERE lane_id = @lane AND {HasTalked}
            ON CONFLICT DO NOTHING
            """,
            ("@at", sentAt.ToUnixTimeMicroseconds()), ("@tokens", line.Tokens), ("@key", line.Key.Value), ("@content", content), ("@dedupe", line.Dedupe), ("@lane", lane.Value));
    }

    private static void KeepUndecided(ISqlSession sql, string session, string rawId) => sql.Post(
        $"""
        INSERT INTO conversation (lane_id, person_id, role, order_at, tokens, key_id, content_enc, dedupe)
        SELECT l.lane_id, COALESCE(l.person_id, 0), 'assistant', u.sent_at, u.tokens, u.key_id, u.content_enc, u.dedupe
        FROM own_undecided u JOIN lanes l ON l.lane_id = u.lane_id WHERE u.session = @session AND u.raw_id = @raw AND u.content_enc IS NOT NULL AND {HasTalked}
        ON CONFLICT DO NOTHING
        """,
        ("@session", session), ("@raw", rawId));

    private static bool Order(ISqlSession sql, LaneId lane, bool on, DateTimeOffset at, int raise) => sql.Execute(
        "UPDATE lanes SET paused_until = @until, resumed_at = @at, human_at = 0, fence = fence + @raise WHERE lane_id = @lane AND resumed_at <= @at",
        ("@until", on ? 0 : BotPause.Off), ("@at", at.ToUnixTimeMicroseconds()), ("@raise", raise), ("@lane", lane.Value)) == 1;

    private static bool IsOurs(ISqlSession sql, LaneId lane, string session, string rawId, DateTimeOffset sentAt) => sql.QueryFirst(
        """
        SELECT 1 WHERE EXISTS (SELECT 1 FROM outbox WHERE session = @session AND raw_id = @raw)
            OR EXISTS (SELECT 1 FROM outbox WHERE session = @session AND lane_id = @lane AND state = 'accepted' AND raw_id IS NULL AND accepted_at >= @from AND claimed_at <= @to)
        """,
        row => row.GetInt64(0),
        ("@session", session), ("@raw", rawId), ("@lane", lane.Value), ("@from", (sentAt - EchoWithin).ToUnixTimeMicroseconds()),
        ("@to", (sentAt + EchoWithin).ToUnixTimeMicroseconds())) == 1;

    /// <summary>
    /// Nobody talks over the human: what is queued is put aside. What is being sent cannot be called back. A message that is too old for a pause
    /// still answered what was asked before it, and only that.
    /// </summary>
    private static TakeoverOutcome HumanWrote(ISqlSession sql, LaneId lane, DateTimeOffset sentAt, TimeSpan pauseFor, DateTimeOffset now, int raise)
    {
        if (pauseFor <= TimeSpan.Zero)
            return TakeoverOutcome.Nothing;
        if (sentAt + pauseFor <= now)
            return Answered(sql, lane, sentAt.ToUnixTimeMicroseconds(), raise) ? TakeoverOutcome.Answered : TakeoverOutcome.Nothing;
        var paused = sql.Execute(
            """
            UPDATE lanes SET paused_until = CASE WHEN paused_until < @until THEN @until ELSE paused_until END,
                human_at = CASE WHEN human_at < @at THEN @at ELSE human_at END, fence = fence + @raise
            WHERE lane_id = @lane AND resumed_at < @at
            """,
            ("@until", (sentAt + pauseFor).ToUnixTimeMicroseconds()), ("@at", sentAt.ToUnixTimeMicroseconds()), ("@raise", raise), ("@lane", lane.Value)) == 1;
        if (!paused)
            return TakeoverOutcome.Nothing;

        Silence(sql, lane, before: null);
        return TakeoverOutcome.Paused;
    }

    /// <summary>Only a worker that thinks about something which the human answered loses the lane: a sync may tell many old messages.</summary>
    private static bool Answered(ISqlSession sql, LaneId lane, long at, int raise)
    {
        var isNews = sql.Execute(
            $"""
            UPDATE lanes SET human_at = @at,
                fence = CASE WHEN EXISTS (SELECT 1 FROM turns WHERE turns.lane_id = @lane AND turns.state = 'running' AND {AskedBefore}) THEN fence + @raise ELSE fence END
            WHERE lane_id = @lane AND resumed_at < @at AND human_at < @at
            """,
            ("@at", at), ("@lane", lane.Value), ("@raise", raise)) == 1;
        if (isNews)
            Silence(sql, lane, at);
        return isNews;
    }

    /// <summary>A line of the history before it is stored.</summary>
    /// <param name="Content">Sealed; null where nobody may read it.</param>
    private sealed record Line(byte[] Dedupe, int Tokens, DataKeyId Key, byte[]? Content);

    private const string AskedBefore = "NOT EXISTS (SELECT 1 FROM inbound AS asked WHERE asked.turn_id = turns.turn_id AND asked.order_at >= @at)";

    /// <param name="sql">The transaction.</param>
    /// <param name="lane">The chat.</param>
    /// <param name="before">Only answers to what was written before that time; null = whatever waits.</param>
    private static void Silence(ISqlSession sql, LaneId lane, long? before)
    {
        var meant = before is null ? "" : $" AND turn_id IN (SELECT turns.turn_id FROM turns WHERE turns.lane_id = @lane AND {AskedBefore})";
        var queued = $"lane_id = @lane AND state = 'queued' AND {OutboxStore.IsUnsent}{meant}";
        (string, object?)[] parameters = before is { } at ? [("@lane", lane.Value), ("@at", at)] : [("@lane", lane.Value)];
        // An answer of which nothing was said is no part of the conversation either.
        sql.Post(
            $"""
            DELETE FROM conversation WHERE lane_id = @lane AND role = 'assistant' AND turn_id IN (SELECT turn_id FROM outbox WHERE {queued} AND kind = 'reply' AND replays = 0)
            AND NOT EXISTS (SELECT 1 FROM outbox AS said WHERE said.turn_id = conversation.turn_id AND said.kind = 'reply' AND said.state IN ('sending', 'accepted'))
            """,
            parameters);
        sql.Post(
            $"""
            UPDATE inbound SET state = 'ignored', reason = 'human_took_over'
            WHERE state = 'replied' AND turn_id IN (SELECT turn_id FROM outbox WHERE {queued} AND turn_id IS NOT NULL)
            """,
            parameters);
        // A person's own appointment is kept: no human who talks in the chat says it instead.
        sql.Post(
            $"UPDATE outbox SET state = 'aside', reason = 'human_took_over' WHERE {queued} AND NOT EXISTS (SELECT 1 FROM scheduled_jobs WHERE bubble_id = outbox.outbox_id)",
            parameters);
    }
}
