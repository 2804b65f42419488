using System.Collections.Concurrent;
using OpenClaw.Core.Queue.Acks;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Accounts;

/// <summary>
/// How healthy an account is, read from the database: every process says the same, up to the moment for which one remembers its last look.
/// </summary>
public sealed class AccountHealth(IDatabase database, IServerAckHealth acks, TimeProvider time)
{
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(2);
    private readonly ConcurrentDictionary<string, (AccountStanding Standing, DateTimeOffset At)> _last = new(StringComparer.Ordinal);

    /// <summary>As it stood two seconds ago at most.</summary>
    /// <exception cref="StorageUnavailableException">The database cannot be read now.</exception>
    public AccountStanding Of(string session)
    {
        var now = time.GetUtcNow();
        return _last.TryGetValue(session, out var last) && now - last.At < Remembered && last.At <= now ? last.Standing : Look(session);
    }

    /// <summary>As it stands now.</summary>
    /// <exception cref="StorageUnavailableException">The database cannot be read now.</exception>
    public AccountStanding Look(string session)
    {
        var now = time.GetUtcNow();
        var (known, limits) = database.Read(sql => (ReadSession(sql, session), AccountLimitStore.Read(sql, session)));
        var standing = AccountRules.Judge(session, known, limits, acks.Of(session), now);
        _last[session] = (standing, now);
        return standing;
    }

    /// <summary>Notes a level that is new.</summary>
    /// <returns>The level before, when this call changed it; else null. Of several processes one is told of a change.</returns>
    public async Task<AccountLevel?> MoveAsync(AccountStanding standing, CancellationToken cancellationToken)
    {
        var before = database.Read(sql => ReadLevel(sql, standing.Session)) ?? AccountLevel.Green;
        if (before == standing.Level)
            return null;
        var moved = await database.WriteAsync(
            sql => sql.Execute(
                """
                INSERT INTO account_levels (session, level, since) VALUES (@session, @level, @now)
                ON CONFLICT (session) DO UPDATE SET level = excluded.level, since = excluded.since WHERE account_levels.level = @before
                """,
                ("@session", standing.Session), ("@level", (int)standing.Level), ("@now", time.NowMicroseconds()), ("@before", (int)before)),
            cancellationToken);
        return moved == 1 ? before : null;
    }

    private static KnownSession? ReadSession(ISqlSession sql, string session) => sql.QueryFirst(
        "SELECT status, COALESCE(down_since, status_at), CASE WHEN first_working_at IS NOT NULL OR account_enc IS NOT NULL THEN 1 ELSE 0 END FROM sessions WHERE session = @session",
        row => new KnownSession(row.GetString(0), UnixMicroseconds.FromUnixTimeMicroseconds(row.GetInt64(1)), row.GetInt64(2) == 1),
        ("@session", session));

    private static AccountLevel? ReadLevel(ISqlSession sql, string session) => sql.QueryFirst(
        "SELECT level FROM account_levels WHERE session = @session", row => (AccountLevel?)row.GetInt32(0), ("@session", session));
}
