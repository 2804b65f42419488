using Microsoft.Extensions.Options;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue.Budgets;

/// <summary>The buckets as a table. What a power failure takes back is a few places, so no sync is waited for.</summary>
public sealed class SqlBubbleBudgets(IDatabase database, IOptions<LimitsOptions> options, TimeProvider time) : IBubbleBudgets
{
    /// <inheritdoc />
    public bool IsOn => options.Value.HasBudgets;

    /// <inheritdoc />
    public async ValueTask<BudgetAnswer> TakeAsync(LaneId lane, string session, BudgetUse use, CancellationToken cancellationToken)
    {
        var (perChat, perSession) = (options.Value.BubblesPerHourPerChat, options.Value.BubblesPerHourPerSession);
        if (perChat == 0 && perSession == 0)
            return BudgetAnswer.Free;
        var now = time.NowMicroseconds();
        return await database.WriteVolatileAsync(
            sql =>
            {
                // Where transactions run side by side, the later one of two that want the same bucket is run again: it writes what it has read.
                var ofChat = Read(sql, "chat", lane.Value, "", perChat, now);
                var ofSession = Read(sql, "session", 0, session, perSession, now);
                var answer = BubbleBucket.Ask(ofChat, ofSession, use);
                if (answer.IsTaken)
                {
                    Take(sql, "chat", lane.Value, "", ofChat, now);
                    Take(sql, "session", 0, session, ofSession, now);
                }

                return answer;
            },
            cancellationToken);
    }

    private static BubbleBucket Read(ISqlSession sql, string kind, long lane, string session, int perHour, long now)
    {
        if (perHour == 0)
            return new BubbleBucket(0, 0);
        var kept = sql.QueryFirst(
            "SELECT tokens, tokens_at FROM bubble_budgets WHERE kind = @kind AND lane_id = @lane AND session = @session",
            row => ((double Tokens, long At)?)(row.GetDouble(0), row.GetInt64(1)), ("@kind", kind), ("@lane", lane), ("@session", session));
        return kept is { } bucket ? BubbleBucket.After(bucket.Tokens, now - bucket.At, perHour) : new BubbleBucket(perHour, perHour);
    }

    private static void Take(ISqlSession sql, string kind, long lane, string session, BubbleBucket bucket, long now)
    {
        if (bucket.PerHour == 0)
            return;
        sql.Post(
            """
            INSERT INTO bubble_budgets (kind, lane_id, session, tokens, tokens_at) VALUES (@kind, @lane, @session, @tokens, @now)
            ON CONFLICT (kind, lane_id, session) DO UPDATE SET tokens = excluded.tokens,
                tokens_at = CASE WHEN excluded.tokens_at > bubble_budgets.tokens_at THEN excluded.tokens_at ELSE bubble_budgets.tokens_at END
            """,
            ("@kind", kind), ("@lane", lane), ("@session", session), ("@tokens", bucket.Tokens - 1), ("@now", now));
    }
}
