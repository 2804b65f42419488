using Microsoft.Extensions.Options;
using OpenClaw.Core.People;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Storage;
using StackExchange.Redis;

namespace OpenClaw.Core.Redis;

/// <summary>
/// The buckets in Redis, under its clock: both tokens in one call before the transaction, which then has a write less. While Redis does not answer
/// quickly the database's own buckets decide, so nobody is let through unlimited.
/// </summary>
internal sealed class RedisRateLimits(RedisConnection redis, RedisKeys keys, SqlRateLimits inDatabase, IOptions<LimitsOptions> options) : IRateLimits
{
    /// <summary>A webhook waits no longer than this for a limit.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(100);

    /// <summary>After a silence the next ones do not wait at all.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private long _pausedAt = long.MinValue;

    /// <inheritdoc />
    public async ValueTask<RateTicket> TakeAsync(LaneId lane, PersonId person, CancellationToken cancellationToken)
    {
        var (perChat, perPerson) = (options.Value.MessagesPerMinutePerChat, options.Value.MessagesPerMinutePerPerson);
        if (perChat <= 0 && perPerson <= 0)
            return new RateTicket(lane, person, RateDecision.Taken);
        if (!redis.IsUp || IsPaused)
            return new RateTicket(lane, person, RateDecision.InTransaction);
        try
        {
            var answer = await redis.EvaluateAsync(RateScripts.Take, Buckets(lane, person), [perChat, perPerson], Patience, cancellationToken);
            return (string?)answer is { Length: > 0 } reason
                ? new RateTicket(lane, person, RateDecision.Refused, reason)
                : new RateTicket(lane, person, RateDecision.Taken);
        }
        catch (RedisUnavailableException)
        {
            Interlocked.Exchange(ref _pausedAt, TimeProvider.System.GetTimestamp());
            return new RateTicket(lane, person, RateDecision.InTransaction);
        }
    }

    /// <inheritdoc />
    public string? TakeWithin(ISqlSession sql, RateTicket ticket, DateTimeOffset now) => ticket.Decision switch
    {
        RateDecision.Taken => null,
        RateDecision.Refused => ticket.Reason,
        _ => inDatabase.TakeWithin(sql, ticket, now),
    };

    /// <inheritdoc />
    public void GiveBack(RateTicket ticket)
    {
        if (ticket.Decision == RateDecision.Taken && redis.IsUp)
            _ = GiveBackAsync(ticket);
    }

    private bool IsPaused => Interlocked.Read(ref _pausedAt) is var at && at != long.MinValue && TimeProvider.System.GetElapsedTime(at) < Pause;

    private async Task GiveBackAsync(RateTicket ticket)
    {
        var (perChat, perPerson) = (options.Value.MessagesPerMinutePerChat, options.Value.MessagesPerMinutePerPerson);
        if (perChat <= 0 && perPerson <= 0)
            return;
        try
        {
            await redis.EvaluateAsync(RateScripts.GiveBack, Buckets(ticket.Lane, ticket.Person), [perChat, perPerson], Patience, CancellationToken.None);
        }
        catch (RedisUnavailableException)
        {
            // The bucket refills by itself.
        }
    }

    private RedisKey[] Buckets(LaneId lane, PersonId person) => [keys.LaneRate(lane.Value), keys.PersonRate(person.Value)];
}
