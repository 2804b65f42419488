using System.Globalization;
using System.Security.Cryptography;
using OpenClaw.Core.Queue;

namespace OpenClaw.Core.Redis;

/// <summary>Leaders as keys that expire.</summary>
internal sealed class RedisJobLeases(RedisConnection redis, RedisKeys keys) : IJobLeases
{
    /// <summary>KEYS 1 job. ARGV 1 holder, 2 milliseconds, 3 deadline in microseconds. Answers 1 when the holder leads.</summary>
    private static readonly RedisScript Hold = new(
        """
        local clock = redis.call('TIME')
        if tonumber(ARGV[3]) > 0 and clock[1] * 1000000 + clock[2] > tonumber(ARGV[3]) then return 0 end
        local holder = redis.call('GET', KEYS[1])
        if holder and holder ~= ARGV[1] then return 0 end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        return 1
        """);

    private static readonly RedisScript Release = new(
        "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0");

    private readonly string _holder = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    /// <inheritdoc />
    public async Task<bool> HoldAsync(string job, TimeSpan duration, CancellationToken cancellationToken)
    {
        var milliseconds = Math.Max(1, (long)duration.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);
        try
        {
            return (long)await redis.EvaluateAsync(Hold, [keys.Job(job)], [_holder, milliseconds, redis.Deadline], RedisConnection.Patience, cancellationToken) == 1;
        }
        catch (RedisUnavailableException)
        {
            return false;
        }
    }

    /// <inheritdoc />
    public async Task ReleaseAsync(string job, CancellationToken cancellationToken)
    {
        try
        {
            await redis.EvaluateAsync(Release, [keys.Job(job)], [_holder], RedisConnection.Patience, cancellationToken);
        }
        catch (Exception error) when (error is RedisUnavailableException or OperationCanceledException)
        {
            // It ends by itself.
        }
    }
}
