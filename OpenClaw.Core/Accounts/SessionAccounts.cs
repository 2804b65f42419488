using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Security;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Accounts;

/// <summary>
/// Which account each session is logged in with, as WAHA told and as its events tell. Only read where several sessions are served. Personal data:
/// never log it.
/// </summary>
public sealed class SessionAccounts(IDatabase database, KeyRing keys, TimeProvider time)
{
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<string, LinkedAccount> _told = new(StringComparer.Ordinal);
    private volatile Stored? _stored;

    /// <summary>An event of the session named its account.</summary>
    public void Note(string session, LinkedAccount account)
    {
        if (!_told.TryGetValue(session, out var known) || known != account)
            _told[session] = account;
    }

    /// <summary>By session; one that never told an account is missing.</summary>
    /// <exception cref="StorageUnavailableException">The database cannot be read now.</exception>
    public async ValueTask<IReadOnlyDictionary<string, LinkedAccount>> AllAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (_stored is not { } stored || now - stored.At >= Remembered || stored.At > now)
        {
            var rows = await database.ReadAsync(
                sql => sql.Query(
                    "SELECT session, key_id, account_enc FROM sessions WHERE account_enc IS NOT NULL",
                    row => (Session: row.GetString(0), Key: new DataKeyId(row.GetInt64(1)), Account: row.GetFieldValue<byte[]>(2))),
                cancellationToken);
            stored = new Stored(
                rows.Select(row => (row.Session, Account: Open(row.Key, row.Account))).Where(row => row.Account is not null).ToDictionary(row => row.Session, row => row.Account!, StringComparer.Ordinal), now);
            _stored = stored;
        }

        if (_told.IsEmpty)
            return stored.Accounts;
        // What an event tells is newer; one that tells only one of the ids takes the other from what is stored.
        var all = new Dictionary<string, LinkedAccount>(stored.Accounts, StringComparer.Ordinal);
        foreach (var (session, account) in _told)
        {
            all[session] = all.TryGetValue(session, out var before) && (before.Id == account.Id || account.Id is null || before.Id is null)
                ? new LinkedAccount(account.Id ?? before.Id, account.Lid ?? before.Lid)
                : account;
        }

        return all;
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

    private sealed record Stored(IReadOnlyDictionary<string, LinkedAccount> Accounts, DateTimeOffset At);
}
