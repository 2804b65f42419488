using System.Globalization;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue.History;

/// <summary>How far a session's history is known.</summary>
/// <param name="Session">WAHA session.</param>
/// <param name="ConnectedAt">When it was first seen at work.</param>
/// <param name="CompleteTo">Every message up to here came through the door, or is in a recorded gap.</param>
public sealed record HistoryMark(string Session, DateTimeOffset ConnectedAt, DateTimeOffset CompleteTo);

/// <summary>
/// One mark a session. What is stored of a chat says how far it was heard, not that nothing is missing before that: only who compared WAHA's
/// history with it knows, and does so for all chats of a session at once.
/// </summary>
public sealed class HistoryMarks(IDatabase database)
{
    /// <summary>The marks of all sessions that have one, by name.</summary>
    /// <exception cref="StorageUnavailableException">The database cannot be read now.</exception>
    public IReadOnlyList<HistoryMark> All() => database.Read(static sql => sql.Query(
        "SELECT session, connected_at, complete_to FROM history_marks ORDER BY session",
        row => new HistoryMark(row.GetString(0), Time(row.GetInt64(1)), Time(row.GetInt64(2)))));

    /// <summary>The session's mark; made when there is none.</summary>
    /// <param name="session">WAHA session.</param>
    /// <param name="now">For a session that was never seen at work before: its messages count from here, unless WAHA told when it began.</param>
    /// <param name="cancellationToken">Ends the wait before the commit starts.</param>
    public async Task<HistoryMark> EnsureAsync(string session, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (await ReadAsync(session, cancellationToken) is { } known)
            return known;
        await database.WriteAsync(
            sql => sql.Execute(
                """
                INSERT INTO history_marks (session, connected_at, complete_to)
                SELECT @session, COALESCE(MAX(first_working_at), @now), COALESCE(MAX(first_working_at), @now) FROM sessions WHERE session = @session
                ON CONFLICT DO NOTHING
                """,
                ("@session", session), ("@now", now.ToUnixTimeMicroseconds())),
            cancellationToken);
        return (await ReadAsync(session, cancellationToken))!;
    }

    /// <summary>Moves the mark forward; an earlier time changes nothing.</summary>
    public Task AdvanceAsync(string session, DateTimeOffset to, CancellationToken cancellationToken) => database.WriteAsync(
        sql => sql.Execute(
            "UPDATE history_marks SET complete_to = @to WHERE session = @session AND complete_to < @to", ("@to", to.ToUnixTimeMicroseconds()), ("@session", session)),
        cancellationToken);

    /// <summary>Webhooks were refused by some process until now; whoever compares a session learns of it here.</summary>
    public Task NoteRefusedAsync(DateTimeOffset at, CancellationToken cancellationToken) => database.WriteAsync(
        sql => sql.Execute(
            """
            INSERT INTO facts (name, value) VALUES ('webhooks_refused_at', @at) ON CONFLICT (name) DO UPDATE SET value = excluded.value
            WHERE CAST(facts.value AS BIGINT) < CAST(excluded.value AS BIGINT)
            """,
            ("@at", at.ToUnixTimeMicroseconds().ToString(CultureInfo.InvariantCulture))),
        cancellationToken);

    /// <summary>Whether webhooks were refused after the session was compared last.</summary>
    public async ValueTask<bool> WasRefusedSinceAsync(string session, CancellationToken cancellationToken) => await database.ReadAsync(
        sql => sql.QueryFirst(
            """
            SELECT CASE WHEN EXISTS (
                SELECT 1 FROM facts, history_marks WHERE facts.name = 'webhooks_refused_at' AND history_marks.session = @session
                AND CAST(facts.value AS BIGINT) > history_marks.complete_to) THEN 1 ELSE 0 END
            """,
            row => row.GetInt64(0),
            ("@session", session)),
        cancellationToken) == 1;

    private ValueTask<HistoryMark?> ReadAsync(string session, CancellationToken cancellationToken) => database.ReadAsync(
        sql => sql.QueryFirst(
            "SELECT session, connected_at, complete_to FROM history_marks WHERE session = @session",
            row => new HistoryMark(row.GetString(0), Time(row.GetInt64(1)), Time(row.GetInt64(2))),
            ("@session", session)),
        cancellationToken);

    private static DateTimeOffset Time(long microseconds) => UnixMicroseconds.FromUnixTimeMicroseconds(microseconds);
}
