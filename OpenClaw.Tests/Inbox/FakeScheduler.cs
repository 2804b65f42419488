using OpenClaw.Core.Queue;
using OpenClaw.Core.Storage;

namespace OpenClaw.Tests.Inbox;

/// <summary>Passes on to a real scheduler, unless a test makes it fail.</summary>
internal sealed class FakeScheduler(ILaneScheduler? inner = null) : ILaneScheduler
{
    private int _failures;

    /// <summary>What the next renewals say is lost.</summary>
    public HashSet<LaneLease> Lost { get; } = [];

    /// <summary>How many calls fail before it works again.</summary>
    public int Failures { get => _failures; set => _failures = value; }

    /// <summary>What they fail with.</summary>
    public Func<Exception> Failure { get; set; } = static () => new StorageUnavailableException(StorageFailure.Locked);

    public TimeSpan LeaseDuration => TimeSpan.FromSeconds(30);

    private ILaneScheduler Inner => inner ?? throw new InvalidOperationException("No scheduler to pass on to.");

    public void SignalWithin(ISqlSession sql, LaneId lane, DateTimeOffset readyAt) => Inner.SignalWithin(sql, lane, readyAt);

    public void Announce(LaneId lane, DateTimeOffset readyAt) => Inner.Announce(lane, readyAt);

    public Task SignalAsync(LaneId lane, DateTimeOffset readyAt, CancellationToken cancellationToken) => Inner.SignalAsync(lane, readyAt, cancellationToken);

    public Task<LeaseBatch> LeaseAsync(int max, CancellationToken cancellationToken)
    {
        Fail();
        return Inner.LeaseAsync(max, cancellationToken);
    }

    public Task<IReadOnlyList<LaneLease>> RenewAsync(IReadOnlyCollection<LaneLease> leases, CancellationToken cancellationToken)
    {
        Fail();
        return inner?.RenewAsync(leases, cancellationToken) ?? Task.FromResult<IReadOnlyList<LaneLease>>([.. leases.Where(Lost.Contains)]);
    }

    public Task ReleaseAsync(LaneLease lease, DateTimeOffset? readyAt, CancellationToken cancellationToken)
    {
        Fail();
        return Inner.ReleaseAsync(lease, readyAt, cancellationToken);
    }

    public Task<int> SignalMissingAsync(IReadOnlyList<LaneSignal> lanes, CancellationToken cancellationToken) => Inner.SignalMissingAsync(lanes, cancellationToken);

    public Task<IReadOnlyList<LaneSignal>> ReadyAsync(int max, CancellationToken cancellationToken) => Inner.ReadyAsync(max, cancellationToken);

    public Task WaitForLossAsync(TimeSpan atMost, CancellationToken cancellationToken) => Inner.WaitForLossAsync(atMost, cancellationToken);

    public Task WaitForSignalAsync(TimeSpan atMost, CancellationToken cancellationToken) => Inner.WaitForSignalAsync(atMost, cancellationToken);

    private void Fail()
    {
        if (Interlocked.Decrement(ref _failures) >= 0)
            throw Failure();
    }
}
