using OpenClaw.Core.Caching;
using OpenClaw.Core.Storage;
using StackExchange.Redis;

namespace OpenClaw.Core.Redis;

/// <summary>
/// Cache entries that all processes share: a hash per owner, and beside it when each entry ends. Both keys go with the last entry, and forgetting
/// an owner is one <c>DEL</c>.
/// </summary>
internal sealed class RedisCacheStore(RedisConnection redis, RedisKeys keys) : ICacheStore
{
    private const string Begin =
        """
        local clock = redis.call('TIME')
        local now = clock[1] * 1000000 + clock[2]
        local entry = ARGV[1]

        """;

    /// <summary>KEYS 1 entries, 2 their ends. ARGV 1 entry.</summary>
    private static readonly RedisScript Get = new(Begin +
        """
        local ends = redis.call('ZSCORE', KEYS[2], entry)
        if not ends or tonumber(ends) <= now then return false end
        return redis.call('HGET', KEYS[1], entry)
        """);

    /// <summary>KEYS as above. ARGV 1 entry, 2 value, 3 lifetime in microseconds, 4 how many an owner may have.</summary>
    private static readonly RedisScript Set = new(Begin +
        """
        local function drop(entries)
          for _, name in ipairs(entries) do
            redis.call('HDEL', KEYS[1], name)
            redis.call('ZREM', KEYS[2], name)
          end
        end
        drop(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', now), 'LIMIT', 0, 100))
        drop({entry})
        local over = redis.call('HLEN', KEYS[1]) + 1 - tonumber(ARGV[4])
        if over > 0 then drop(redis.call('ZRANGE', KEYS[2], 0, over - 1)) end
        redis.call('HSET', KEYS[1], entry, ARGV[2])
        redis.call('ZADD', KEYS[2], string.format('%.0f', now + tonumber(ARGV[3])), entry)
        local last = redis.call('ZRANGE', KEYS[2], -1, -1, 'WITHSCORES')
        local left = string.format('%.0f', math.ceil((tonumber(last[2]) - now) / 1000))
        redis.call('PEXPIRE', KEYS[1], left)
        redis.call('PEXPIRE', KEYS[2], left)
        return 1
        """);

    private static readonly RedisScript Remove = new("return redis.call('DEL', KEYS[1], KEYS[2])");

    /// <inheritdoc />
    public async Task<byte[]?> GetAsync(string owner, string entry, CancellationToken cancellationToken) =>
        await TryAsync(Get, owner, [entry], cancellationToken) is { IsNull: false } value ? (byte[]?)value : null;

    /// <inheritdoc />
    public Task SetAsync(string owner, string entry, byte[] value, TimeSpan lifetime, int most, CancellationToken cancellationToken) =>
        TryAsync(Set, owner, [entry, value, lifetime.Microseconds(), most], cancellationToken);

    /// <inheritdoc />
    public async Task<bool> RemoveAsync(string owner, CancellationToken cancellationToken) =>
        await TryAsync(Remove, owner, [], cancellationToken) is not null;

    private async Task<RedisResult?> TryAsync(RedisScript script, string owner, RedisValue[] arguments, CancellationToken cancellationToken)
    {
        if (!redis.IsUp)
            return null;
        try
        {
            return await redis.EvaluateAsync(script, [keys.Cache(owner), keys.CacheExpiry(owner)], arguments, RedisConnection.Patience, cancellationToken);
        }
        catch (RedisUnavailableException)
        {
            return null;
        }
    }
}
