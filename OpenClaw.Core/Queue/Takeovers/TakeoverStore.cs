using Microsoft.Extensions.Options;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue.Takeovers;

/// <summary>What was made of a message of our own account that our outbox does not know.</summary>
public enum TakeoverOutcome
{
    /// <summary>A human wrote it: the bot keeps out of the chat for a while.</summary>
    Paused,

    /// <summary>A bubble of the chat is just being sent, and this may be it: decided when that is over.</summary>
    Undecided,

    /// <summary>Ours after all, too old, or from before the last <c>/bot on</c>.</summary>
    Nothing,
}

/// <summary>
/// The pauses of chats in which a human answers. They are columns of the lane's row, so that whoever begins work on a lane sees them without
/// asking, and so that they hold for every Worker and over restarts.
/// </summary>
public sealed class TakeoverStore(IDatabase database, ILaneScheduler scheduler, IOptions<TakeoverOptions> options, TimeProvider time)
{
    /// <summary>A send that was accepted without telling its id (some WAHA versions answer nothing) comes back as an echo within this.</summary>
    private static readonly TimeSpan EchoWithin = TimeSpan.FromMinutes(1);

    /// <summary>
    /// A message of our own account that no API sent and no bubble is bound to. The pause counts from the time of the message, so a message that
    /// is told twice changes nothing.
    /// </summary>
    /// <param name="lane">The chat.</param>
    /// <param name="session">WAHA session.</param>
    /// <param name="rawId">Raw WhatsApp id of the message.</param>
    /// <param name="sentAt">WhatsApp's time of it.</param>
    /// <param name="cancellationToken">Ends the wait before the commit starts.</param>
    public async Task<TakeoverOutcome> OwnMessageAsync(LaneId lane, string session, string rawId, DateTimeOffset sentAt, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (sentAt + options.Value.PauseFor <= now)
            return TakeoverOutcome.Nothing;
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
                        "INSERT INTO own_undecided (session, raw_id, lane_id, sent_at) VALUES (@session, @raw, @lane, @at) ON CONFLICT DO NOTHING",
                        ("@session", session), ("@raw", rawId), ("@lane", lane.Value), ("@at", sentAt.ToUnixTimeMicroseconds()));
                }
                else if (!Pause(sql, lane, sentAt, options.Value.PauseFor, raise: 1))
                {
                    return TakeoverOutcome.Nothing;
                }

                // A worker that thinks about an answer loses the lane; the next one puts the turn aside.
                scheduler.SignalWithin(sql, lane, now);
                return isSending ? TakeoverOutcome.Undecided : TakeoverOutcome.Paused;
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
                Silence(sql, lane);
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
    internal static void Decide(ISqlSession sql, LaneId lane, TimeSpan pauseFor)
    {
        var waiting = sql.Query(
            "SELECT session, raw_id, sent_at FROM own_undecided WHERE lane_id = @lane",
            row => (Session: row.GetString(0), RawId: row.GetString(1), SentAt: UnixMicroseconds.FromUnixTimeMicroseconds(row.GetInt64(2))), ("@lane", lane.Value));
        foreach (var (session, rawId, sentAt) in waiting)
        {
            // The fence was raised just now by whoever asks.
            if (!IsOurs(sql, lane, session, rawId, sentAt))
                Pause(sql, lane, sentAt, pauseFor, raise: 0);
        }

        sql.Post("DELETE FROM own_undecided WHERE lane_id = @lane", ("@lane", lane.Value));
    }

    private static bool Order(ISqlSession sql, LaneId lane, bool on, DateTimeOffset at, int raise) => sql.Execute(
        "UPDATE lanes SET paused_until = @until, resumed_at = @at, fence = fence + @raise WHERE lane_id = @lane AND resumed_at <= @at",
        ("@until", on ? 0 : BotPause.Off), ("@at", at.ToUnixTimeMicroseconds()), ("@raise", raise), ("@lane", lane.Value)) == 1;

    private static bool IsOurs(ISqlSession sql, LaneId lane, string session, string rawId, DateTimeOffset sentAt) => sql.QueryFirst(
        """
        SELECT 1 WHERE EXISTS (SELECT 1 FROM outbox WHERE session = @session AND raw_id = @raw)
            OR EXISTS (SELECT 1 FROM outbox WHERE session = @session AND lane_id = @lane AND state = 'accepted' AND raw_id IS NULL AND accepted_at >= @from AND claimed_at <= @to)
        """,
        row => row.GetInt64(0),
        ("@session", session), ("@raw", rawId), ("@lane", lane.Value), ("@from", (sentAt - EchoWithin).ToUnixTimeMicroseconds()),
        ("@to", (sentAt + EchoWithin).ToUnixTimeMicroseconds())) == 1;

    /// <summary>Nobody talks over the human: what is queued is put aside. What is being sent cannot be called back.</summary>
    private static bool Pause(ISqlSession sql, LaneId lane, DateTimeOffset sentAt, TimeSpan pauseFor, int raise)
    {
        var paused = sql.Execute(
            """
            UPDATE lanes SET paused_until = CASE WHEN paused_until < @until THEN @until ELSE paused_until END, fence = fence + @raise
            WHERE lane_id = @lane AND resumed_at < @at
            """,
            ("@until", (sentAt + pauseFor).ToUnixTimeMicroseconds()), ("@raise", raise), ("@lane", lane.Value), ("@at", sentAt.ToUnixTimeMicroseconds())) == 1;
        if (!paused)
            return false;

        Silence(sql, lane);
        return true;
    }

    private static void Silence(ISqlSession sql, LaneId lane)
    {
        // An answer of which nothing was said is no part of the conversation either.
        sql.Post(
            $"""
            DELETE FROM conversation WHERE entry_id = (SELECT MAX(entry_id) FROM conversation WHERE lane_id = @lane AND role = 'assistant')
            AND EXISTS (
                SELECT 1 FROM outbox AS waiting WHERE waiting.lane_id = @lane AND waiting.state = 'queued' AND waiting.{OutboxStore.IsUnsent} AND waiting.kind = 'reply' AND waiting.replays = 0
                AND NOT EXISTS (SELECT 1 FROM outbox AS said WHERE said.turn_id = waiting.turn_id AND said.kind = 'reply' AND said.state IN ('sending', 'accepted')))
            """,
            ("@lane", lane.Value));
        sql.Post(
            $"""
            UPDATE inbound SET state = 'ignored', reason = 'human_took_over'
            WHERE state = 'replied' AND turn_id IN (SELECT turn_id FROM outbox WHERE lane_id = @lane AND state = 'queued' AND {OutboxStore.IsUnsent} AND turn_id IS NOT NULL)
            """,
            ("@lane", lane.Value));
        sql.Post($"UPDATE outbox SET state = 'aside', reason = 'human_took_over' WHERE lane_id = @lane AND state = 'queued' AND {OutboxStore.IsUnsent}", ("@lane", lane.Value));
    }
}
