using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Security;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Accounts;

/// <summary>
/// Which account each session is logged in with, as WAHA told and as its events tell. What another process stored is known within 5 s. Only read where several sessions are served. Personal data:
/// never log it.
/// </summary>
public sealed class SessionAccounts(IDatabase database, KeyRing keys, TimeProvider time)
{
    /// <summary>The session waits for a phone: whichever was linked is so no more.</summary>
    private const string LoggedOut = "SCAN_QR_CODE";

    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<string, Told> _told = new(StringComparer.Ordinal);
    private volatile Stored? _stored;

    /// <summary>An event of the session named its account.</summary>
    /// <param name="session">WAHA session.</param>
    /// <param name="account">Its account.</param>
    /// <param name="at">When WAHA told so; null = now.</param>
    public void Note(string session, LinkedAccount account, DateTimeOffset? at)
    {
        // A clock that is ahead of ours must not make it newer than what is stored later.
        var now = time.GetUtcNow();
        var told = new Told(account, at < now ? at.Value : now);
        _told.AddOrUpdate(session, static (_, news) => news, static (_, known, news) => news.At > known.At ? news : known, told);
    }

    /// <summary>By session; one that never told an account, or whose phone logged out, is missing.</summary>
    /// <exception cref="StorageUnavailableException">The database cannot be read now.</exception>
    public async ValueTask<IReadOnlyDictionary<string, LinkedAccount>> AllAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (_stored is not { } stored || now - stored.At >= Remembered || stored.At > now)
        {
            var rows = await database.ReadAsync(
                sql => sql.Query(
                    "SELECT session, key_id, account_enc, status, status_at FROM sessions",
                    row => (
                        Session: row.GetString(0), Key: new DataKeyId(row.GetInt64(1)), Account: row.IsDBNull(2) ? null : row.GetFieldValue<byte[]>(2), Status: row.GetString(3),
                        At: UnixMicroseconds.FromUnixTimeMicroseconds(row.GetInt64(4)))),
                cancellationToken);
            stored = new Stored(
                rows.ToDictionary(row => row.Session, row => new Known(row.Account is { } account && row.Status != LoggedOut ? Open(row.Key, account) : null, row.Status, row.At), StringComparer.Ordinal), now);
            _stored = stored;
        }

        var all = stored.Sessions.Where(entry => entry.Value.Account is not null).ToDictionary(entry => entry.Key, entry => entry.Value.Account!, StringComparer.Ordinal);
        foreach (var (session, (account, at)) in _told)
        {
            if (stored.Sessions.TryGetValue(session, out var known) && known.Supersedes(account, at))
                continue;
            // What an event tells is newer; one that tells only one of the ids takes the other from what is stored.
            all[session] = all.TryGetValue(session, out var before) && (before.Id == account.Id || account.Id is null || before.Id is null)
                ? new LinkedAccount(account.Id ?? before.Id, account.Lid ?? before.Lid)
                : account;
        }

        return all;
    }

    /// <summary>What a session told last, also if its phone logged out since; null where it never told an account.</summary>
    /// <exception cref="StorageUnavailableException">The database cannot be read now.</exception>
    public async Task<LinkedAccount?> StoredAsync(string session, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            sql => sql.Query(
                "SELECT key_id, account_enc FROM sessions WHERE session = @session AND account_enc IS NOT NULL",
                row => (Key: new DataKeyId(row.GetInt64(0)), Account: row.GetFieldValue<byte[]>(1)), ("@session", session)),
            cancellationToken);
        return rows.Count == 0 ? null : Open(rows[0].Key, rows[0].Account);
    }

    private LinkedAccount? Open(DataKeyId key, byte[] account)
    {
        try
        {
            return JsonSerializer.Deserialize(keys.Decrypt(key, "sessions.account", account), StoredJson.Default.LinkedAccount);
        }
        catch (CryptographicException)
        {
            // Nobody can read it any more; the next event of the session tells it again.
            return null;
        }
    }

    private sealed record Stored(IReadOnlyDictionary<string, Known> Sessions, DateTimeOffset At);

    private sealed record Told(LinkedAccount Account, DateTimeOffset At);

    private sealed record Known(LinkedAccount? Account, string Status, DateTimeOffset At)
    {
        /// <summary>Whether an account that was told at a time is the session's no more: it told another one since, or that its phone logged out.</summary>
        public bool Supersedes(LinkedAccount told, DateTimeOffset at) =>
            At >= at && (Account is null ? Status != "WORKING" : Account.Id is not null && told.Id is not null && Account.Id != told.Id);
    }
}
