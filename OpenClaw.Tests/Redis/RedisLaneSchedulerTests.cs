using OpenClaw.Core.Queue;
using OpenClaw.Core.Storage;
using OpenClaw.Tests.Queue;

namespace OpenClaw.Tests.Redis;

public sealed class RedisLaneSchedulerTests : LaneSchedulerContract, IAsyncLifetime
{
    private RedisRig _rig = null!;
    private RedisProcess _process = null!;
    private RedisProcess _other = null!;

    protected override ILaneScheduler Scheduler => _process.Scheduler;

    protected override ILaneScheduler Other => _other.Scheduler;

    protected override IDatabase Database => _rig.Core.Database;

    protected override DateTimeOffset Now => _rig.Fixture.Clock.Now;

    public async Task InitializeAsync()
    {
        _rig = await RedisRig.SharedAsync();
        _process = await _rig.NewProcessUpAsync(_rig.Fixture.Clock);
        _other = await _rig.NewProcessUpAsync(_rig.Fixture.Clock);
    }

    public async Task DisposeAsync()
    {
        if (_rig is not null)
            await _rig.DisposeAsync();
    }

    [SkippableFact]
    public async Task During_a_flood_of_webhooks_at_one_process_the_others_lease_one_lane_at_a_time_and_hear_of_it()
    {
        for (var i = 1; i <= 480; i++)
        {
            _process.Ingress.Count();
            if (i % 60 == 0)
                _process.IngressClock.Advance(TimeSpan.FromMilliseconds(50));
        }

        for (var lane = 1; lane <= 3; lane++)
            _process.Scheduler.Announce(new LaneId(lane), Now);

        IReadOnlyList<LaneLease> leases = [];
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (leases.Count == 0)
        {
            leases = (await Other.LeaseAsync(10, patience.Token)).Leases;
            await Task.Yield();
        }

        leases.Count.ShouldBe(1);
        _other.Ingress.IsHigh.ShouldBeTrue();
        _other.Ingress.IsHighHere.ShouldBeFalse();
    }

    protected override void Pass(TimeSpan duration)
    {
        _rig.Pass(_process, duration);
        _rig.Fixture.Clock.Advance(duration);
    }
}
