using System.Globalization;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Split;

/// <summary>Looks at the leases in Redis past the product, and lets their time pass.</summary>
internal sealed class LeaseProbe(RedisServer redis)
{
    private const string Leased = "openclaw:*:leased";

    /// <summary>Lanes that somebody holds now.</summary>
    public long Count => (long)redis.Execute(
        "EVAL", "local n = 0 for _, key in ipairs(redis.call('KEYS', ARGV[1])) do n = n + redis.call('ZCARD', key) end return n", "0", Leased)!;

    /// <summary>Half a minute passes for every lease at once.</summary>
    public void Expire() => redis.Execute(
        "EVAL",
        """
        for _, key in ipairs(redis.call('KEYS', ARGV[1])) do
            local held = redis.call('ZRANGE', key, 0, -1, 'WITHSCORES')
            for i = 1, #held, 2 do redis.call('ZADD', key, string.format('%.0f', tonumber(held[i + 1]) - tonumber(ARGV[2])), held[i]) end
        end
        """,
        "0", Leased, TimeSpan.FromSeconds(31).TotalMicroseconds.ToString("0", CultureInfo.InvariantCulture));
}
