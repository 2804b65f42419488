using System.Data.Common;
using System.Security.Cryptography;
using System.Text.Json;
using OpenClaw.Core.People;
using OpenClaw.Core.Security;
using OpenClaw.Core.Storage;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Core.Queue;

/// <summary>
/// Some versions of WAHA take a message and answer 201 with an empty body. Such a bubble gets its id, and with it its acks, from what WAHA tells of
/// the message afterwards. Whoever stores an echo looks for its bubble after that commit, and whoever stores that a bubble was taken looks for its echo
/// after that commit: the later of the two finds the other.
/// </summary>
public sealed class UnnamedBubbles(IDatabase database, KeyRing keys, ChatEventStore events, OutboxStore outbox, TimeProvider time)
{
    /// <summary>Of one chat. The newest: those that no echo will come for must not hide the others.</summary>
    private const int Most = 50;

    /// <summary>WAHA repeats a webhook for up to some 20 minutes.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(30);

    // WhatsApp's timestamps are whole seconds of another clock.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    /// <summary>After an echo: binds the bubbles of its chat to what WAHA told of it, the same words, each the oldest. One query on an empty index where WAHA tells ids.</summary>
    /// <param name="session">WAHA session.</param>
    /// <param name="chat">The chat that WAHA told of.</param>
    /// <param name="person">Whose chat it is; null in groups, and where nobody is known by this name.</param>
    /// <param name="cancellationToken">Ends the wait before a commit starts.</param>
    /// <exception cref="StorageUnavailableException">The database cannot be used now.</exception>
    public Task BindAsync(string session, ChatId chat, PersonId? person, CancellationToken cancellationToken) => person is null && chat.Kind != ChatKind.Group
        ? Task.CompletedTask
        : BindAsync(session, chat.ToString(), default, person ?? default, chat.Kind == ChatKind.Group ? LaneDirectory.GroupOwner(keys, session, chat.User) : [], cancellationToken);

    /// <summary>After a bubble was taken: binds it, and what was left of its chat, to what WAHA told before.</summary>
    /// <param name="session">The WAHA session that sent it.</param>
    /// <param name="lane">The bubble's lane.</param>
    /// <param name="chatId">WAHA's chat id that it was sent to.</param>
    /// <param name="cancellationToken">Ends the wait before a commit starts.</param>
    /// <exception cref="StorageUnavailableException">The database cannot be used now.</exception>
    public Task BindAsync(string session, LaneId lane, string chatId, CancellationToken cancellationToken) => BindAsync(session, chatId, lane, default, [], cancellationToken);

    private async Task BindAsync(string session, string chatId, LaneId lane, PersonId person, byte[] group, CancellationToken cancellationToken)
    {
        var rows = await WaitingAsync(session, lane, person, group, cancellationToken);
        var waiting = rows.OrderBy(row => row.Id).Select(Open).OfType<Waiting>().ToList();
        if (waiting.Count == 0)
            return;
        var echoes = await events.EchoesAsync(session, rows[0].Lane, chatId, waiting.Min(bubble => bubble.From), cancellationToken);
        var bound = await outbox.BoundAsync(session, echoes.Select(echo => echo.RawId), cancellationToken);
        var free = echoes.Where(echo => !bound.Contains(echo.RawId)).ToList();
        foreach (var bubble in waiting)
        {
            if (free.Find(bubble.Is) is not { } found)
                continue;
            free.Remove(found);
            await outbox.NameAsync(session, bubble.Id, found.RawId, cancellationToken);
        }
    }

    /// <summary>Of a lane, of all lanes of its person (a stand-in sends in one of another session), or of a group.</summary>
    private async Task<List<Row>> WaitingAsync(string session, LaneId lane, PersonId person, byte[] group, CancellationToken cancellationToken)
    {
        var from = time.NowMicroseconds() - Recent.Microseconds();
        return await database.ReadAsync(
            sql => sql.Query(
                """
                SELECT o.outbox_id, o.key_id, o.content_enc, o.claimed_at, COALESCE(o.accepted_at, o.claimed_at), o.lane_id FROM outbox o
                WHERE o.session = @session AND o.state = 'accepted' AND o.raw_id IS NULL AND o.claimed_at >= @from
                AND EXISTS (
                    SELECT 1 FROM lanes l WHERE l.lane_id = o.lane_id AND (
                        l.lane_id = @lane OR l.owner = @group OR l.person_id = @person OR l.person_id = (SELECT sent.person_id FROM lanes sent WHERE sent.lane_id = @lane)))
                ORDER BY o.claimed_at DESC LIMIT @most
                """,
                Read, ("@session", session), ("@from", from), ("@lane", lane.Value), ("@group", group), ("@person", person.Value), ("@most", (long)Most)),
            cancellationToken);
    }

    private Waiting? Open(Row row)
    {
        try
        {
            var content = JsonSerializer.Deserialize(keys.Decrypt(row.Key, "outbox.content", row.Content), StoredJson.Default.BubbleContent)!;
            return new Waiting(
                row.Id, UnixMicroseconds.FromUnixTimeMicroseconds(row.ClaimedAt) - ClockTolerance, UnixMicroseconds.FromUnixTimeMicroseconds(row.AcceptedAt) + ClockTolerance,
                MessageWords.Of(content.Text));
        }
        catch (CryptographicException)
        {
            // Erased: nobody can tell any more which message it was.
            return null;
        }
    }

    private static Row Read(DbDataReader row) =>
        new(row.GetInt64(0), new DataKeyId(row.GetInt64(1)), row.GetFieldValue<byte[]>(2), row.GetInt64(3), row.GetInt64(4), new LaneId(row.GetInt64(5)));

    private sealed record Row(long Id, DataKeyId Key, byte[] Content, long ClaimedAt, long AcceptedAt, LaneId Lane);

    /// <summary>A bubble that WAHA took between two times and told no id of.</summary>
    private sealed record Waiting(long Id, DateTimeOffset From, DateTimeOffset To, string Words)
    {
        /// <summary>Later the same words are those of another bubble, of which nobody may know yet whether it was sent.</summary>
        public bool Is(ChatMessage echo) => echo.Timestamp >= From && echo.Timestamp <= To && MessageWords.Of(echo.Text) == Words;
    }
}
