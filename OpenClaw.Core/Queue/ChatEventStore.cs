using System.Text.Json;
using OpenClaw.Core.People;
using OpenClaw.Core.Security;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue;

/// <summary>What a chat's own side and the session say: echoes, own messages, reactions, acks, session states. Context, not work.</summary>
public sealed partial class ChatEventStore(IDatabase database, KeyRing keys, TimeProvider time)
{
    /// <summary>The kind of an event that tells of a message which we sent.</summary>
    public const string OwnEcho = "own_echo";

    /// <summary>Ack levels of WAHA that mean "on the person's device".</summary>
    internal const int DeviceAck = 2;

    /// <summary>From this one on the person has seen it.</summary>
    internal const int ReadAck = 3;

    private static readonly TimeSpan SeenLateBy = TimeSpan.FromMinutes(1);

    /// <summary>Keeps an own message or a reaction, encrypted for the chat partner (or for the system where there is none).</summary>
    public Task<IntakeOutcome> RecordAsync(
        string session, string kind, ChatEventContent content, PersonScope? partner, DateTimeOffset orderAt, CancellationToken cancellationToken)
    {
        var key = partner?.Key ?? keys.System;
        var dedupe = keys.Blind("event-" + kind, content.RawId, session);
        var chat = keys.Blind("chat", content.ChatId, session);
        var sealedContent = keys.Encrypt(key, "chat_events.content", JsonSerializer.SerializeToUtf8Bytes(content, StoredJson.Default.ChatEventContent));
        var now = time.NowMicroseconds();
        return database.WriteInStepsAsync(
            UnitKind.Arrival,
            stripe: null,
            sql => sql.DeferExecute(
                """
                INSERT INTO chat_events (dedupe, session, kind, chat_blind, key_id, content_enc, order_at, arrived_at)
                VALUES (@dedupe, @session, @kind, @chat, @key, @content, @order, @now) ON CONFLICT DO NOTHING
                """,
                ("@dedupe", dedupe), ("@session", session), ("@kind", kind), ("@chat", chat), ("@key", key.Value), ("@content", sealedContent),
                ("@order", orderAt.ToUnixTimeMicroseconds()), ("@now", now)),
            static (_, inserted) => inserted.Value == 1 ? IntakeOutcome.Recorded : IntakeOutcome.Duplicate,
            cancellationToken);
    }

    /// <summary>
    /// Moves a bubble's ack forward and notes when; an ack that comes before the bubble is known is kept for it. A level says of the lower ones that
    /// they were reached, at the latest now.
    /// </summary>
    /// <param name="session">Session.</param>
    /// <param name="rawId">Raw WhatsApp id.</param>
    /// <param name="level">-1 error, 0 pending, 1 server, 2 device, 3 read, 4 played.</param>
    /// <param name="cancellationToken">Ends the wait before the commit starts.</param>
    public async Task<IntakeOutcome> RecordAckAsync(string session, string rawId, int level, CancellationToken cancellationToken)
    {
        // Pending: WAHA has it and nobody else. A send's answer says the same.
        if (level == 0)
            return IntakeOutcome.Ignored;
        var now = time.NowMicroseconds();
        // The acks of a bubble come one right after the other.
        var recorded = await database.WriteInStepsAsync(
            UnitKind.Ack,
            Stripe(rawId),
            sql => sql.DeferFirst(
                $"""
                UPDATE outbox SET ack = @level, server_at = COALESCE(server_at, @now),
                    device_at = {AtLevel(DeviceAck, "device_at")}, read_at = {AtLevel(ReadAck, "read_at")}
                WHERE session = @session AND raw_id = @raw AND ack < @level RETURNING COALESCE(turn_id, 0)
                """,
                row => (long?)row.GetInt64(0),
                ("@level", level), ("@now", now), ("@session", session), ("@raw", rawId)),
            (sql, moved) =>
            {
                var turn = moved.Value;
                if (level < 0 && sql.Execute(
                    "UPDATE outbox SET error_at = @now WHERE session = @session AND raw_id = @raw AND ack = 0 AND error_at IS NULL",
                    ("@now", now), ("@session", session), ("@raw", rawId)) == 1)
                {
                    return new Deferred<int>(1);
                }

                if (turn is null)
                    return KeepForLater(sql, session, rawId, level, now);
                if (turn > 0 && level >= DeviceAck)
                {
                    MeetTurn(sql, turn.Value);
                    MarkDelivered(sql, turn.Value, now);
                }

                return new Deferred<int>(1);
            },
            cancellationToken);
        return recorded.Value == 1 ? IntakeOutcome.Recorded : IntakeOutcome.Duplicate;
    }

    /// <summary>Keeps the newest state of a session; an older event that arrives late changes nothing.</summary>
    public Task<IntakeOutcome> RecordSessionAsync(string session, string status, LinkedAccount? account, DateTimeOffset at, CancellationToken cancellationToken) =>
        RecordSessionAsync(session, status, account, at, status == "WORKING" ? at : null, cancellationToken);

    /// <summary>
    /// The same for a state that was not told but seen. A session that is seen at work for the first time began at some time before: it counts from a
    /// minute ago, as a history that is read for the first time does. Without that its next return to work would be taken for its beginning, and
    /// what was written while it was away for older than that.
    /// </summary>
    public Task<IntakeOutcome> RecordSeenSessionAsync(string session, string status, LinkedAccount? account, DateTimeOffset at, CancellationToken cancellationToken) =>
        RecordSessionAsync(session, status, account, at, status == "WORKING" ? at - SeenLateBy : null, cancellationToken);

