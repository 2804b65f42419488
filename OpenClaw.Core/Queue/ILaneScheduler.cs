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

    /// <summary>Signals those of <paramref name="lanes"/> that are neither ready nor leased: what the reconciler repeats because a signal was lost.</summary>
    /// <returns>How many.</returns>
    Task<int> SignalMissingAsync(IReadOnlyList<LaneSignal> lanes, CancellationToken cancellationToken);

    /// <summary>Lanes that are ready now and that nobody leased, longest ready first; one whose lease ran out is ready since then.</summary>
    /// <param name="max">Most of them, up to 500.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<IReadOnlyList<LaneSignal>> ReadyAsync(int max, CancellationToken cancellationToken);

    /// <summary>Completes when signals may have been lost since the last call (the engine came back, perhaps empty), or after <paramref name="atMost"/>.</summary>
    Task WaitForLossAsync(TimeSpan atMost, CancellationToken cancellationToken);

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

/// <param name="Lane">A lane that has work.</param>
/// <param name="ReadyAt">From when on.</param>
public sealed record LaneSignal(LaneId Lane, DateTimeOffset ReadyAt);

/// <summary>The engine that schedules lanes does not answer. Work is safe in the database and goes on when it is back.</summary>
public sealed class SchedulerUnavailableException : Exception
{
    /// <summary>Creates the exception.</summary>
    public SchedulerUnavailableException(Exception? innerException)
        : base("Lanes cannot be scheduled now.", innerException)
    {
    }

    /// <summary>Required by convention.</summary>
    public SchedulerUnavailableException() : this((Exception?)null)
    {
    }

    /// <summary>Required by convention.</summary>
    public SchedulerUnavailableException(string message) : base(message)
    {
    }

    /// <summary>Required by convention.</summary>
    public SchedulerUnavailableException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
