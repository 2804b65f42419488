using Microsoft.Extensions.Options;
using OpenClaw.Core.People;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue;

/// <summary>The buckets as columns of lane and person: taken inside the transaction that stores the message.</summary>
public sealed class SqlRateLimits(IOptions<LimitsOptions> options) : IRateLimits
{
    private static readonly string TakeFromLane = Statement("lanes", "lane_id");
    private static readonly string TakeFromPerson = Statement("people", "person_id");

    /// <inheritdoc />
    public ValueTask<RateTicket> TakeAsync(LaneId lane, PersonId person, CancellationToken cancellationToken) =>
        ValueTask.FromResult(new RateTicket(lane, person, RateDecision.InTransaction));

    /// <inheritdoc />
    public string? TakeWithin(ISqlSession sql, RateTicket ticket, DateTimeOffset now)
    {
        var limits = options.Value;
        var at = now.ToUnixTimeMicroseconds();
        if (limits.MessagesPerMinutePerChat > 0 && !TryTake(sql, TakeFromLane, ticket.Lane.Value, limits.MessagesPerMinutePerChat, at))
            return IRateLimits.ChatReason;
        if (limits.MessagesPerMinutePerPerson > 0 && !TryTake(sql, TakeFromPerson, ticket.Person.Value, limits.MessagesPerMinutePerPerson, at))
        {
            // Given back: somebody who floods a group must not use up the others' share.
            sql.Post("UPDATE lanes SET tokens = tokens + 1 WHERE lane_id = @lane AND tokens >= 0", ("@lane", ticket.Lane.Value));
            return IRateLimits.PersonReason;
        }

        return null;
    }

    /// <inheritdoc />
    public void GiveBack(RateTicket ticket)
    {
        // The transaction that was not committed took nothing.
    }

    private static bool TryTake(ISqlSession sql, string statement, long id, int perMinute, long now) =>
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
