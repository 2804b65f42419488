using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue;

/// <summary>
/// Decides which lane is worked on next, by one worker at a time. Knows lanes, not messages: what a lane has to do is in the
/// database, so losing every signal costs time (the reconciler repeats them), never a message.
/// </summary>
public interface ILaneScheduler
{
    /// <summary>How long a lease lasts without being renewed.</summary>
    TimeSpan LeaseDuration { get; }

    /// <summary>
    /// Signals inside the transaction that made the work, when the scheduler lives in the same database. Call
    /// <see cref="Announce"/> after the commit in either case.
    /// </summary>
    void SignalWithin(ISqlSession sql, LaneId lane, DateTimeOffset readyAt);

    /// <summary>After a commit that held <see cref="SignalWithin"/>: wakes workers, or signals now where the scheduler lives elsewhere.</summary>
    void Announce(LaneId lane, DateTimeOffset readyAt);

    /// <summary>The lane has work from <paramref name="readyAt"/> on. An earlier time wins; during a lease it counts from the release.</summary>
    Task SignalAsync(LaneId lane, DateTimeOffset readyAt, CancellationToken cancellationToken);

    /// <summary>Leases up to <paramref name="max"/> lanes that are ready, longest ready first. Expired leases are ready again.</summary>
    Task<LeaseBatch> LeaseAsync(int max, CancellationToken cancellationToken);

    /// <summary>Extends leases by <see cref="LeaseDuration"/> from now; returns those that were lost.</summary>
    Task<IReadOnlyList<LaneLease>> RenewAsync(IReadOnlyCollection<LaneLease> leases, CancellationToken cancellationToken);

    /// <summary>Gives a lane back. It is ready again at <paramref name="readyAt"/>, or when it was signalled meanwhile. A lost lease is ignored.</summary>
    Task ReleaseAsync(LaneLease lease, DateTimeOffset? readyAt, CancellationToken cancellationToken);

    /// <summary>Completes when a signal may have made a lane ready, or after <paramref name="atMost"/>.</summary>
    Task WaitForSignalAsync(TimeSpan atMost, CancellationToken cancellationToken);
}

/// <summary>The right to work on a lane until it expires.</summary>
/// <param name="Lane">Which lane.</param>
/// <param name="Token">Tells this lease from an older one of the same lane.</param>
public sealed record LaneLease(LaneId Lane, long Token);

/// <param name="Leases">What was leased; empty when nothing is ready.</param>
/// <param name="NextReadyAt">When the next lane becomes ready, if one is waiting for its time.</param>
public sealed record LeaseBatch(IReadOnlyList<LaneLease> Leases, DateTimeOffset? NextReadyAt);
