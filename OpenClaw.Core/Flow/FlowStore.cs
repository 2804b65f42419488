using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Flow;

/// <summary>What every Gateway knows of a session's flow, and what outlives a restart.</summary>
public sealed class FlowStore(IDatabase database)
{
    /// <summary>An ack that comes later than so many further sends is not looked for.</summary>
    private const int NewestSends = 200;

    /// <summary>Looks now; four queries by index.</summary>
    /// <exception cref="StorageUnavailableException">The database cannot be read now.</exception>
    public StoredFlow Read(string session) => database.Read(sql => new StoredFlow(
        sql.QueryFirst("SELECT status FROM sessions WHERE session = @session", row => row.GetString(0), ("@session", session)),
        sql.QueryFirst(
            "SELECT event_at, message_at, probe_at, compared_at, missed_at FROM session_flow WHERE session = @session",
            row => new SessionFlow(Time(row, 0), Time(row, 1), Time(row, 2), Time(row, 3), Time(row, 4)), ("@session", session)) ?? SessionFlow.None,
        sql.QueryFirst("SELECT MAX(accepted_at) FROM outbox WHERE session = @session AND accepted_at IS NOT NULL", row => Time(row, 0), ("@session", session)),
        sql.QueryFirst(
            """
            SELECT MAX(server_at) FROM (
                SELECT server_at FROM outbox WHERE session = @session AND accepted_at IS NOT NULL ORDER BY accepted_at DESC LIMIT @newest) AS sends
            """,
            row => Time(row, 0), ("@session", session), ("@newest", NewestSends))));

    /// <summary>Keeps the later of each fact. A power failure may undo it: what flows is soon noted again.</summary>
    public Task SaveAsync(IReadOnlyList<(string Session, SessionFlow Flow)> sessions, CancellationToken cancellationToken) => database.WriteVolatileAsync(
        sql =>
        {
            foreach (var (session, flow) in sessions)
            {
                sql.Post(
                    $"""
                    INSERT INTO session_flow (session, event_at, message_at, probe_at, compared_at, missed_at)
                    VALUES (@session, @event, @message, @probe, @compared, @missed)
                    ON CONFLICT (session) DO UPDATE SET
                        {Later("event_at")}, {Later("message_at")}, {Later("probe_at")}, {Later("compared_at")}, {Later("missed_at")}
                    """,
                    ("@session", session), ("@event", flow.EventAt?.ToUnixTimeMicroseconds()), ("@message", flow.MessageAt?.ToUnixTimeMicroseconds()),
                    ("@probe", flow.ProbeAt?.ToUnixTimeMicroseconds()), ("@compared", flow.ComparedAt?.ToUnixTimeMicroseconds()), ("@missed", flow.MissedAt?.ToUnixTimeMicroseconds()));
            }

            return sessions.Count;
        },
        cancellationToken);

    private static string Later(string column) =>
        $"{column} = CASE WHEN session_flow.{column} > excluded.{column} THEN session_flow.{column} ELSE COALESCE(excluded.{column}, session_flow.{column}) END";

    private static DateTimeOffset? Time(System.Data.Common.DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : UnixMicroseconds.FromUnixTimeMicroseconds(row.GetInt64(column));
}
