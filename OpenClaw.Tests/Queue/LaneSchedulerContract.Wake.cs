using OpenClaw.Core.Queue;

namespace OpenClaw.Tests.Queue;

/// <summary>Who is woken by a signal, what a rolled back one leaves, and the race of two processes.</summary>
public abstract partial class LaneSchedulerContract
{
    [SkippableFact]
    public async Task A_signal_wakes_whoever_waits()
    {
        var waiting = Scheduler.WaitForSignalAsync(TimeSpan.FromHours(1), CancellationToken.None);
        var before = waiting.IsCompleted;

        await SignalAsync(A);

        before.ShouldBeFalse();
        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [SkippableFact]
    public async Task A_signal_before_the_wait_is_not_missed()
    {
        await SignalAsync(A);

        await Scheduler.WaitForSignalAsync(TimeSpan.FromHours(1), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
    }

    [SkippableFact]
    public async Task A_lane_that_is_released_with_work_wakes_whoever_waits()
    {
        await SignalAsync(A);
        await Scheduler.WaitForSignalAsync(TimeSpan.FromHours(1), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));
        var lease = await LeaseOneAsync();
        var waiting = Scheduler.WaitForSignalAsync(TimeSpan.FromHours(1), CancellationToken.None);

        await Scheduler.ReleaseAsync(lease, Now, CancellationToken.None);

        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [SkippableFact]
    public async Task A_wait_ends_by_itself_and_with_its_token()
    {
        await Scheduler.WaitForSignalAsync(TimeSpan.Zero, CancellationToken.None);
        await Scheduler.WaitForSignalAsync(TimeSpan.FromMilliseconds(1), CancellationToken.None);
        using var stop = new CancellationTokenSource();
        var waiting = Scheduler.WaitForSignalAsync(TimeSpan.FromHours(1), stop.Token);

        await stop.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(waiting);
    }

    [SkippableFact]
    public async Task A_signal_within_a_committed_unit_counts_from_its_announcement()
    {
        var waiting = Scheduler.WaitForSignalAsync(TimeSpan.FromHours(1), CancellationToken.None);

        await Database.WriteAsync(sql => Signal(sql, A), CancellationToken.None);
        Scheduler.Announce(A, Now);

        await waiting.WaitAsync(TimeSpan.FromSeconds(30));
        (await LeaseAsync()).ShouldBe([A]);
    }

    [SkippableFact]
    public async Task A_signal_within_a_unit_that_is_rolled_back_never_happened()
    {
        var unit = Database.WriteAsync<bool>(
            sql =>
            {
                Signal(sql, A);
                throw new InvalidOperationException("rolled back");
            },
            CancellationToken.None);
        await Should.ThrowAsync<InvalidOperationException>(unit);

        var batch = await Scheduler.LeaseAsync(10, CancellationToken.None);
        batch.Leases.ShouldBeEmpty();
        batch.NextReadyAt.ShouldBeNull();
    }

    [SkippableFact]
    public async Task Two_processes_never_hold_a_lane_at_once_and_none_is_forgotten()
    {
        const int Lanes = 120;
        const int Rounds = 3;
        var holders = new int[Lanes + 1];
        var rounds = new int[Lanes + 1];
        var clashes = 0;
        var left = Lanes * Rounds;
        for (var lane = 1; lane <= Lanes; lane++)
            await SignalAsync(new LaneId(lane));

        await Task.WhenAll(Enumerable.Range(0, 6).Select(worker => Task.Run(() => WorkAsync(worker % 2 == 0 ? Scheduler : Other))));

        clashes.ShouldBe(0);
        rounds[1..].ShouldAllBe(count => count == Rounds);
        (await LeaseAsync()).ShouldBeEmpty();

        async Task WorkAsync(ILaneScheduler scheduler)
        {
            while (Volatile.Read(ref left) > 0)
            {
                var batch = await scheduler.LeaseAsync(4, CancellationToken.None);
                foreach (var lease in batch.Leases)
                {
                    if (Interlocked.Increment(ref holders[lease.Lane.Value]) != 1)
                        Interlocked.Increment(ref clashes);
                    // Signalled while it is held: it must come back exactly once more.
                    if (Interlocked.Increment(ref rounds[lease.Lane.Value]) < Rounds)
                        await scheduler.SignalAsync(lease.Lane, Now, CancellationToken.None);
                    Interlocked.Decrement(ref holders[lease.Lane.Value]);
                    await scheduler.ReleaseAsync(lease, null, CancellationToken.None);
                    Interlocked.Decrement(ref left);
                }
            }
        }
    }
}
