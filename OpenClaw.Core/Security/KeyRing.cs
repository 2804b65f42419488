using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Security;

/// <summary>
/// The data keys. One per person and per group, one for the system itself; each is wrapped by the master key, inserted if absent
/// and committed before anything is encrypted with it. Unwrapped keys are cached in memory.
/// </summary>
public sealed class KeyRing
{
    private const string IndexOwner = "index";
    private const string SystemOwner = "system";

    private readonly IDatabase _keys;
    private readonly MasterKey _master;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<DataKeyId, byte[]> _unwrapped = new();
    private readonly byte[] _indexKey;

    /// <summary>Opens the ring; makes the index key and the system key at the first start.</summary>
    /// <exception cref="StartupException">The master key is not the one that wrapped the stored keys.</exception>
    public KeyRing(KeysDatabase keys, MasterKey master, TimeProvider time)
    {
        _keys = keys.Database;
        _master = master;
        _time = time;
        try
        {
            _indexKey = Unwrap(Ensure(Encoding.ASCII.GetBytes(IndexOwner)));
            System = Ensure(Encoding.ASCII.GetBytes(SystemOwner));
            Unwrap(System);
        }
        catch (CryptographicException error)
        {
            throw new StartupException(
                "The master key does not open the stored keys: set Security__MasterKey, Security__MasterKeyFile or Security__MasterKeyCommand to the key that this data directory was started with.",
                error);
        }
    }

    /// <summary>The key of rows that belong to no person (session accounts).</summary>
    public DataKeyId System { get; }

    /// <summary>
    /// A blind index: HMAC-SHA256 over the parts, cut to 16 bytes. Equal inputs give equal bytes, nothing leads back without the key.
    /// </summary>
    public byte[] Blind(string kind, string value, string? scope = null)
    {
        var length = Encoding.UTF8.GetMaxByteCount(kind.Length + value.Length + (scope?.Length ?? 0)) + 2;
        Span<byte> text = length <= 1024 ? stackalloc byte[length] : new byte[length];
        // 0x1F cannot occur in ids and session names that WAHA accepts: parts cannot run into each other.
        var end = Encoding.UTF8.GetBytes(kind, text);
        text[end++] = 0x1F;
        end += Encoding.UTF8.GetBytes(scope ?? "", text[end..]);
        text[end++] = 0x1F;
        end += Encoding.UTF8.GetBytes(value, text[end..]);
        Span<byte> hash = stackalloc byte[32];
        HMACSHA256.HashData(_indexKey, text[..end], hash);
        return hash[..16].ToArray();
    }

    /// <summary>The live key of an owner (a blind index), made and committed when there is none.</summary>
    public async Task<DataKeyId> EnsureAsync(byte[] owner, CancellationToken cancellationToken)
    {
        var fresh = MasterKey.Generate();
        var wrapped = _master.Wrap(fresh, Purpose(owner));
        var now = _time.GetUtcNow().ToUnixTimeMicroseconds();
        return await _keys.WriteAsync(sql => InsertIfAbsent(sql, owner, wrapped, now), cancellationToken);
    }

    /// <summary>Encrypts with a data key. <paramref name="purpose"/> is table and column, for example <c>inbound.content</c>.</summary>
    public byte[] Encrypt(DataKeyId key, string purpose, ReadOnlySpan<byte> plain) => Sealed.Seal(Unwrap(key), plain, purpose);

    /// <summary>Encrypts text as UTF-8.</summary>
    public byte[] Encrypt(DataKeyId key, string purpose, string plain) => Encrypt(key, purpose, Encoding.UTF8.GetBytes(plain));

    /// <summary>Decrypts what <see cref="Encrypt(DataKeyId, string, ReadOnlySpan{byte})"/> made.</summary>
    /// <exception cref="CryptographicException">The key was destroyed, or the bytes were changed.</exception>
    public byte[] Decrypt(DataKeyId key, string purpose, ReadOnlySpan<byte> cipher) => Sealed.Open(Unwrap(key), cipher, purpose);

    /// <summary>Decrypts text.</summary>
    public string DecryptText(DataKeyId key, string purpose, ReadOnlySpan<byte> cipher) => Encoding.UTF8.GetString(Decrypt(key, purpose, cipher));

    private DataKeyId Ensure(byte[] owner) => EnsureAsync(owner, CancellationToken.None).GetAwaiter().GetResult();

    private static DataKeyId InsertIfAbsent(ISqlSession sql, byte[] owner, byte[] wrapped, long now)
    {
        var inserted = sql.QueryFirst(
            "INSERT INTO data_keys (owner, wrapped, created_at) VALUES (@owner, @wrapped, @now) ON CONFLICT DO NOTHING RETURNING key_id",
            row => row.GetInt64(0), ("@owner", owner), ("@wrapped", wrapped), ("@now", now));
        return new DataKeyId(inserted != 0
            ? inserted
            : sql.QueryFirst("SELECT key_id FROM data_keys WHERE owner = @owner AND destroyed_at IS NULL", row => row.GetInt64(0), ("@owner", owner)));
    }

    private byte[] Unwrap(DataKeyId id) => _unwrapped.TryGetValue(id, out var key) ? key : _unwrapped.GetOrAdd(id, Load(id));

    private byte[] Load(DataKeyId id)
    {
        var (owner, wrapped) = _keys.Read(sql => sql.QueryFirst(
            "SELECT owner, wrapped FROM data_keys WHERE key_id = @id AND destroyed_at IS NULL",
            row => (row.GetFieldValue<byte[]>(0), row.GetFieldValue<byte[]>(1)), ("@id", id.Value)));
        return wrapped is null ? throw new CryptographicException("The data key was destroyed.") : _master.Unwrap(wrapped, Purpose(owner));
    }

    private static string Purpose(byte[] owner) => "data_keys.wrapped:" + Convert.ToHexString(owner);
}
