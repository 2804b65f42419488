using OpenClaw.Core.Queue;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Flow;

/// <summary>Chats with work that could be done now and that nobody does.</summary>
/// <param name="Since">Since when the oldest of it waits; null when nothing waits.</param>
/// <param name="Overdue">Chats whose work waits for longer than was asked for, counted to <see cref="MostCounted"/>.</param>
public sealed record WaitingWork(DateTimeOffset? Since, int Overdue)
{
    /// <summary>More are as bad as this.</summary>
    public const int MostCounted = 100;
}

/// <summary>
/// Looks for work that waits for nothing but somebody to do it. What waits for a known reason (a breaker, a time not before which, an approval, a
/// quiet period) has its lane ready later, and what is held, paused or limited has no lane that is ready: neither is found here. Nor is a lane that
/// somebody works on, whose every step has a time-out of its own.
/// </summary>
public sealed class WorkBacklog(IDatabase database, ILaneScheduler scheduler)
{
    /// <summary>A chat's oldest message is among so many.</summary>
    private const int OldestMessages = 20;

    /// <summary>Looks now: the lanes that are ready longest, and of each its oldest work; all by index.</summary>
    /// <param name="overdueSince">What waits since before then is overdue.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="StorageUnavailableException">The database cannot be read now.</exception>
    /// <exception cref="SchedulerUnavailableException">The scheduler's engine does not answer.</exception>
    public async Task<WaitingWork> LookAsync(DateTimeOffset overdueSince, CancellationToken cancellationToken)
    {
        var ready = await scheduler.ReadyAsync(WaitingWork.MostCounted, cancellationToken);
        if (ready.Count == 0)
            return new WaitingWork(null, 0);
        var oldest = await database.ReadAsync(
            sql => ready.Select(lane => (lane.ReadyAt, Work: Oldest(sql, lane.Lane))).ToList().ConvertAll(lane => (lane.ReadyAt, Work: lane.Work.Value)), cancellationToken);
        // A lane that was put off is ready later than its work came; one that was signalled again after a loss, earlier.
        var waiting = oldest.Where(lane => lane.Work is not null)
            .Select(lane => UnixMicroseconds.FromUnixTimeMicroseconds(lane.Work!.Value) is var since && since > lane.ReadyAt ? since : lane.ReadyAt)
            .ToList();
        return new WaitingWork(waiting.Count == 0 ? null : waiting.Min(), waiting.Count(since => since < overdueSince));
    }

    private static Deferred<long?> Oldest(ISqlSession sql, LaneId lane) => sql.DeferFirst(
        $"""
        SELECT MIN(since) FROM (
            SELECT MIN(arrived_at) AS since FROM (
                SELECT arrived_at FROM inbound WHERE lane_id = @lane AND state = 'pending' ORDER BY order_at, envelope_at, inbound_id LIMIT {OldestMessages}) AS messages
            UNION ALL SELECT MIN(CASE WHEN not_before > created_at THEN not_before ELSE created_at END) FROM turns WHERE lane_id = @lane AND state = 'running'
            UNION ALL SELECT MIN(CASE WHEN not_before > created_at THEN not_before ELSE created_at END) FROM (
                SELECT not_before, created_at FROM outbox WHERE lane_id = @lane AND {OutboxStore.IsUnsent} ORDER BY outbox_id LIMIT {OldestMessages}) AS bubbles) AS work
        """,
        row => row.IsDBNull(0) ? (long?)null : row.GetInt64(0), ("@lane", lane.Value));
}
