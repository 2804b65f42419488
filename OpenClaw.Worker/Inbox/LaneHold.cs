using OpenClaw.Core.Queue;

namespace OpenClaw.Worker.Inbox;

/// <summary>A lease while it is being worked under: when it runs out, and a token that fires when it is lost.</summary>
internal sealed class LaneHold(LaneLease lease, TimeSpan duration, TimeProvider time, long askedAt, CancellationToken stop) : IDisposable
{
    private readonly CancellationTokenSource _lost = CancellationTokenSource.CreateLinkedTokenSource(stop);
    private long _renewedAt = askedAt;

    public LaneLease Lease => lease;

    /// <summary>Fires when the lease is lost or the worker must stop now.</summary>
    public CancellationToken Token => _lost.Token;

    /// <summary>How long the lane is kept after the work: what arrives meanwhile is answered together.</summary>
    public TimeSpan Rest { get; set; }

    /// <summary>By this process's own steady clock; a frozen process finds it negative when it wakes.</summary>
    public TimeSpan Remaining => duration - time.GetElapsedTime(Interlocked.Read(ref _renewedAt));

    /// <param name="askedAt">When the renewal was asked for: a process that was frozen before it read the answer must not take it for a fresh one.</param>
    public void Renewed(long askedAt) => Interlocked.Exchange(ref _renewedAt, askedAt);

    public void Lose()
    {
        try
        {
            _lost.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The work ended in the same moment.
        }
    }

    public void Dispose() => _lost.Dispose();
}
