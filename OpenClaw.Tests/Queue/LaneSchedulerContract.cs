using OpenClaw.Core.Queue;
using OpenClaw.Core.Storage;

namespace OpenClaw.Tests.Queue;

/// <summary>What every lane scheduler does, whatever it is made of.</summary>
public abstract partial class LaneSchedulerContract
{
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

    [Fact]
    public async Task A_signalled_lane_is_leased_once()
    {
        await SignalAsync(A);

        (await LeaseAsync()).ShouldBe([A]);
        (await LeaseAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_a_signal_nothing_is_leased_and_nothing_is_due()
    {
        var batch = await Scheduler.LeaseAsync(10, CancellationToken.None);

        batch.Leases.ShouldBeEmpty();
        batch.NextReadyAt.ShouldBeNull();
    }

    [Fact]
    public async Task Two_signals_of_a_lane_are_one_lease()
    {
        await SignalAsync(A);
        await SignalAsync(A);

        var lease = await LeaseOneAsync();
        await Scheduler.ReleaseAsync(lease, null, CancellationToken.None);

        (await LeaseAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_earlier_of_two_times_wins_in_either_order()
    {
        await SignalAsync(A, Seconds(60));
        await SignalAsync(A, Seconds(10));
        await SignalAsync(B, Seconds(10));
        await SignalAsync(B, Seconds(60));

        Pass(Seconds(11));

        (await LeaseAsync()).ShouldBe([A, B], ignoreOrder: true);
    }

    [Fact]
    public async Task A_lane_whose_time_has_not_come_waits_and_its_time_is_told()
    {
        await SignalAsync(A, Seconds(20));
        await SignalAsync(B, Seconds(10));
        var due = Now + Seconds(10);

        var early = await Scheduler.LeaseAsync(10, CancellationToken.None);
        Pass(Seconds(10));
        var onTime = await Scheduler.LeaseAsync(10, CancellationToken.None);

        early.Leases.ShouldBeEmpty();
        early.NextReadyAt.ShouldBe(due);
        onTime.Leases.Select(lease => lease.Lane).ShouldBe([B]);
        onTime.NextReadyAt.ShouldBe(due + Seconds(10));
    }

    [Fact]
    public async Task The_lane_that_is_ready_longest_comes_first()
    {
        await SignalAsync(A, Seconds(-1));
        await SignalAsync(B, Seconds(-3));
        await SignalAsync(C, Seconds(-2));

        (await LeaseAsync(1)).ShouldBe([B]);
        (await LeaseAsync(1)).ShouldBe([C]);
        (await LeaseAsync(1)).ShouldBe([A]);
    }

    [Fact]
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

    [Fact]
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

    [Fact]
    public async Task A_release_with_a_time_makes_the_lane_ready_then()
    {
        await SignalAsync(A);
        var lease = await LeaseOneAsync();

        await Scheduler.ReleaseAsync(lease, Now + Seconds(5), CancellationToken.None);
        var early = await LeaseAsync();
        Pass(Seconds(5));

        early.ShouldBeEmpty();
        (await LeaseAsync()).ShouldBe([A]);
    }

    [Fact]
    public async Task Of_a_signal_during_the_lease_and_the_time_of_the_release_the_earlier_wins()
    {
        await SignalAsync(A);
        await SignalAsync(B);
        var leases = (await Scheduler.LeaseAsync(2, CancellationToken.None)).Leases;

        await SignalAsync(A);
        await SignalAsync(B, Seconds(60));
        foreach (var lease in leases)
            await Scheduler.ReleaseAsync(lease, Now + Seconds(5), CancellationToken.None);

        (await LeaseAsync()).ShouldBe([A]);
        Pass(Seconds(5));
        (await LeaseAsync()).ShouldBe([B]);
    }

    [Fact]
    public async Task An_expired_lease_is_leased_again_with_a_new_token()
    {
        await SignalAsync(A);
        var lost = await LeaseOneAsync();

        Pass(Scheduler.LeaseDuration + Seconds(1));
        var again = await LeaseOneAsync(Other);

        again.Lane.ShouldBe(A);
        again.Token.ShouldNotBe(lost.Token);
    }

    [Fact]
    public async Task An_expired_lease_is_ready_at_once_though_a_later_time_was_signalled_meanwhile()
    {
        await SignalAsync(A);
        await LeaseOneAsync();
        await SignalAsync(A, Seconds(3600));

        Pass(Scheduler.LeaseDuration + Seconds(1));

        (await LeaseAsync()).ShouldBe([A]);
    }

    [Fact]
    public async Task A_renewed_lease_lasts_its_whole_duration_from_then_on()
    {
        await SignalAsync(A);
        var lease = await LeaseOneAsync();

        Pass(Scheduler.LeaseDuration - Seconds(1));
        var lost = await Scheduler.RenewAsync([lease], CancellationToken.None);
        Pass(Scheduler.LeaseDuration - Seconds(1));
        var held = await LeaseAsync();
        Pass(Seconds(2));

        lost.ShouldBeEmpty();
        held.ShouldBeEmpty();
        (await LeaseAsync()).ShouldBe([A]);
    }

    [Fact]
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

    [Fact]
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

    [Fact]
    public async Task A_lease_that_was_given_back_cannot_be_renewed()
    {
        await SignalAsync(A);
        var lease = await LeaseOneAsync();

        await Scheduler.ReleaseAsync(lease, null, CancellationToken.None);

        (await Scheduler.RenewAsync([lease], CancellationToken.None)).ShouldBe([lease]);
    }

    [Fact]
    public async Task The_end_of_a_foreign_lease_is_told_as_the_next_time()
    {
        await SignalAsync(A);
        await LeaseOneAsync();

        (await Other.LeaseAsync(1, CancellationToken.None)).NextReadyAt.ShouldBe(Now + Scheduler.LeaseDuration);
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