    /// <summary>An account stays until another one is told or the phone logged out. Of a session that was never seen at work it tells that a phone was linked.</summary>
    private Task<IntakeOutcome> RecordSessionAsync(
        string session, string status, LinkedAccount? account, DateTimeOffset at, DateTimeOffset? workingAt, CancellationToken cancellationToken)
    {
        var sealedAccount = account is null
            ? null
            : keys.Encrypt(keys.System, "sessions.account", JsonSerializer.SerializeToUtf8Bytes(account, StoredJson.Default.LinkedAccount));
        return database.WriteAsync(
            sql => sql.Execute(
                """
                INSERT INTO sessions (session, status, status_at, down_since, first_working_at, key_id, account_enc)
                VALUES (@session, @status, @at, @down, @working, @key, @account)
                ON CONFLICT (session) DO UPDATE SET
                    status = excluded.status, status_at = excluded.status_at,
                    down_since = CASE WHEN excluded.status = 'WORKING' THEN NULL ELSE COALESCE(sessions.down_since, excluded.status_at) END,
                    first_working_at = COALESCE(sessions.first_working_at, excluded.first_working_at),
                    account_enc = CASE WHEN excluded.status = 'SCAN_QR_CODE' AND sessions.first_working_at IS NOT NULL THEN NULL ELSE COALESCE(excluded.account_enc, sessions.account_enc) END
                WHERE excluded.status_at > sessions.status_at
                """,
                ("@session", session), ("@status", status), ("@at", at.ToUnixTimeMicroseconds()), ("@down", status == "WORKING" ? null : at.ToUnixTimeMicroseconds()),
                ("@working", workingAt?.ToUnixTimeMicroseconds()), ("@key", keys.System.Value), ("@account", sealedAccount)) == 1
                ? IntakeOutcome.Recorded : IntakeOutcome.Duplicate,
            cancellationToken);
    }

    /// <summary>The newest state of every session that ever told one.</summary>
    public IReadOnlyDictionary<string, string> SessionStates() => database.Read(sql => sql.Query(
        "SELECT session, status FROM sessions", row => (row.GetString(0), row.GetString(1)))).ToDictionary(row => row.Item1, row => row.Item2, StringComparer.Ordinal);

    /// <summary>Whether a session was ever linked to a phone and at work.</summary>
    public bool HasWorked(string session) => database.Read(sql => sql.QueryFirst(
        "SELECT COUNT(*) FROM sessions WHERE session = @session AND (first_working_at IS NOT NULL OR account_enc IS NOT NULL)", row => row.GetInt64(0), ("@session", session))) > 0;

    private static long Stripe(string rawId) => string.GetHashCode(rawId, StringComparison.Ordinal);

    // A row of level 0 was made by MeetAck: even an error is news to it.
    private static Deferred<int> KeepForLater(ISqlSession sql, string session, string rawId, int level, long now) => sql.DeferExecute(
        """
        INSERT INTO acks (session, raw_id, level, arrived_at, server_at, device_at, read_at, error_at)
        SELECT @session, @raw, @level, @now,
            CASE WHEN @level >= 1 THEN @now END, CASE WHEN @level >= 2 THEN @now END, CASE WHEN @level >= 3 THEN @now END, CASE WHEN @level < 0 THEN @now END
        WHERE NOT EXISTS (SELECT 1 FROM outbox WHERE session = @session AND raw_id = @raw)
        ON CONFLICT (session, raw_id) DO UPDATE SET level = excluded.level,
            server_at = COALESCE(acks.server_at, excluded.server_at), device_at = COALESCE(acks.device_at, excluded.device_at),
            read_at = COALESCE(acks.read_at, excluded.read_at), error_at = COALESCE(acks.error_at, excluded.error_at)
        WHERE excluded.level > acks.level OR (acks.level = 0 AND excluded.level < 0)
        """,
        ("@session", session), ("@raw", rawId), ("@level", level), ("@now", now));

    private static string AtLevel(int level, string column) => $"CASE WHEN @level >= {level} THEN COALESCE({column}, @now) ELSE {column} END";

    /// <summary>
    /// Binding a raw id looks for its acks, and an ack looks for the bubble with its raw id: whichever is later must see the other. The row stays,
    /// for an ack that began before the id was bound and ends after it.
    /// </summary>
    internal static void MeetAck(ISqlSession sql, string session, string rawId, long now) => sql.Meet(
        """
        INSERT INTO acks (session, raw_id, level, arrived_at) VALUES (@session, @raw, 0, @now)
        ON CONFLICT (session, raw_id) DO UPDATE SET level = acks.level
        """,
        ("@session", session), ("@raw", rawId), ("@now", now));

    /// <summary>Whoever makes a bubble of a turn delivered or sent looks at the turn's other bubbles.</summary>
    internal static void MeetTurn(ISqlSession sql, long turn) => sql.Meet("UPDATE turns SET fence = fence WHERE turn_id = @turn", ("@turn", turn));

    /// <summary>Once every bubble of the reply is on the person's device.</summary>
    internal static void MarkDelivered(ISqlSession sql, long turn, long now) => sql.Post(
        $"""
        UPDATE inbound SET state = 'delivered', delivered_at = @now WHERE turn_id = @turn AND state = 'sent'
        AND NOT EXISTS (SELECT 1 FROM outbox WHERE turn_id = @turn AND kind IN {BubbleKinds.Answers} AND ack < 2)
        """,
        ("@now", now), ("@turn", turn));
}
