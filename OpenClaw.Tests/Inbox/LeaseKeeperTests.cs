using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OpenClaw.Core.Queue;
using OpenClaw.Tests.Infrastructure;
using OpenClaw.Worker.Inbox;

namespace OpenClaw.Tests.Inbox;

public sealed class LeaseKeeperTests
{
    private static readonly LaneLease Lease = new(new LaneId(3), 17);

    private readonly ManualTimeProvider _time = new();
    private readonly FakeScheduler _scheduler = new();

    [Fact]
    public async Task Renewal_gives_a_lease_its_whole_time_again()
    {
        var keeper = Keeper();
        using var hold = keeper.Hold(Lease, CancellationToken.None);
        _time.Advance(TimeSpan.FromSeconds(10));
        hold.Remaining.ShouldBe(TimeSpan.FromSeconds(20));

        await keeper.RenewAsync(CancellationToken.None);

        hold.Remaining.ShouldBe(TimeSpan.FromSeconds(30));
        hold.Token.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact]
    public async Task Lost_lease_stops_its_work_and_no_other()
    {
        var keeper = Keeper();
        using var lost = keeper.Hold(Lease, CancellationToken.None);
        using var kept = keeper.Hold(Lease with { Token = 18 }, CancellationToken.None);
        _scheduler.Lost.Add(Lease);

        await keeper.RenewAsync(CancellationToken.None);

        lost.Token.IsCancellationRequested.ShouldBeTrue();
        kept.Token.IsCancellationRequested.ShouldBeFalse();
    }

    [Fact]
    public async Task Lease_that_could_not_be_renewed_is_kept_until_it_runs_out()
    {
        var keeper = Keeper();
        using var hold = keeper.Hold(Lease, CancellationToken.None);
        _scheduler.Failures = 2;
        _time.Advance(TimeSpan.FromSeconds(29));
        await keeper.RenewAsync(CancellationToken.None);
        hold.Token.IsCancellationRequested.ShouldBeFalse();

        _time.Advance(TimeSpan.FromSeconds(1));
        await keeper.RenewAsync(CancellationToken.None);

        hold.Token.IsCancellationRequested.ShouldBeTrue();
        hold.Remaining.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public async Task Renewals_run_every_ten_seconds_until_they_are_stopped()
    {
        var keeper = Keeper();
        using var hold = keeper.Hold(Lease, CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var running = keeper.RunAsync(stop.Token);
        await _time.WhenTimersAsync();
        _scheduler.Lost.Add(Lease);
        var lost = new TaskCompletionSource();
        await using var _ = hold.Token.Register(lost.SetResult);

        _time.Advance(TimeSpan.FromSeconds(9));
        lost.Task.IsCompleted.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(1));
        await lost.Task.WaitAsync(TimeSpan.FromSeconds(30));

        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(running);
    }

    [Fact]
    public async Task While_the_scheduler_is_away_it_is_asked_every_second_and_nothing_is_logged()
    {
        using var logs = new CapturedLogs();
        var keeper = new LeaseKeeper(_scheduler, _time, new LoggerFactory([logs]).CreateLogger<LeaseKeeper>());
        using var hold = keeper.Hold(Lease, CancellationToken.None);
        (_scheduler.Failures, _scheduler.Failure) = (3, static () => new SchedulerUnavailableException());
        using var stop = new CancellationTokenSource();
        var running = keeper.RunAsync(stop.Token);
        foreach (var seconds in (int[])[10, 1, 1, 1])
        {
            await _time.WhenTimersAsync();
            _time.Advance(TimeSpan.FromSeconds(seconds));
        }

        await _time.WhenTimersAsync();
        hold.Remaining.ShouldBe(TimeSpan.FromSeconds(30));
        hold.Token.IsCancellationRequested.ShouldBeFalse();
        logs.Lines.ShouldBeEmpty();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(running);
    }

    [Fact]
    public void Dropped_lease_is_not_held_and_may_be_lost_late()
    {
        var keeper = Keeper();
        var hold = keeper.Hold(Lease, CancellationToken.None);
        keeper.Held.ShouldBe(1);

        keeper.Drop(hold);

        keeper.Held.ShouldBe(0);
        Should.NotThrow(hold.Lose);
    }

    [Fact]
    public void Stop_of_the_worker_stops_the_work()
    {
        using var stop = new CancellationTokenSource();
        using var hold = Keeper().Hold(Lease, stop.Token);

        stop.Cancel();

        hold.Token.IsCancellationRequested.ShouldBeTrue();
    }

    [Theory]
    [InlineData("Embedded", 1, null)]
    [InlineData("external", 4096, null)]
    [InlineData("Both", 64, "Worker__Mode")]
    [InlineData("", 64, "Worker__Mode")]
    [InlineData("Embedded", 0, "Worker__Concurrency")]
    [InlineData("Embedded", 4097, "Worker__Concurrency")]
    [InlineData(null, 64, null)]
    public void Worker_settings_are_bounded(string? mode, int concurrency, string? complaint)
    {
        var result = new WorkerOptionsValidator().Validate(null, new WorkerOptions { Mode = mode, Concurrency = concurrency });

        result.Failed.ShouldBe(complaint is not null);
        (result.FailureMessage ?? "").ShouldContain(complaint ?? "");
    }

    private LeaseKeeper Keeper() => new(_scheduler, _time, NullLogger<LeaseKeeper>.Instance);
}
