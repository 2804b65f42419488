using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue;

/// <summary>
/// Signals every lane that has work and is not scheduled: at start, every few seconds, and when the scheduler's engine comes back. Whatever
/// signal was lost, no message waits longer than that. Reads by index, page by page, and is bounded; any number of processes may do it.
/// </summary>
public sealed partial class Reconciler(IDatabase database, ILaneScheduler scheduler, TimeProvider time, ILogger<Reconciler> logger) : BackgroundService
{
    private const int PageSize = 500;

    /// <summary>Pages of one round; the next round goes on where this one stopped.</summary>
    private const int MaxPages = 10;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);
    private long _after;

    /// <summary>Signals lanes with pending messages, unsent bubbles or an unfinished turn that nobody knows of. Returns how many.</summary>
    public async Task<int> SignalAllAsync(CancellationToken cancellationToken)
    {
        var signalled = 0;
        for (var pages = 0; pages < MaxPages; pages++)
        {
            var lanes = WithWork(_after);
            if (lanes.Count > 0)
                signalled += await scheduler.SignalMissingAsync(lanes, cancellationToken);
            _after = lanes.Count < PageSize ? 0 : lanes[^1].Lane.Value;
            if (_after == 0)
                break;
        }

        return signalled;
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var signalled = await SignalAllAsync(stoppingToken);
                if (signalled > 0)
                    Log.Signalled(logger, signalled);
                await scheduler.WaitForLossAsync(Period, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (SchedulerUnavailableException)
            {
                // Told by the scheduler itself, once. What is waiting is signalled as soon as it is back.
                await WaitAsync(() => scheduler.WaitForLossAsync(AfterFailure, stoppingToken));
            }
            catch (Exception error)
            {
                Log.Failed(logger, error);
                await WaitAsync(() => Task.Delay(Period, time, stoppingToken));
            }
        }
    }

    private List<LaneSignal> WithWork(long after) => database.Read(sql => sql.Query(
        """
        SELECT lane_id, MIN(due) FROM (
            SELECT lane_id, 0 AS due FROM inbound WHERE state = 'pending' AND lane_id > @after
            UNION ALL SELECT lane_id, not_before AS due FROM outbox WHERE state IN ('queued', 'sending') AND lane_id > @after
            UNION ALL SELECT lane_id, not_before AS due FROM turns WHERE state = 'running' AND lane_id > @after) AS work
        GROUP BY lane_id ORDER BY lane_id LIMIT @limit
        """,
        row => new LaneSignal(new LaneId(row.GetInt64(0)), UnixMicroseconds.FromUnixTimeMicroseconds(row.GetInt64(1))), ("@after", after), ("@limit", PageSize)));

    private static async Task WaitAsync(Func<Task> wait)
    {
        try
        {
            await wait();
        }
        catch (OperationCanceledException)
        {
            // Stopping: the loop ends.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Reconciler signalled {Lanes} lanes with unfinished work")]
        public static partial void Signalled(ILogger logger, int lanes);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Reconciler could not signal waiting lanes; it tries again")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
