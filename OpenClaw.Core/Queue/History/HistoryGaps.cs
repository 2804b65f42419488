using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue.History;

/// <summary>A time of a session of which messages may be lost for good.</summary>
/// <param name="Id">Row.</param>
/// <param name="Session">WAHA session.</param>
/// <param name="From">Beginning.</param>
/// <param name="To">End.</param>
/// <param name="Reason">Typed reason.</param>
/// <param name="Chats">How many chats; null where it is not known.</param>
/// <param name="NotedAt">When it was found out.</param>
public sealed record HistoryGap(long Id, string Session, DateTimeOffset From, DateTimeOffset To, string Reason, long? Chats, DateTimeOffset NotedAt);

/// <summary>What nothing can bring back, so that somebody knows. Kept for 30 days, the newest thousand.</summary>
public sealed class HistoryGaps(IDatabase database, TimeProvider time)
{
    /// <summary>How long a gap is told.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(30);

    private const int MostKept = 1000;

    /// <summary>Records a gap. One that touches the newest of the same session and reason makes that one longer.</summary>
    public Task RecordAsync(string session, DateTimeOffset from, DateTimeOffset to, string reason, long? chats, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return database.WriteAsync(
            sql =>
            {
                RecordWithin(sql, session, from, to, reason, chats, TimeSpan.Zero, now);
                return true;
            },
            cancellationToken);
    }

    /// <summary>
    /// Like <see cref="RecordAsync"/>, in the transaction of what makes it a gap: once that is committed nobody finds the gap a second time.
    /// </summary>
    /// <param name="sql">The transaction.</param>
    /// <param name="session">WAHA session.</param>
    /// <param name="from">Beginning.</param>
    /// <param name="to">End.</param>
    /// <param name="reason">Typed reason.</param>
    /// <param name="chats">How many chats; null where it is not known.</param>
    /// <param name="reach">One that ended so long before it is made longer, too.</param>
    /// <param name="now">Now.</param>
    internal static void RecordWithin(
        ISqlSession sql, string session, DateTimeOffset from, DateTimeOffset to, string reason, long? chats, TimeSpan reach, DateTimeOffset now)
    {
        var extended = sql.Execute(
            """
            UPDATE history_gaps SET to_at = @to, noted_at = @now,
                chats = CASE WHEN chats IS NULL OR chats >= CAST(@chats AS BIGINT) THEN chats ELSE CAST(@chats AS BIGINT) END
            WHERE gap_id = (SELECT MAX(gap_id) FROM history_gaps WHERE session = @session AND reason = @reason) AND from_at <= @from AND to_at >= @reached AND to_at <= @to
            """,
            ("@to", to.ToUnixTimeMicroseconds()), ("@now", now.ToUnixTimeMicroseconds()), ("@chats", chats), ("@session", session), ("@reason", reason),
            ("@from", from.ToUnixTimeMicroseconds()), ("@reached", (from - reach).ToUnixTimeMicroseconds()));
        if (extended == 0)
        {
            sql.Post(
                "INSERT INTO history_gaps (session, from_at, to_at, reason, chats, noted_at) VALUES (@session, @from, @to, @reason, @chats, @now)",
                ("@session", session), ("@from", from.ToUnixTimeMicroseconds()), ("@to", to.ToUnixTimeMicroseconds()), ("@reason", reason), ("@chats", chats),
                ("@now", now.ToUnixTimeMicroseconds()));
        }

        sql.Post("DELETE FROM history_gaps WHERE noted_at < @before", ("@before", (now - KeptFor).ToUnixTimeMicroseconds()));
        sql.Post("DELETE FROM history_gaps WHERE gap_id <= (SELECT MAX(gap_id) FROM history_gaps) - @most", ("@most", MostKept));
    }

    /// <summary>The newest gaps, newest first.</summary>
    /// <exception cref="StorageUnavailableException">The database cannot be read now.</exception>
    public IReadOnlyList<HistoryGap> Newest(int max) => database.Read(sql => sql.Query(
        "SELECT gap_id, session, from_at, to_at, reason, chats, noted_at FROM history_gaps WHERE noted_at >= @since ORDER BY gap_id DESC LIMIT @max",
        row => new HistoryGap(
            row.GetInt64(0), row.GetString(1), Time(row.GetInt64(2)), Time(row.GetInt64(3)), row.GetString(4), row.IsDBNull(5) ? null : row.GetInt64(5), Time(row.GetInt64(6))),
        ("@since", (time.GetUtcNow() - KeptFor).ToUnixTimeMicroseconds()), ("@max", max)));

    private static DateTimeOffset Time(long microseconds) => UnixMicroseconds.FromUnixTimeMicroseconds(microseconds);
}
