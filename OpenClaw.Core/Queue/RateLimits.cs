using Microsoft.Extensions.Options;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue;

/// <summary>Token buckets: so many messages a minute, refilled continuously. Section <c>Limits</c>; 0 = no limit.</summary>
public sealed class LimitsOptions
{
    /// <summary>Messages a minute in one chat.</summary>
    public int MessagesPerMinutePerChat { get; set; } = 20;

    /// <summary>Messages a minute of one person over all chats.</summary>
    public int MessagesPerMinutePerPerson { get; set; } = 30;
}

/// <summary>Takes a token inside the transaction that stores the message, so a refused commit uses none up.</summary>
internal static class RateLimits
{
    private static readonly string TakeFromLane = Statement("lanes", "lane_id");
    private static readonly string TakeFromPerson = Statement("people", "person_id");

    /// <returns>The typed reason of the limit that was hit, or null.</returns>
    public static string? TryTake(ISqlSession sql, LimitsOptions limits, long lane, long person, long now)
    {
        if (limits.MessagesPerMinutePerChat > 0 && !TryTakeOne(sql, TakeFromLane, lane, limits.MessagesPerMinutePerChat, now))
            return "chat_rate";
        if (limits.MessagesPerMinutePerPerson > 0 && !TryTakeOne(sql, TakeFromPerson, person, limits.MessagesPerMinutePerPerson, now))
        {
            // Given back: somebody who floods a group must not use up the others' share.
            sql.Execute("UPDATE lanes SET tokens = tokens + 1 WHERE lane_id = @lane AND tokens >= 0", ("@lane", lane));
            return "person_rate";
        }

        return null;
    }

    private static bool TryTakeOne(ISqlSession sql, string statement, long id, int perMinute, long now) =>
        sql.Execute(statement, ("@now", now), ("@rate", perMinute / 60_000_000.0), ("@capacity", (double)perMinute), ("@id", id)) == 1;

    /// <summary>A negative count is a bucket that was never used: full.</summary>
    private static string Statement(string table, string key) =>
        $"""
        UPDATE {table} SET
            tokens = (CASE WHEN tokens < 0 OR tokens + (@now - tokens_at) * @rate > @capacity THEN @capacity ELSE tokens + (@now - tokens_at) * @rate END) - 1,
            tokens_at = @now
        WHERE {key} = @id AND (tokens < 0 OR tokens + (@now - tokens_at) * @rate >= 1)
        """;
}

/// <summary>Negative limits are a mistake, not "none".</summary>
internal sealed class LimitsOptionsValidator : IValidateOptions<LimitsOptions>
{
    public ValidateOptionsResult Validate(string? name, LimitsOptions options) =>
        options.MessagesPerMinutePerChat < 0 || options.MessagesPerMinutePerPerson < 0
            ? ValidateOptionsResult.Fail(
                "Limits__MessagesPerMinutePerChat and Limits__MessagesPerMinutePerPerson must be 0 (no limit) or more.")
            : ValidateOptionsResult.Success;
}
