using System.Collections.Concurrent;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Storage;

namespace OpenClaw.Worker.Inbox;

/// <summary>Renews every lease of this process on a timer of its own, across any model call; a lost one stops its work.</summary>
internal sealed partial class LeaseKeeper(ILaneScheduler scheduler, TimeProvider time, ILogger<LeaseKeeper> logger)
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);
    private readonly ConcurrentDictionary<LaneLease, LaneHold> _holds = new();

    public int Held => _holds.Count;

    public LaneHold Hold(LaneLease lease, CancellationToken stop) => _holds[lease] = new LaneHold(lease, scheduler.LeaseDuration, time, stop);

    public void Drop(LaneHold hold)
    {
        _holds.TryRemove(hold.Lease, out _);
        hold.Dispose();
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
            await RenewAsync(cancellationToken);
    }

    internal async Task RenewAsync(CancellationToken cancellationToken)
    {
        var holds = _holds.Values.ToList();
        if (holds.Count == 0)
            return;
        try
        {
            var lost = await scheduler.RenewAsync(holds.ConvertAll(hold => hold.Lease), cancellationToken);
            foreach (var hold in holds)
            {
                if (lost.Contains(hold.Lease))
                    hold.Lose();
                else
                    hold.Renewed();
            }
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            // Not renewed is not lost: the next round may pass, and before a send the remaining time is checked.
            Log.NotRenewed(logger, holds.Count, error);
        }

        foreach (var hold in holds.Where(hold => hold.Remaining <= TimeSpan.Zero))
            hold.Lose();
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Leases} leases could not be renewed; tried again in the next round")]
        public static partial void NotRenewed(ILogger logger, int leases, Exception error);
    }
}
