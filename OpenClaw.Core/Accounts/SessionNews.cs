using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Accounts;

/// <summary>
/// What people were told of sessions that are down. It is said once until the session worked again, whichever process says it and however often that
/// one is restarted.
/// </summary>
public sealed class SessionNews(IDatabase database)
{
    private const string Now = "COALESCE((SELECT COALESCE(down_since, status_at) FROM sessions WHERE session = @session), 0)";

    /// <summary>Notes that something is said of a session now.</summary>
    /// <param name="session">WAHA session.</param>
    /// <param name="what">A word for it.</param>
    /// <param name="cancellationToken">Ends the wait before the commit starts.</param>
    /// <returns>Whether the caller is the one to say it.</returns>
    /// <exception cref="StorageUnavailableException">The database cannot be used now.</exception>
    public async Task<bool> TellAsync(string session, string what, CancellationToken cancellationToken) =>
        !IsTold(session, what) && await database.WriteAsync(sql => TellWithin(sql, session, what), cancellationToken);

    /// <summary>Whether it was said since the session worked last.</summary>
    public bool IsTold(string session, string what) => database.Read(sql => sql.QueryFirst(
        $"SELECT 1 FROM session_told WHERE session = @session AND what = @what AND down_since = {Now}",
        row => row.GetInt64(0), ("@session", session), ("@what", what))) == 1;

    /// <summary>As <see cref="TellAsync"/>, within the caller's transaction.</summary>
    internal static bool TellWithin(ISqlSession sql, string session, string what) => sql.Execute(
        $"""
        INSERT INTO session_told (session, what, down_since) SELECT @session, @what, {Now} WHERE 1 = 1
        ON CONFLICT (session, what) DO UPDATE SET down_since = excluded.down_since WHERE session_told.down_since <> excluded.down_since
        """,
        ("@session", session), ("@what", what)) == 1;

    /// <summary>It could not be said after all.</summary>
    internal static void TakeBackWithin(ISqlSession sql, string session, string what) =>
        sql.Post("DELETE FROM session_told WHERE session = @session AND what = @what", ("@session", session), ("@what", what));
}
