using System.Collections.Concurrent;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Redis;
using OpenClaw.Tests.Infrastructure;
using StackExchange.Redis;

namespace OpenClaw.Tests.Redis;

/// <summary>What only the scheduler in Redis has: several processes, scripts, keys, and what it costs the server.</summary>
public sealed class RedisLanesTests : IAsyncLifetime
{
    private static readonly LaneId A = new(101);
    private static readonly LaneId B = new(102);
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);
    private RedisRig _rig = null!;

    public async Task InitializeAsync() => _rig = await RedisRig.OwnAsync();

    public async Task DisposeAsync()
    {
        if (_rig is not null)
            await _rig.DisposeAsync();
    }

    [SkippableFact]
    public async Task Racing_processes_lease_every_lane_exactly_once()
    {
        const int Lanes = 200;
        var processes = new[] { await _rig.NewProcessUpAsync(), await _rig.NewProcessUpAsync() };
        await processes[0].Scheduler.SignalMissingAsync([.. Enumerable.Range(1, Lanes).Select(lane => new LaneSignal(new LaneId(lane), DateTimeOffset.UtcNow))], _rig.Patience);
        var leased = new ConcurrentBag<LaneId>();
        using var start = new Barrier(8);

        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Factory.StartNew(
            () =>
            {
                start.SignalAndWait();
                return TakeAllAsync(processes[worker % 2]);
            },
            _rig.Patience, TaskCreationOptions.LongRunning, TaskScheduler.Default).Unwrap()));

        leased.Select(lane => lane.Value).Order().ShouldBe(Enumerable.Range(1, Lanes).Select(lane => (long)lane));

        async Task TakeAllAsync(RedisProcess process)
        {
            while ((await process.Scheduler.LeaseAsync(3, _rig.Patience)).Leases is { Count: > 0 } leases)
            {
                foreach (var lease in leases)
                    leased.Add(lease.Lane);
            }
        }
    }

    [SkippableFact]
    public async Task Signal_of_one_process_wakes_the_sleeping_worker_of_another()
    {
        var (gateway, worker) = (await _rig.NewProcessUpAsync(), await _rig.NewProcessUpAsync());
        (await LeaseAsync(worker)).ShouldBeEmpty();

        gateway.Scheduler.Announce(A, DateTimeOffset.UtcNow);
        await worker.Scheduler.WaitForSignalAsync(Long, _rig.Patience);

        (await LeaseAsync(worker)).ShouldBe([A]);
    }

    [SkippableFact]
    public async Task Worker_that_sleeps_until_a_later_time_is_woken_for_an_earlier_one_only()
    {
        var (gateway, worker) = (await _rig.NewProcessUpAsync(), await _rig.NewProcessUpAsync());
        await SignalAsync(gateway, A, TimeSpan.FromMinutes(5));
        (await worker.Scheduler.LeaseAsync(1, _rig.Patience)).NextReadyAt.ShouldNotBeNull();
        // Subscribed at the latest when this one arrives.
        await SignalAsync(gateway, B, TimeSpan.FromMinutes(4));
        await worker.Scheduler.WaitForSignalAsync(Long, _rig.Patience);
        (await worker.Scheduler.LeaseAsync(1, _rig.Patience)).Leases.ShouldBeEmpty();
        var before = Published();

        await SignalAsync(gateway, new LaneId(103), TimeSpan.FromMinutes(10));
        Published().ShouldBe(before);
        await SignalAsync(gateway, new LaneId(104), TimeSpan.FromMinutes(1));
        Published().ShouldBe(before + 1);
        await worker.Scheduler.WaitForSignalAsync(Long, _rig.Patience);
    }

    [SkippableFact]
    public async Task Workers_at_full_load_are_not_woken_and_sleeping_ones_once()
    {
        var (gateway, worker) = (await _rig.NewProcessUpAsync(), await _rig.NewProcessUpAsync());
        for (var lane = 1; lane <= 100; lane++)
            await SignalAsync(gateway, new LaneId(lane));
        Published().ShouldBe(0);

        while ((await LeaseAsync(worker)).Count > 0)
        {
        }

        for (var lane = 201; lane <= 300; lane++)
            await SignalAsync(gateway, new LaneId(lane));
        Published().ShouldBe(1);
    }

    [SkippableFact]
    public async Task Flood_of_announcements_costs_few_calls()
    {
        const int Lanes = 3000;
        var gateway = await _rig.NewProcessUpAsync();
        var before = Calls("evalsha");

        for (var lane = 1; lane <= Lanes; lane++)
            gateway.Scheduler.Announce(new LaneId(lane), DateTimeOffset.UtcNow);
        await Eventually.TrueAsync(() => _rig.Server.Execute("ZCARD", gateway.Keys.Ready.ToString()) is (long)Lanes, _rig.Patience);

        (Calls("evalsha") - before).ShouldBeLessThan(Lanes / 20);
    }

    [SkippableFact]
    public async Task Idle_chats_leave_nothing_in_Redis()
    {
        const int Lanes = 10_000;
        var process = await _rig.NewProcessUpAsync();
        for (var first = 0; first < Lanes; first += 500)
            await process.Scheduler.SignalMissingAsync([.. Enumerable.Range(first, 500).Select(lane => new LaneSignal(new LaneId(lane), DateTimeOffset.UtcNow))], _rig.Patience);
        var done = 0;
        while ((await process.Scheduler.LeaseAsync(500, _rig.Patience)).Leases is { Count: > 0 } leases)
        {
            await Task.WhenAll(leases.Select(lease => process.Scheduler.ReleaseAsync(lease, null, _rig.Patience)));
            done += leases.Count;
        }

        done.ShouldBe(Lanes);
        _rig.Keys().ShouldBe([process.Keys.Epoch.ToString(), process.Keys.Waiting.ToString()], ignoreOrder: true);
    }

    [SkippableFact]
    public async Task Idle_worker_asks_little()
    {
        var process = await _rig.NewProcessUpAsync();
        await SignalAsync(process, A, TimeSpan.FromHours(1));
        await LeaseAsync(process);
        var before = AllCalls();

        // What five seconds of an idle worker are: one look for work, and five at the epoch.
        await LeaseAsync(process);
        for (var i = 0; i < 5; i++)
            await process.Scheduler.LookAtEpochAsync(_rig.Patience);

        // Including what the script calls.
        (AllCalls() - before).ShouldBeLessThan(15);
    }

    [SkippableFact]
    public async Task Every_key_has_a_prefix_a_tag_and_an_end()
    {
        var process = await _rig.NewProcessUpAsync();
        await SignalAsync(process, A);
        await SignalAsync(process, B);
        var lease = (await process.Scheduler.LeaseAsync(1, _rig.Patience)).Leases.Single();
        await SignalAsync(process, lease.Lane);
        await process.Scheduler.RenewAsync([lease], _rig.Patience);
        await process.Scheduler.ReleaseAsync(lease, DateTimeOffset.UtcNow, _rig.Patience);
        await SignalAsync(process, new LaneId(103), TimeSpan.FromHours(1));
        await LeaseAsync(process);
        await process.Jobs.HoldAsync("job", TimeSpan.FromMinutes(1), _rig.Patience);
        var calls = _rig.Server.CommandCalls();

        var keys = _rig.Server.Keys("");
        keys.Count.ShouldBe(7);
        keys.ShouldAllBe(key => key.StartsWith($"openclaw:{process.Installation.Value}:{{p0}}:", StringComparison.Ordinal) || key == "openclaw:{p0}:probe");
        keys.Where(key => (long)_rig.Server.Execute("TTL", key)! < 0).ShouldBeEmpty();
        calls.Keys.Intersect(["keys", "scan", "sscan", "hscan", "zscan", "hgetall", "smembers", "flushall", "flushdb"]).ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task Installations_on_one_Redis_never_mix()
    {
        using var elsewhere = new CoreFixture();
        var (mine, same) = (await _rig.NewProcessUpAsync(), await _rig.NewProcessUpAsync());
        await using var other = new RedisProcess(_rig.Server.ConnectionString, elsewhere.Core.Database);
        await other.UpAsync();

        await SignalAsync(mine, A);

        mine.Installation.Value.ShouldBe(same.Installation.Value);
        mine.Installation.Value.Length.ShouldBe(12);
        (await LeaseAsync(other)).ShouldBeEmpty();
        (await LeaseAsync(same)).ShouldBe([A]);
    }

    [SkippableFact]
    public async Task Call_that_Redis_gets_to_too_late_does_nothing()
    {
        var process = await _rig.NewProcessUpAsync();
        await SignalAsync(process, A);
        RedisKey[] keys = [process.Keys.Ready, process.Keys.Leased, process.Keys.Held, process.Keys.Epoch, process.Keys.Waiting];

        var lease = await process.Connection.EvaluateAsync(LaneScripts.Lease, keys, ["epoch", 1, 10, 30_000_000, 7, 1000], RedisConnection.Patience, _rig.Patience);
        new LaneAnswer(lease).IsLate.ShouldBeTrue();
        var held = (await process.Scheduler.LeaseAsync(1, _rig.Patience)).Leases.Single();
        var ends = _rig.Server.Execute("ZSCORE", keys[1].ToString(), "101");
        var renewal = await process.Connection.EvaluateAsync(
            LaneScripts.Renew, keys, ["epoch", 1, 90_000_000, held.Lane.Value, held.Token], RedisConnection.Patience, _rig.Patience);

        new LaneAnswer(renewal).IsLate.ShouldBeTrue();
        _rig.Server.Execute("ZSCORE", keys[1].ToString(), "101").ShouldBe(ends);
    }

    [SkippableFact]
    public async Task Clock_of_the_server_that_is_set_forward_keeps_nobody_from_leasing()
    {
        var process = await _rig.NewProcessUpAsync();
        await SignalAsync(process, A);
        // As if the server's clock had been an hour behind until now: every deadline that is reckoned from it is long past.
        process.Connection.SawTime(DateTimeOffset.UtcNow.AddHours(-1).ToUnixTimeMilliseconds() * 1000);

        (await LeaseAsync(process)).ShouldBe([A]);
    }

    [SkippableFact]
    public async Task Lanes_survive_that_Redis_evicts_a_key()
    {
        var process = await _rig.NewProcessUpAsync();
        await SignalAsync(process, A);
        var lost = (await process.Scheduler.LeaseAsync(1, _rig.Patience)).Leases.Single();
        _rig.Server.Execute("DEL", process.Keys.Leased.ToString());

        await SignalAsync(process, A);

        (await LeaseAsync(process)).ShouldBe([A]);
        (await process.Scheduler.RenewAsync([lost], _rig.Patience)).ShouldBe([lost]);
    }

    [SkippableTheory]
    [InlineData("+00:01:00")]
    [InlineData("-00:01:00")]
    public async Task Process_whose_clock_is_off_schedules_by_the_server(string off)
    {
        var clock = new ClockAt(DateTimeOffset.UtcNow + TimeSpan.Parse(off.TrimStart('+'), System.Globalization.CultureInfo.InvariantCulture));
        var (process, other) = (await _rig.NewProcessUpAsync(clock), await _rig.NewProcessUpAsync());

        await process.Scheduler.SignalAsync(A, clock.Now, _rig.Patience);
        await process.Scheduler.SignalAsync(B, clock.Now + TimeSpan.FromSeconds(30), _rig.Patience);

        var batch = await other.Scheduler.LeaseAsync(10, _rig.Patience);
        batch.Leases.Select(lease => lease.Lane).ShouldBe([A]);
        batch.NextReadyAt.ShouldNotBeNull().ShouldBe(DateTimeOffset.UtcNow + TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(10));
        (await process.Scheduler.LeaseAsync(10, _rig.Patience)).NextReadyAt.ShouldNotBeNull().ShouldBe(clock.Now + TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(10));
    }

    private static async Task<List<LaneId>> LeaseAsync(RedisProcess process) =>
        (await process.Scheduler.LeaseAsync(10, CancellationToken.None)).Leases.Select(lease => lease.Lane).ToList();

    private Task SignalAsync(RedisProcess process, LaneId lane, TimeSpan from = default) => process.Scheduler.SignalAsync(lane, DateTimeOffset.UtcNow + from, _rig.Patience);

    private long Published() => Calls("publish");

    private long Calls(string command) => _rig.Server.CommandCalls().GetValueOrDefault(command);

    /// <summary>Without what the driver does every few seconds, and this test.</summary>
    private long AllCalls() => _rig.Server.CommandCalls().Where(command => command.Key is not ("ping" or "info" or "unsubscribe")).Sum(command => command.Value);
}
