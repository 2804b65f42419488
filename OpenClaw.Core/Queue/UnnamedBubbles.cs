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
    /// <summary>Of one session. The newest: those that no echo will come for must not hide the others.</summary>
    private const int Most = 50;

    /// <summary>WAHA repeats a webhook for up to some 20 minutes.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromMinutes(30);

    // WhatsApp's timestamps are whole seconds of another clock.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    /// <summary>Binds the bubbles of a chat to what WAHA told of it: the same words, each the oldest. One query on an empty index where WAHA tells ids.</summary>
    /// <param name="session">WAHA session.</param>
    /// <param name="chatId">WAHA's chat id.</param>
    /// <param name="person">The chat partner: known to WAHA by a number or a hidden id, a chat has two names. Null = in this very chat.</param>
    /// <param name="cancellationToken">Ends the wait before a commit starts.</param>
    /// <exception cref="StorageUnavailableException">The database cannot be used now.</exception>
    public async Task BindAsync(string session, string chatId, PersonId? person, CancellationToken cancellationToken)
    {
        var waiting = await WaitingAsync(session, chatId, person, cancellationToken);
        if (waiting.Count == 0)
            return;
        var echoes = await events.EchoesAsync(session, chatId, waiting.Min(bubble => bubble.From), cancellationToken);
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

    /// <summary>Oldest first.</summary>
    private async Task<List<Waiting>> WaitingAsync(string session, string chatId, PersonId? person, CancellationToken cancellationToken)
    {
        var from = time.NowMicroseconds() - Recent.Microseconds();
        var rows = await database.ReadAsync(
            sql => sql.Query(
                """
                SELECT o.outbox_id, o.key_id, o.content_enc, o.claimed_at, COALESCE(o.accepted_at, o.claimed_at) FROM outbox o
                WHERE o.session = @session AND o.state = 'accepted' AND o.raw_id IS NULL AND o.claimed_at >= @from
                AND (@person = 0 OR EXISTS (SELECT 1 FROM lanes l WHERE l.lane_id = o.lane_id AND l.person_id = @person))
                ORDER BY o.claimed_at DESC LIMIT @most
                """,
                Row, ("@session", session), ("@from", from), ("@person", person?.Value ?? 0L), ("@most", (long)Most)),
            cancellationToken);
        return [.. rows.OrderBy(row => row.Id).Select(Open).OfType<Waiting>().Where(bubble => person is not null || bubble.ChatId == chatId)];
    }

    private Waiting? Open((long Id, DataKeyId Key, byte[] Content, long ClaimedAt, long AcceptedAt) row)
    {
        try
        {
            var content = JsonSerializer.Deserialize(keys.Decrypt(row.Key, "outbox.content", row.Content), StoredJson.Default.BubbleContent)!;
            return new Waiting(
                row.Id, UnixMicroseconds.FromUnixTimeMicroseconds(row.ClaimedAt) - ClockTolerance, UnixMicroseconds.FromUnixTimeMicroseconds(row.AcceptedAt) + ClockTolerance, content.ChatId,
                MessageWords.Of(content.Text));
        }
        catch (CryptographicException)
        {
            // Erased: nobody can tell any more which message it was.
            return null;
        }
    }

    private static (long Id, DataKeyId Key, byte[] Content, long ClaimedAt, long AcceptedAt) Row(DbDataReader row) =>
        (row.GetInt64(0), new DataKeyId(row.GetInt64(1)), row.GetFieldValue<byte[]>(2), row.GetInt64(3), row.GetInt64(4));

    /// <summary>A bubble that WAHA took between two times and told no id of.</summary>
    private sealed record Waiting(long Id, DateTimeOffset From, DateTimeOffset To, string ChatId, string Words)
    {
        /// <summary>Later the same words are those of another bubble, of which nobody may know yet whether it was sent.</summary>
        public bool Is(ChatMessage echo) => echo.Timestamp >= From && echo.Timestamp <= To && MessageWords.Of(echo.Text) == Words;
    }
}
