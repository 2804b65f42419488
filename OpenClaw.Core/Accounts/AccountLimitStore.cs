using OpenClaw.Core.Storage;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Core.Accounts;

/// <summary>
/// WhatsApp's limits as sends ran into them and as WAHA tells them, apart: WAHA was seen to tell of no timelock while sends were refused for one.
/// </summary>
public sealed class AccountLimitStore(IDatabase database, TimeProvider time)
{
    /// <summary>How long a limit is taken to last whose end nobody tells. WhatsApp's own are of some hours to some days.</summary>
    public static readonly TimeSpan UntoldEnd = TimeSpan.FromHours(24);

    /// <summary>How long a told limit without an end is believed, unless it is told again.</summary>
    private static readonly TimeSpan ToldWithoutEnd = TimeSpan.FromHours(2);

    /// <summary>A send was refused for it.</summary>
    public Task NoteRefusedAsync(string session, AccountLimit limit, CancellationToken cancellationToken) =>
        WriteAsync(session, limit, "refused", AccountLimitStage.Reached, time.GetUtcNow() + UntoldEnd, cancellationToken);

    /// <summary>WAHA told how it stands; one that is not in force takes back what WAHA told before.</summary>
    public async Task NoteToldAsync(string session, AccountLimit limit, AccountLimitStage stage, DateTimeOffset? until, CancellationToken cancellationToken)
    {
        if (stage != AccountLimitStage.None)
        {
            await WriteAsync(session, limit, "told", stage, until ?? time.GetUtcNow() + ToldWithoutEnd, cancellationToken);
            return;
        }

        // Mostly there is nothing to take back: that costs no commit.
        const string Told = "FROM account_limits WHERE session = @session AND name = @name AND source = 'told'";
        if (database.Read(sql => sql.QueryFirst($"SELECT 1 {Told}", row => row.GetInt64(0), ("@session", session), ("@name", limit.Word()))) == 1)
            await database.WriteAsync(sql => sql.Execute($"DELETE {Told}", ("@session", session), ("@name", limit.Word())), cancellationToken);
    }

    internal static List<KnownLimit> Read(ISqlSession sql, string session) => sql.Query(
        "SELECT name, source, stage, noted_at, until_at FROM account_limits WHERE session = @session",
        row => new KnownLimit(
            row.GetString(0) == AccountLimit.Timelock.Word() ? AccountLimit.Timelock : AccountLimit.Capping, (AccountLimitStage)row.GetInt32(2), row.GetString(1) == "refused",
            UnixMicroseconds.FromUnixTimeMicroseconds(row.GetInt64(3)), UnixMicroseconds.FromUnixTimeMicroseconds(row.GetInt64(4))),
        ("@session", session));

    private Task WriteAsync(string session, AccountLimit limit, string source, AccountLimitStage stage, DateTimeOffset until, CancellationToken cancellationToken) => database.WriteAsync(
        sql => sql.Execute(
            """
            INSERT INTO account_limits (session, name, source, stage, noted_at, until_at) VALUES (@session, @name, @source, @stage, @now, @until)
            ON CONFLICT (session, name, source) DO UPDATE SET stage = excluded.stage, noted_at = excluded.noted_at, until_at = excluded.until_at
            """,
            ("@session", session), ("@name", limit.Word()), ("@source", source), ("@stage", (int)stage), ("@now", time.NowMicroseconds()), ("@until", until.ToUnixTimeMicroseconds())),
        cancellationToken);
}
