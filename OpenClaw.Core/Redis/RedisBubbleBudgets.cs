using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Queue.Budgets;
using StackExchange.Redis;

namespace OpenClaw.Core.Redis;

/// <summary>The buckets in Redis, under its clock. While Redis does not answer quickly the database's own buckets count, so no account writes without any.</summary>
internal sealed class RedisBubbleBudgets(RedisConnection redis, RedisKeys keys, SqlBubbleBudgets inDatabase, IOptions<LimitsOptions> options) : IBubbleBudgets
{
    /// <summary>A bubble waits no longer than this for an answer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    public bool IsOn => options.Value.HasBudgets;

    public async ValueTask<BudgetAnswer> TakeAsync(LaneId lane, string session, BudgetUse use, CancellationToken cancellationToken)
    {
        var (perChat, perSession) = (options.Value.BubblesPerHourPerChat, options.Value.BubblesPerHourPerSession);
        if (perChat == 0 && perSession == 0)
            return BudgetAnswer.Free;
        if (!redis.IsUp)
            return await inDatabase.TakeAsync(lane, session, use, cancellationToken);
        try
        {
            var answer = (string?)await redis.EvaluateAsync(
                RateScripts.Budget, [keys.LaneBudget(lane.Value), keys.SessionBudget(Opaque(session))], [perChat, perSession, Word(use)], Patience, cancellationToken);
            return Read(answer!);
        }
        catch (RedisUnavailableException)
        {
            return await inDatabase.TakeAsync(lane, session, use, cancellationToken);
        }
    }

    // 1:250000:session = taken, a quarter of a second ahead
    private static BudgetAnswer Read(string answer)
    {
        var parts = answer.Split(':');
        return new BudgetAnswer(parts[0] == "1", TimeSpan.FromMicroseconds(double.Parse(parts[1], CultureInfo.InvariantCulture)), parts[2] == "session");
    }

    private static string Word(BudgetUse use) => use switch
    {
        BudgetUse.AtOnce => "at_once",
        BudgetUse.InTurn => "in_turn",
        _ => "notice",
    };

    /// <summary>Names of the operator's own do not go into Redis.</summary>
    private static string Opaque(string session) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(session)).AsSpan(0, 8));
}
