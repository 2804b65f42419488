using OpenClaw.Core.Queue;
using OpenClaw.Core.Storage;

namespace OpenClaw.Tests.Queue;

/// <summary>What every lane scheduler does, whatever it is made of.</summary>
public abstract partial class LaneSchedulerContract
{
    /// <summary>A server's clock goes on while a test runs, and the machine may be slow.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(5);

    private static readonly LaneId A = new(101);
    private static readonly LaneId B = new(102);
    private static readonly LaneId C = new(103);

    protected abstract ILaneScheduler Scheduler { get; }

    /// <summary>The scheduler of another process over the same lanes.</summary>
    protected abstract ILaneScheduler Other { get; }

    /// <summary>The database that the work lies in.</summary>
    protected abstract IDatabase Database { get; }

    /// <summary>Now, by the scheduler's clock.</summary>
    protected abstract DateTimeOffset Now { get; }

    /// <summary>Lets the scheduler's time pass.</summary>
    protected abstract void Pass(TimeSpan duration);

    [SkippableFact]
    public async Task A_signalled_lane_is_leased_once()
    {
        await SignalAsync(A);

        (await LeaseAsync()).ShouldBe([A]);
        (await LeaseAsync()).ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task Without_a_signal_nothing_is_leased_and_nothing_is_due()
    {
        var batch = await Scheduler.LeaseAsync(10, CancellationToken.None);

        batch.Leases.ShouldBeEmpty();
        batch.NextReadyAt.ShouldBeNull();
    }

    [SkippableFact]
    public async Task Two_signals_of_a_lane_are_one_lease()
    {
        await SignalAsync(A);
        await SignalAsync(A);

        var lease = await LeaseOneAsync();
        await Scheduler.ReleaseAsync(lease, null, CancellationToken.None);

        (await LeaseAsync()).ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task The_earlier_of_two_times_wins_in_either_order()
    {
        await SignalAsync(A, Seconds(600));
        await SignalAsync(A, Seconds(100));
        await SignalAsync(B, Seconds(100));
        await SignalAsync(B, Seconds(600));

        Pass(Seconds(101));

        (await LeaseAsync()).ShouldBe([A, B], ignoreOrder: true);
    }

    [SkippableFact]
    public async Task A_lane_whose_time_has_not_come_waits_and_its_time_is_told()
    {
        await SignalAsync(A, Seconds(200));
        await SignalAsync(B, Seconds(20));
        var due = Now + Seconds(20);

        var early = await Scheduler.LeaseAsync(10, CancellationToken.None);
        Pass(Seconds(20));
        var onTime = await Scheduler.LeaseAsync(10, CancellationToken.None);
        await Scheduler.ReleaseAsync(onTime.Leases.Single(), null, CancellationToken.None);
        var next = await Scheduler.LeaseAsync(10, CancellationToken.None);

        early.Leases.ShouldBeEmpty();
        early.NextReadyAt.ShouldNotBeNull().ShouldBe(due, Tolerance);
        onTime.Leases.Select(lease => lease.Lane).ShouldBe([B]);
        next.NextReadyAt.ShouldNotBeNull().ShouldBe(due + Seconds(180), Tolerance);
    }

    [SkippableFact]
    public async Task The_lane_that_is_ready_longest_comes_first()
    {
        await SignalAsync(A, Seconds(-1));
        await SignalAsync(B, Seconds(-3));
        await SignalAsync(C, Seconds(-2));

        (await LeaseAsync(1)).ShouldBe([B]);
        (await LeaseAsync(1)).ShouldBe([C]);
        (await LeaseAsync(1)).ShouldBe([A]);
    }

    [SkippableFact]
    public async Task No_more_lanes_are_leased_than_asked_for_and_the_rest_is_due_now()
    {
        await SignalAsync(A, Seconds(-3));
        await SignalAsync(B, Seconds(-2));
        await SignalAsync(C, Seconds(-1));

        var first = await Scheduler.LeaseAsync(2, CancellationToken.None);

        first.Leases.Select(lease => lease.Lane).ShouldBe([A, B], ignoreOrder: true);
        first.NextReadyAt.ShouldNotBeNull().ShouldBeLessThanOrEqualTo(Now);
        (await LeaseAsync(2)).ShouldBe([C]);
    }

    [SkippableFact]
    public async Task Lanes_that_are_ready_and_not_leased_are_told_with_their_time_longest_first()
    {
        await SignalAsync(A, Seconds(-100));
        await SignalAsync(B, Seconds(-300));
        await SignalAsync(C, Seconds(600));

        var ready = await Scheduler.ReadyAsync(10, CancellationToken.None);
        await LeaseAsync(1);

        ready.Select(lane => lane.Lane).ShouldBe([B, A]);
        ready[0].ReadyAt.ShouldBe(Now - Seconds(300), Tolerance);
        (await Scheduler.ReadyAsync(10, CancellationToken.None)).Select(lane => lane.Lane).ShouldBe([A]);
    }

    [SkippableFact]
    public async Task A_signal_during_a_lease_waits_for_the_release()
    {
        await SignalAsync(A);
        var lease = await LeaseOneAsync();

        await SignalAsync(A);
        var during = await LeaseAsync();
        await Scheduler.ReleaseAsync(lease, null, CancellationToken.None);

        during.ShouldBeEmpty();
        (await LeaseAsync()).ShouldBe([A]);
    }

    [SkippableFact]
    public async Task A_release_with_a_time_makes_the_lane_ready_then()
    {
        await SignalAsync(A);
        var lease = await LeaseOneAsync();

        await Scheduler.ReleaseAsync(lease, Now + Seconds(20), CancellationToken.None);
        var early = await LeaseAsync();
        Pass(Seconds(20));

        early.ShouldBeEmpty();
        (await LeaseAsync()).ShouldBe([A]);
    }

    [SkippableFact]
    public async Task Of_a_signal_during_the_lease_and_the_time_of_the_release_the_earlier_wins()
    {
        await SignalAsync(A);
        await SignalAsync(B);
        var leases = (await Scheduler.LeaseAsync(2, CancellationToken.None)).Leases;

        await SignalAsync(A);
        await SignalAsync(B, Seconds(60));
        foreach (var lease in leases)
            await Scheduler.ReleaseAsync(lease, Now + Seconds(20), CancellationToken.None);

        (await LeaseAsync()).ShouldBe([A]);
        Pass(Seconds(20));
        (await LeaseAsync()).ShouldBe([B]);
    }

    [SkippableFact]
    public async Task An_expired_lease_is_leased_again_with_a_new_token()
    {
        await SignalAsync(A);
        var lost = await LeaseOneAsync();

        Pass(Scheduler.LeaseDuration + Seconds(1));
        var again = await LeaseOneAsync(Other);

        again.Lane.ShouldBe(A);
        again.Token.ShouldNotBe(lost.Token);
    }

    [SkippableFact]
    public async Task An_expired_lease_is_ready_at_once_though_a_later_time_was_signalled_meanwhile()
    {
        await SignalAsync(A);
        await LeaseOneAsync();
        await SignalAsync(A, Seconds(3600));

        Pass(Scheduler.LeaseDuration + Seconds(1));

        (await LeaseAsync()).ShouldBe([A]);
    }

    [SkippableFact]
    public async Task A_renewed_lease_lasts_its_whole_duration_from_then_on()
    {
        await SignalAsync(A);
        var lease = await LeaseOneAsync();

        Pass(Scheduler.LeaseDuration - Seconds(10));
        var lost = await Scheduler.RenewAsync([lease], CancellationToken.None);
        Pass(Scheduler.LeaseDuration - Seconds(10));
        var held = await LeaseAsync();
        Pass(Seconds(11));

        lost.ShouldBeEmpty();
        held.ShouldBeEmpty();
        (await LeaseAsync()).ShouldBe([A]);
    }

    [SkippableFact]
    public async Task Renewing_tells_which_leases_were_lost_and_keeps_the_others()
    {
        await SignalAsync(A);
        var lost = await LeaseOneAsync();
        Pass(Scheduler.LeaseDuration + Seconds(1));
        var taken = await LeaseOneAsync(Other);
        await SignalAsync(B);
        var kept = await LeaseOneAsync();

        (await Scheduler.RenewAsync([lost, kept], CancellationToken.None)).ShouldBe([lost]);
        (await Other.RenewAsync([taken], CancellationToken.None)).ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task Releasing_a_lost_lease_does_not_touch_the_new_one()
    {
        await SignalAsync(A);
        var lost = await LeaseOneAsync();
        Pass(Scheduler.LeaseDuration + Seconds(1));
        var taken = await LeaseOneAsync(Other);

        await Scheduler.ReleaseAsync(lost, Now, CancellationToken.None);

        (await LeaseAsync()).ShouldBeEmpty();
        (await Other.RenewAsync([taken], CancellationToken.None)).ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task A_lease_that_was_given_back_cannot_be_renewed()
    {
        await SignalAsync(A);
        var lease = await LeaseOneAsync();

        await Scheduler.ReleaseAsync(lease, null, CancellationToken.None);

        (await Scheduler.RenewAsync([lease], CancellationToken.None)).ShouldBe([lease]);
    }

    [SkippableFact]
    public async Task The_end_of_a_foreign_lease_is_told_as_the_next_time()
    {
        await SignalAsync(A);
        await LeaseOneAsync();

        (await Other.LeaseAsync(1, CancellationToken.None)).NextReadyAt.ShouldNotBeNull().ShouldBe(Now + Scheduler.LeaseDuration, Tolerance);
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);

    private bool Signal(ISqlSession sql, LaneId lane)
    {
        Scheduler.SignalWithin(sql, lane, Now);
        return true;
    }

    private Task SignalAsync(LaneId lane, TimeSpan from = default) => Scheduler.SignalAsync(lane, Now + from, CancellationToken.None);

    private async Task<List<LaneId>> LeaseAsync(int max = 10) =>
        (await Scheduler.LeaseAsync(max, CancellationToken.None)).Leases.Select(lease => lease.Lane).ToList();

    private async Task<LaneLease> LeaseOneAsync(ILaneScheduler? scheduler = null) =>
        (await (scheduler ?? Scheduler).LeaseAsync(1, CancellationToken.None)).Leases.Single();
}
