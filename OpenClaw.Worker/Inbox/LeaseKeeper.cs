using System.Collections.Concurrent;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Storage;

namespace OpenClaw.Worker.Inbox;

/// <summary>Renews every lease of this process on a timer of its own, across any model call; a lost one stops its work.</summary>
internal sealed partial class LeaseKeeper(ILaneScheduler scheduler, TimeProvider time, ILogger<LeaseKeeper> logger)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    /// <summary>Leases that were not renewed have less time left; their work goes on until it is over.</summary>
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<LaneLease, LaneHold> _holds = new();

    public int Held => _holds.Count;

    /// <param name="lease">A fresh lease.</param>
    /// <param name="stop">Ends its work.</param>
    /// <param name="askedAt">When it was asked for, a timestamp of this process's clock; now when null.</param>
    public LaneHold Hold(LaneLease lease, CancellationToken stop, long? askedAt = null) =>
        _holds[lease] = new LaneHold(lease, scheduler.LeaseDuration, time, askedAt ?? time.GetTimestamp(), stop);

    public void Drop(LaneHold hold)
    {
        _holds.TryRemove(hold.Lease, out _);
        hold.Dispose();
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var renewed = true;
        while (true)
        {
            await Task.Delay(renewed ? Period : AfterFailure, time, cancellationToken);
            renewed = await RenewAsync(cancellationToken);
        }
    }

    /// <returns>False when the scheduler is away: ask again soon.</returns>
    internal async Task<bool> RenewAsync(CancellationToken cancellationToken)
    {
        var holds = _holds.Values.ToList();
        if (holds.Count == 0)
            return true;
        var renewed = await TryRenewAsync(holds, cancellationToken);
        foreach (var hold in holds.Where(hold => hold.Remaining <= TimeSpan.Zero))
            hold.Lose();
        return renewed;
    }

    private async Task<bool> TryRenewAsync(List<LaneHold> holds, CancellationToken cancellationToken)
    {
        try
        {
            var askedAt = time.GetTimestamp();
            var lost = await scheduler.RenewAsync(holds.ConvertAll(hold => hold.Lease), cancellationToken);
            foreach (var hold in holds)
            {
                if (lost.Contains(hold.Lease))
                    hold.Lose();
                else
                    hold.Renewed(askedAt);
            }

            return true;
        }
        catch (SchedulerUnavailableException)
        {
            // Told by the scheduler itself, once.
            return false;
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // Not renewed is not lost: the next round may pass, and before a send the remaining time is checked.
            Log.NotRenewed(logger, holds.Count, error);
            return true;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Leases} leases could not be renewed; tried again in the next round")]
        public static partial void NotRenewed(ILogger logger, int leases, Exception error);
    }
}
