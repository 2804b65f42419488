using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue;

/// <summary>
/// Signals every lane that has work, at start and every few seconds: whatever signal was lost, no message waits longer than that.
/// Reads by index and is bounded.
/// </summary>
public sealed partial class Reconciler(IDatabase database, ILaneScheduler scheduler, TimeProvider time, ILogger<Reconciler> logger) : BackgroundService
{
    private const int MaxLanes = 500;
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    /// <summary>Signals lanes with pending messages, unsent bubbles or an unfinished turn. Returns how many.</summary>
    public async Task<int> SignalAllAsync(CancellationToken cancellationToken)
    {
        var lanes = database.Read(sql => sql.Query(
            """
            SELECT lane_id, MIN(due) FROM (
                SELECT lane_id, 0 AS due FROM inbound WHERE state = 'pending'
                UNION ALL SELECT lane_id, not_before AS due FROM outbox WHERE state IN ('queued', 'sending')
                UNION ALL SELECT lane_id, not_before AS due FROM turns WHERE state = 'running') AS work
            WHERE NOT EXISTS (SELECT 1 FROM lane_schedule WHERE lane_schedule.lane_id = work.lane_id
                AND (lane_schedule.token IS NOT NULL OR lane_schedule.ready_at IS NOT NULL))
            GROUP BY lane_id LIMIT @limit
            """,
            row => (Lane: new LaneId(row.GetInt64(0)), Due: row.GetInt64(1)), ("@limit", MaxLanes)));
        foreach (var (lane, due) in lanes)
            await scheduler.SignalAsync(lane, UnixMicroseconds.FromUnixTimeMicroseconds(due), cancellationToken);
        return lanes.Count;
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do
        {
            try
            {
                var signalled = await SignalAllAsync(stoppingToken);
                if (signalled > 0)
                    Log.Signalled(logger, signalled);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                // Whatever it was, the next round is due anyway.
                Log.Failed(logger, error);
            }
        }
        while (await WaitAsync(timer, stoppingToken));
    }

    private static async ValueTask<bool> WaitAsync(PeriodicTimer timer, CancellationToken stoppingToken)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            return false;
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
