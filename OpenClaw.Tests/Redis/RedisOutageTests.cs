using OpenClaw.Core.Queue;
using OpenClaw.Core.Redis;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Redis;

/// <summary>Redis is absent, killed, frozen, refuses to write: what callers see, what is told, and that work goes on when it is over.</summary>
public sealed class RedisOutageTests : IAsyncLifetime
{
    private static readonly LaneId A = new(101);
    private static readonly LaneId B = new(102);
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);
    private RedisRig _rig = null!;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_rig is not null)
            await _rig.DisposeAsync();
    }

    [SkippableFact]
    public async Task Redis_that_is_absent_at_start_is_found_when_it_comes()
    {
        _rig = RedisRig.Absent();
        var process = _rig.NewProcess();
        await ShouldBeAwayAsync(process);
        await process.Connection.Tried.WaitAsync(_rig.Patience);
        var returned = process.Scheduler.WaitForLossAsync(Long, _rig.Patience);

        await _rig.Server.RestartAsync();
        await returned;

        await SignalAsync(process, A);
        (await LeaseAsync(process)).ShouldBe([A]);
        process.Told.Count.ShouldBe(2);
        process.Told[0].ShouldStartWith("Warning");
        process.Told[1].ShouldContain("Redis is back after");
    }

    [SkippableFact]
    public async Task Killed_Redis_is_told_once_and_its_empty_successor_is_used_at_once()
    {
        _rig = await RedisRig.OwnAsync();
        var (process, other) = (await _rig.NewProcessUpAsync(), await _rig.NewProcessUpAsync());
        await SignalAsync(process, A);
        var lost = (await process.Scheduler.LeaseAsync(1, _rig.Patience)).Leases.Single();

        await _rig.Server.KillAsync();
        await process.DownAsync();
        for (var i = 0; i < 20; i++)
            await ShouldBeAwayAsync(process);
        var (returned, woken) = (process.Scheduler.WaitForLossAsync(Long, _rig.Patience), other.Scheduler.WaitForSignalAsync(Long, _rig.Patience));
        await _rig.Server.RestartAsync();
        await returned;
        await woken;

        (await process.Scheduler.RenewAsync([lost], _rig.Patience)).ShouldBe([lost]);
        (await process.Scheduler.SignalMissingAsync([new LaneSignal(A, DateTimeOffset.UtcNow)], _rig.Patience)).ShouldBe(1);
        await other.UpAsync();
        (await LeaseAsync(other)).ShouldBe([A]);
        process.Told.Count.ShouldBe(2);
    }

    [SkippableFact]
    public async Task Wake_ups_work_again_after_a_restart()
    {
        _rig = await RedisRig.OwnAsync();
        var (process, other) = (await _rig.NewProcessUpAsync(), await _rig.NewProcessUpAsync());
        await _rig.Server.RestartAsync();
        await Task.WhenAll(process.Scheduler.WaitForLossAsync(Long, _rig.Patience), other.Scheduler.WaitForLossAsync(Long, _rig.Patience));
        await Task.WhenAll(process.UpAsync(), other.UpAsync());
        // Until the subscription stands again a worker polls; what is left of earlier wake-ups is used up.
        await Eventually.TrueAsync(() => Subscribers(process) == 2, _rig.Patience);
        while (other.Scheduler.WaitForSignalAsync(TimeSpan.Zero, _rig.Patience) is { IsCompleted: false })
        {
        }

        (await LeaseAsync(other)).ShouldBeEmpty();
        await SignalAsync(process, A);
        await other.Scheduler.WaitForSignalAsync(Long, _rig.Patience);

        (await LeaseAsync(other)).ShouldBe([A]);
    }

    [SkippableFact]
    public async Task Frozen_Redis_hangs_nobody_and_keeps_no_lane_that_nobody_waited_for()
    {
        _rig = await RedisRig.OwnAsync();
        var process = await _rig.NewProcessUpAsync();
        await SignalAsync(process, A);
        await SignalAsync(process, B);
        var held = (await process.Scheduler.LeaseAsync(1, _rig.Patience)).Leases.Single();

        await _rig.Server.FreezeAsync();
        // Many at once, as at full load: one time-out for all of them, and none afterwards.
        await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => ShouldBeAwayAsync(process)));
        process.Connection.IsUp.ShouldBeFalse();
        await ShouldBeAwayAsync(process);
        await Should.ThrowAsync<SchedulerUnavailableException>(process.Scheduler.ReleaseAsync(held, DateTimeOffset.UtcNow, _rig.Patience));
        await _rig.Server.ContinueAsync();
        await process.UpAsync();

        // Both long before their leases would end: the one that could not be given back, and the one that was leased for nobody, if it was.
        var leased = new HashSet<LaneId>();
        while (leased.Count < 2)
        {
            leased.UnionWith(await LeaseAsync(process));
            await process.Scheduler.WaitForSignalAsync(TimeSpan.FromMilliseconds(20), _rig.Patience);
        }

        process.Told.Count.ShouldBe(2);
        process.Told[0].ShouldContain("no answer");
    }

    [SkippableFact]
    public async Task Connection_that_stays_silent_is_given_up_for_a_new_one()
    {
        _rig = await RedisRig.OwnAsync();
        var process = await _rig.NewProcessUpAsync(longestSilence: TimeSpan.FromMilliseconds(200));
        await _rig.Server.FreezeAsync();
        await ShouldBeAwayAsync(process);
        await Eventually.TrueAsync(() => process.Connection.Made > 1, _rig.Patience);

        await _rig.Server.ContinueAsync();
        await process.UpAsync();

        await SignalAsync(process, A);
        (await LeaseAsync(process)).ShouldBe([A]);
        process.Told.Count.ShouldBe(2);
    }

    [SkippableFact]
    public async Task Redis_that_refuses_to_write_is_an_outage_until_it_writes_again()
    {
        _rig = await RedisRig.OwnAsync();
        var process = await _rig.NewProcessUpAsync();
        await SignalAsync(process, A);
        _rig.Server.Execute("CONFIG", "SET", "maxmemory", "1");

        await Should.ThrowAsync<SchedulerUnavailableException>(SignalAsync(process, B));
        await ShouldBeAwayAsync(process);
        var returned = process.Scheduler.WaitForLossAsync(Long, _rig.Patience);
        process.Connection.IsUp.ShouldBeFalse();
        _rig.Server.Execute("CONFIG", "SET", "maxmemory", "0");
        await returned;

        (await LeaseAsync(process)).ShouldBe([A]);
        process.Told.Count.ShouldBe(2);
        process.Told[0].ShouldContain("OOM");
    }

    [SkippableFact]
    public async Task Flush_is_noticed_without_a_broken_connection()
    {
        _rig = await RedisRig.OwnAsync();
        var (process, other) = (await _rig.NewProcessUpAsync(), await _rig.NewProcessUpAsync());
        await SignalAsync(process, A);
        await SignalAsync(other, A);

        _rig.Server.FlushAll();
        var (one, two) = (process.Scheduler.WaitForLossAsync(Long, _rig.Patience), other.Scheduler.WaitForLossAsync(Long, _rig.Patience));
        (await LeaseAsync(other)).ShouldBeEmpty();
        await Task.WhenAll(one, two);

        process.Told.ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task Scripts_are_sent_again_to_a_server_that_forgot_them()
    {
        _rig = await RedisRig.OwnAsync();
        var process = await _rig.NewProcessUpAsync();
        for (var i = 0; i < 3; i++)
        {
            _rig.Server.Execute("SCRIPT", "FLUSH");
            await SignalAsync(process, A);
            var lease = (await process.Scheduler.LeaseAsync(1, _rig.Patience)).Leases.Single();
            _rig.Server.Execute("SCRIPT", "FLUSH");
            (await process.Scheduler.RenewAsync([lease], _rig.Patience)).ShouldBeEmpty();
            await process.Scheduler.ReleaseAsync(lease, null, _rig.Patience);
        }

        process.Told.ShouldBeEmpty();
        _rig.Server.CommandCalls()["evalsha"].ShouldBeGreaterThan(0);
    }

    [SkippableFact]
    public async Task Signals_that_one_process_lost_are_repeated_by_all()
    {
        _rig = await RedisRig.OwnAsync();
        await using var wire = new CutWire(_rig.Server.Port);
        var gateway = await _rig.NewProcessUpAsync(connectionString: wire.ConnectionString);
        var worker = await _rig.NewProcessUpAsync();
        await SignalAsync(worker, B);

        wire.Cut();
        await gateway.DownAsync();
        gateway.Scheduler.Announce(A, DateTimeOffset.UtcNow);
        var told = worker.Scheduler.WaitForLossAsync(Long, _rig.Patience);
        wire.Mend();

        await told;
        worker.Connection.IsUp.ShouldBeTrue();
        worker.Told.ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task What_is_told_of_an_outage_holds_no_password()
    {
        _rig = RedisRig.Absent();
        var process = _rig.NewProcess(connectionString: _rig.Server.ConnectionString + ",password=correct-horse");
        await ShouldBeAwayAsync(process);
        await process.Connection.Tried.WaitAsync(_rig.Patience);

        process.Told.ShouldHaveSingleItem().ShouldNotContain("correct-horse");
    }

    private async Task ShouldBeAwayAsync(RedisProcess process)
    {
        var (scheduler, lease) = (process.Scheduler, new LaneLease(A, 1));
        await Should.ThrowAsync<SchedulerUnavailableException>(scheduler.LeaseAsync(1, _rig.Patience));
        await Should.ThrowAsync<SchedulerUnavailableException>(scheduler.RenewAsync([lease], _rig.Patience));
        await Should.ThrowAsync<SchedulerUnavailableException>(scheduler.SignalAsync(A, DateTimeOffset.UtcNow, _rig.Patience));
        await Should.ThrowAsync<SchedulerUnavailableException>(scheduler.SignalMissingAsync([new LaneSignal(A, DateTimeOffset.UtcNow)], _rig.Patience));
        scheduler.Announce(A, DateTimeOffset.UtcNow);
        (await process.Jobs.HoldAsync("job", TimeSpan.FromSeconds(10), _rig.Patience)).ShouldBeFalse();
        await process.Jobs.ReleaseAsync("job", _rig.Patience);
    }

    private long Subscribers(RedisProcess process) => (long)((List<object?>)_rig.Server.Execute("PUBSUB", "NUMSUB", process.Keys.Wake)!)[1]!;

    private Task SignalAsync(RedisProcess process, LaneId lane) => process.Scheduler.SignalAsync(lane, DateTimeOffset.UtcNow, _rig.Patience);

    private async Task<List<LaneId>> LeaseAsync(RedisProcess process) =>
        (await process.Scheduler.LeaseAsync(10, _rig.Patience)).Leases.Select(lease => lease.Lane).ToList();
}
