using System.Text.Json;
using OpenClaw.Core.People;
using OpenClaw.Core.Queue.History;
using OpenClaw.Core.Security;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue;

/// <summary>
/// The door's durable side: insert or duplicate, rate limit, signal, in one transaction. Nothing is acknowledged before its commit.
/// </summary>
public sealed class InboundStore(
    IDatabase database,
    KeyRing keys,
    LaneDirectory lanes,
    ILaneScheduler scheduler,
    IRateLimits limits,
    INoticeTexts notices,
    TimeProvider time)
{
    /// <summary>Typed reason of what was read back from a minute in which messages were over a limit.</summary>
    public const string LimitedOrMissed = "limited_or_missed";

    /// <summary>How long one notice about a limit speaks for.</summary>
    private static readonly TimeSpan NoticeWindow = TimeSpan.FromMinutes(1);

    /// <summary>Stores a message for a worker, or tells why not.</summary>
    /// <returns>Null when what was known about the sender is out of date: look the person up again and repeat.</returns>
    /// <exception cref="StorageUnavailableException">Nothing was stored; WAHA must send it again.</exception>
    public async Task<IntakeOutcome?> AcceptAsync(InboundMessage message, CancellationToken cancellationToken)
    {
        var lane = await lanes.EnsureAsync(message.Session, message.Person, message.GroupId, message.Content.ChatId, cancellationToken);
        var row = Prepare(message);
        RateTicket? ticket = message.IsReadBack ? null : await limits.TakeAsync(lane, message.Person.Person, cancellationToken);
        IntakeOutcome? outcome = null;
        try
        {
            outcome = await StoreAsync(message, row, lane, ticket, cancellationToken);
        }
        finally
        {
            if (ticket is { } taken && outcome is not (IntakeOutcome.Accepted or IntakeOutcome.Limited))
                limits.GiveBack(taken);
        }

        if (outcome is null)
            lanes.Forget();
        return outcome;
    }

    private async Task<IntakeOutcome?> StoreAsync(InboundMessage message, PreparedRow row, LaneId lane, RateTicket? ticket, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        // Messages that several sessions may have are not stored in steps: what one copy asks depends on what another decides.
        var (outcome, signalled) = message.Share is null
            ? await database.WriteInStepsAsync(UnitKind.Arrival, lane.Value, Ask, (sql, insert) => Decide(sql, insert.Value), cancellationToken)
            : await database.WriteInOrderAsync(lane.Value, sql => Decide(sql, Ask(sql).Value), cancellationToken);
        if (signalled is { } ready)
            scheduler.Announce(ready, now);
        return outcome;

        Deferred<long> Ask(ISqlSession sql) => Insert(sql, row, lane.Value, "pending", null, now);

        (IntakeOutcome?, LaneId?) Decide(ISqlSession sql, long inserted)
        {
            // Of what was over a limit only the first has a row: the others would come back from the history as missed ones.
            if (inserted != 0 && message.IsReadBack && LimitedWith(sql, message, lane) is > 0 and var limited)
                return (Doubt(sql, inserted, message, lane, limited, now), null);

            if (inserted == 0)
                inserted = Admit(sql, row, lane.Value);
            if (inserted == 0)
                return Known(sql, row.Dedupe, now);
            if (!IsOurs(sql, message, now))
                return (LeaveToOther(sql, inserted, message, now), null);
            if (ticket is { } taken && limits.TakeWithin(sql, taken, now) is { } reason)
                return (Limit(sql, inserted, message, lane, reason, now), lane);
            scheduler.SignalWithin(sql, lane, now);
            return (IntakeOutcome.Accepted, lane);
        }
    }

    /// <summary>Keeps a message of a hidden id that WAHA has not linked yet: outside any lane, with its text.</summary>
    /// <returns>Null when the id was linked meanwhile: look the person up again and accept the message.</returns>
    /// <exception cref="StorageUnavailableException">Nothing was stored; WAHA must send it again.</exception>
    public async Task<IntakeOutcome?> HoldAsync(InboundMessage message, string reason, CancellationToken cancellationToken)
    {
        var row = Prepare(message);
        var now = time.GetUtcNow();
        var outcome = await database.WriteAsync<IntakeOutcome?>(
            sql =>
            {
                var inserted = Insert(sql, row, null, "held", reason, now).Value;
                if (inserted == 0)
                    return Stored(sql, row.Dedupe).State is null ? null : IntakeOutcome.Duplicate;
                return IsOurs(sql, message, now) ? IntakeOutcome.Held : LeaveToOther(sql, inserted, message, now);
            },
            cancellationToken);
        if (outcome is null)
            lanes.Forget();
        return outcome;
    }

    /// <summary>Keeps a message that is not to be answered as history of its chat.</summary>
    /// <param name="message">The message.</param>
    /// <param name="line">What the history shall say that was written.</param>
    /// <param name="end">What it shall say instead of an answer: a model would answer what stands there without one.</param>
    /// <param name="reason">Typed reason why it is not answered.</param>
    /// <param name="cancellationToken">Ends the wait before the commit starts.</param>
    /// <returns>Null when what was known about the sender is out of date: look the person up again and repeat.</returns>
    /// <exception cref="StorageUnavailableException">Nothing was stored; WAHA must send it again.</exception>
    public async Task<IntakeOutcome?> KeepAsync(InboundMessage message, string line, string end, string reason, CancellationToken cancellationToken)
    {
        var lane = await lanes.EnsureAsync(message.Session, message.Person, message.GroupId, message.Content.ChatId, cancellationToken);
        var row = new PreparedRow(Dedupe(message.Session, message.RawId, fromMe: false), message, Content: null);
        var entry = keys.Encrypt(message.Person.Key, "conversation.content", line);
        var closing = keys.Encrypt(message.Person.Key, "conversation.content", end);
        var now = time.GetUtcNow();
        var outcome = await database.WriteInOrderAsync<IntakeOutcome?>(
            lane.Value,
            sql =>
            {
                if (Insert(sql, row, lane.Value, "context", reason, now).Value == 0)
                    return Stored(sql, row.Dedupe).State is null ? null : IntakeOutcome.Duplicate;
                sql.Post(
                    """
                    INSERT INTO conversation (lane_id, person_id, role, order_at, tokens, key_id, content_enc)
                    VALUES (@lane, @person, 'user', @order, @tokens, @key, @content), (@lane, @person, 'assistant', @order, @tokens2, @key, @content2)
                    """,
                    ("@lane", lane.Value), ("@person", message.Person.Person.Value), ("@order", message.OrderAt.ToUnixTimeMicroseconds()),
                    ("@tokens", TokenEstimate.Of(line)), ("@key", message.Person.Key.Value), ("@content", entry), ("@tokens2", TokenEstimate.Of(end)), ("@content2", closing));
                return IntakeOutcome.Context;
            },
            cancellationToken);
        if (outcome is null)
            lanes.Forget();
        return outcome;
    }

    /// <summary>
    /// Keeps the reason of something that is not answered, without its text. Repeats of a reason per chat and minute are counted on
    /// one row, so that a flood cannot fill the disk.
    /// </summary>
    public Task<IntakeOutcome> DropAsync(DroppedEvent dropped, CancellationToken cancellationToken)
    {
        var dedupe = Dedupe(dropped.Session, dropped.DedupeId, dropped.FromMe);
        var now = time.GetUtcNow();
        var repeatKey = RepeatKey(dropped.Session, dropped.Chat, dropped.Reason, now);
        // Repeats of one reason are counted on one row: side by side they would only get in each other's way.
        return database.WriteInStepsAsync(
            UnitKind.Arrival,
            BitConverter.ToInt64(repeatKey),
            sql => sql.DeferExecute(
                """
                INSERT INTO inbound (dedupe, repeat_key, session, state, reason, order_at, envelope_at, arrived_at, request_id)
                VALUES (@dedupe, @repeat, @session, @state, @reason, @order, @order, @now, @request) ON CONFLICT DO NOTHING
                """,
                ("@dedupe", dedupe), ("@repeat", repeatKey), ("@session", dropped.Session), ("@state", dropped.State), ("@reason", dropped.Reason),
                ("@order", dropped.OrderAt.ToUnixTimeMicroseconds()), ("@now", now.ToUnixTimeMicroseconds()), ("@request", dropped.RequestId)),
            (sql, inserted) =>
            {
                if (inserted.Value == 0 && !CountRepeat(sql, dedupe, repeatKey))
                    return IntakeOutcome.Duplicate;
                return dropped.State == "denied" ? IntakeOutcome.Denied : IntakeOutcome.Ignored;
            },
            cancellationToken);
    }

    /// <summary>Whether a bubble of ours has this raw id: what makes a quote in a group address us.</summary>
    public async Task<bool> IsOurBubbleAsync(string session, string rawId, CancellationToken cancellationToken) => await database.ReadAsync(
        sql => sql.QueryFirst("SELECT 1 FROM outbox WHERE session = @session AND raw_id = @raw", row => row.GetInt64(0), ("@session", session), ("@raw", rawId)),
        cancellationToken) == 1;

    private PreparedRow Prepare(InboundMessage message) => new(
        Dedupe(message.Session, message.RawId, fromMe: false),
        message,
        keys.Encrypt(message.Person.Key, "inbound.content", JsonSerializer.SerializeToUtf8Bytes(message.Content, StoredJson.Default.MessageContent)));

    private byte[] Dedupe(string session, string rawId, bool fromMe) => keys.Blind(fromMe ? "sent" : "received", rawId, session);

    private byte[] RepeatKey(string session, string chat, string reason, DateTimeOffset at) =>
        keys.Blind("repeat", $"{chat}|{reason}|{at.ToUnixTimeSeconds() / 60}", session);

    /// <summary>By the message's own time and its lane, not by the time of arrival and the chat's name: WAHA's history tells those alone, and the chat under another id.</summary>
    private byte[] LimitKey(InboundMessage message, LaneId lane, string reason) => RepeatKey(message.Session, $"lane {lane.Value}", reason, message.OrderAt);

    /// <summary>How many messages of its minute were over a limit and left no row of their own.</summary>
    private long LimitedWith(ISqlSession sql, InboundMessage message, LaneId lane) => sql.QueryFirst(
        "SELECT CAST(COALESCE(SUM(repeats), 0) AS BIGINT) FROM inbound WHERE repeat_key IN (@chat, @person) AND state = 'limited'",
        row => row.GetInt64(0),
        ("@chat", LimitKey(message, lane, IRateLimits.ChatReason)), ("@person", LimitKey(message, lane, IRateLimits.PersonReason)));

    /// <summary>
    /// One of those that were over a limit, or one that was missed beside them: nobody can tell. It keeps a row of its own, which also counts it once; as
    /// soon as there are more of them than were limited, some were missed. That is told by this very commit: afterwards the message is known, and nobody
    /// reads it back again.
    /// </summary>
    private IntakeOutcome Doubt(ISqlSession sql, long inbound, InboundMessage message, LaneId lane, long limited, DateTimeOffset now)
    {
        var minute = LimitKey(message, lane, LimitedOrMissed);
        var earlier = sql.QueryFirst("UPDATE inbound SET repeats = repeats + 1 WHERE repeat_key = @minute RETURNING repeats", row => row.GetInt64(0), ("@minute", minute));
        sql.Post(
            "UPDATE inbound SET state = 'limited', reason = @reason, content_enc = NULL, repeat_key = @minute WHERE inbound_id = @id",
            ("@reason", LimitedOrMissed), ("@minute", earlier == 0 ? minute : null), ("@id", inbound));
        if (earlier + 1 <= limited)
            return IntakeOutcome.Limited;
        // A minute of a chat is one gap: the first of it may begin another one, the others belong to that.
        var reach = earlier > limited ? TimeSpan.FromMinutes(1) : TimeSpan.Zero;
        HistoryGaps.RecordWithin(sql, message.Session, message.OrderAt, message.OrderAt + TimeSpan.FromSeconds(1), LimitedOrMissed, 1, reach, now);
        return IntakeOutcome.MaybeMissed;
    }

    private static Deferred<long> Insert(ISqlSession sql, PreparedRow row, long? lane, string state, string? reason, DateTimeOffset now)
    {
        var inserted = sql.DeferFirst(
            """
            INSERT INTO inbound (dedupe, lane_id, person_id, key_id, session, state, reason, order_at, envelope_at, arrived_at, content_enc, request_id, trace_parent)
            SELECT @dedupe, @lane, @person, @key, @session, @state, @reason, @order, @envelope, @now, @content, @request, @trace
            WHERE EXISTS (SELECT 1 FROM people WHERE person_id = @person AND merged_into IS NULL)
            ON CONFLICT DO NOTHING RETURNING inbound_id
            """,
            static result => result.GetInt64(0),
            ("@dedupe", row.Dedupe), ("@lane", lane), ("@person", row.Message.Person.Person.Value), ("@key", row.Message.Person.Key.Value),
            ("@session", row.Message.Session), ("@state", state), ("@reason", reason), ("@order", row.Message.OrderAt.ToUnixTimeMicroseconds()),
            ("@envelope", row.Message.EnvelopeAt.ToUnixTimeMicroseconds()), ("@now", now.ToUnixTimeMicroseconds()), ("@content", row.Content),
            ("@request", row.Message.RequestId), ("@trace", row.Message.TraceParent));
        PeopleDirectory.Meet(sql, row.Message.Person.Person);
        return inserted;
    }

    /// <summary>
    /// The same message was held under a hidden id that nobody could link; now it came with the number, so there is nothing to wait for.
    /// </summary>
    private static long Admit(ISqlSession sql, PreparedRow row, long lane)
    {
        var admitted = sql.QueryFirst(
            """
            UPDATE inbound SET state = 'pending', reason = NULL, lane_id = @lane, person_id = @person, key_id = @key, content_enc = @content
            WHERE dedupe = @dedupe AND state = 'held' AND EXISTS (SELECT 1 FROM people WHERE person_id = @person AND merged_into IS NULL)
            RETURNING inbound_id
            """,
            static result => result.GetInt64(0),
            ("@lane", lane), ("@person", row.Message.Person.Person.Value), ("@key", row.Message.Person.Key.Value), ("@content", row.Content),
            ("@dedupe", row.Dedupe));
        if (admitted != 0)
            PeopleDirectory.Meet(sql, row.Message.Person.Person);
        return admitted;
    }

    /// <summary>The row exists, or the person was merged meanwhile. An unsettled row signals its lane again: that is what the repeat is for.</summary>
    private (IntakeOutcome?, LaneId?) Known(ISqlSession sql, byte[] dedupe, DateTimeOffset now)
    {
        var (state, lane) = Stored(sql, dedupe);
        if (state is null)
            return (null, null);
        if (lane is not { } unsettled || state is not ("pending" or "in_turn" or "replied"))
            return (IntakeOutcome.Duplicate, null);
        scheduler.SignalWithin(sql, unsettled, now);
        return (IntakeOutcome.Duplicate, unsettled);
    }

    private static (string? State, LaneId? Lane) Stored(ISqlSession sql, byte[] dedupe) => sql.QueryFirst(
        "SELECT state, lane_id FROM inbound WHERE dedupe = @dedupe",
        row => (row.GetString(0), row.IsDBNull(1) ? (LaneId?)null : new LaneId(row.GetInt64(1))),
        ("@dedupe", dedupe));

    private IntakeOutcome Limit(ISqlSession sql, long inbound, InboundMessage message, LaneId lane, string reason, DateTimeOffset now)
    {
        var repeatKey = LimitKey(message, lane, reason);
        // As long as the message's row is there, which a repeat takes away: it is the proof that the person wrote.
        Notify(sql, inbound, message, lane, now);
        Empty(sql, inbound, "limited", reason, repeatKey);
        return IntakeOutcome.Limited;
    }

    /// <summary>Whether this copy of a group's message is the one that is answered.</summary>
    private bool IsOurs(ISqlSession sql, InboundMessage message, DateTimeOffset now) => message is not { Share: { } share, GroupId: { } group } || GroupOwners.IsOursWithin(
        sql, keys.Blind("group-owner", group), message.Session, share, [.. share.Others.Select(other => Dedupe(other, message.RawId, fromMe: false))], message.IsReadBack,
        now.ToUnixTimeMicroseconds());

    private IntakeOutcome LeaveToOther(ISqlSession sql, long inbound, InboundMessage message, DateTimeOffset now)
    {
        Empty(sql, inbound, "ignored", GroupOwners.OtherSession, RepeatKey(message.Session, message.Content.ChatId, GroupOwners.OtherSession, now));
        return IntakeOutcome.Ignored;
    }

    /// <summary>Of a message that is not answered the reason stays, and its repeats are counted.</summary>
    private static void Empty(ISqlSession sql, long inbound, string state, string reason, byte[] repeatKey)
    {
        var repeated = sql.Execute("UPDATE inbound SET repeats = repeats + 1 WHERE repeat_key = @repeat", ("@repeat", repeatKey)) == 1;
        if (repeated)
        {
            sql.Post("DELETE FROM inbound WHERE inbound_id = @id", ("@id", inbound));
        }
        else
        {
            sql.Post(
                "UPDATE inbound SET state = @state, reason = @reason, content_enc = NULL, repeat_key = @repeat WHERE inbound_id = @id",
                ("@state", state), ("@reason", reason), ("@repeat", repeatKey), ("@id", inbound));
        }
    }

    private void Notify(ISqlSession sql, long inbound, InboundMessage message, LaneId lane, DateTimeOffset now)
    {
        var first = sql.Execute(
            "UPDATE lanes SET noticed_at = @now WHERE lane_id = @lane AND noticed_at <= @before",
            ("@now", now.ToUnixTimeMicroseconds()), ("@lane", lane.Value), ("@before", (now - NoticeWindow).ToUnixTimeMicroseconds())) == 1;
        if (!first)
            return;

        var content = new BubbleContent(message.Content.ChatId, notices.TooManyMessages(message.Person.Locale), null);
        var key = message.Person.Key;
        var bubble = new UnpromptedBubble(
            lane, message.Session, key, keys.Encrypt(key, "outbox.content", JsonSerializer.SerializeToUtf8Bytes(content, StoredJson.Default.BubbleContent)), inbound);
        if (UnpromptedBubbles.QueueWithin(sql, bubble, now) is null)
            scheduler.SignalWithin(sql, lane, now);
    }

    /// <returns>False when it was this very event before: a duplicate, not a repeat.</returns>
    private static bool CountRepeat(ISqlSession sql, byte[] dedupe, byte[] repeatKey) =>
        sql.QueryFirst("SELECT 1 FROM inbound WHERE dedupe = @dedupe", row => row.GetInt64(0), ("@dedupe", dedupe)) == 0
        && sql.Execute("UPDATE inbound SET repeats = repeats + 1 WHERE repeat_key = @repeat", ("@repeat", repeatKey)) == 1;

    private sealed record PreparedRow(byte[] Dedupe, InboundMessage Message, byte[]? Content);
}

/// <summary>Short texts that the system itself says in a chat, in the person's language.</summary>
public interface INoticeTexts
{
    /// <summary>The sender is over a limit.</summary>
    string TooManyMessages(string locale);
}
