using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Storage;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Queue;

public abstract class ReconcilerContract(CoreFixture fixture) : TurnContract(fixture)
{
    private Reconciler Reconciler => Core.Get<Reconciler>();

    [Fact]
    public async Task Every_kind_of_unfinished_work_gets_its_signal_back()
    {
        var pending = await ReceiveAsync("pending", person: await Core.PersonAsync("5511900000001"));
        var running = await ReceiveAsync("running", person: await Core.PersonAsync("5511900000002"));
        await BeginAsync(running);
        var unsent = await ReceiveAsync("unsent", person: await Core.PersonAsync("5511900000003"));
        await CompleteAsync(await BeginAsync(unsent), "answer");
        var done = await ReceiveAsync("done", person: await Core.PersonAsync("5511900000004"));
        await AnswerAsync(await BeginAsync(done));
        await Core.ExecuteAsync("DELETE FROM lane_schedule");

        (await Reconciler.SignalAllAsync(CancellationToken.None)).ShouldBe(3);

        (await Core.Scheduler.LeaseAsync(10, CancellationToken.None)).Leases.Select(lease => lease.Lane).ShouldBe([pending, running, unsent], ignoreOrder: true);
    }

    [Fact]
    public async Task Lanes_that_are_signalled_or_leased_are_left_alone()
    {
        await ReceiveAsync("signalled", person: await Core.PersonAsync("5511900000001"));
        (await Reconciler.SignalAllAsync(CancellationToken.None)).ShouldBe(0);

        await Core.Scheduler.LeaseAsync(1, CancellationToken.None);
        (await Reconciler.SignalAllAsync(CancellationToken.None)).ShouldBe(0);
    }

    [Fact]
    public async Task A_lane_whose_turn_waits_for_its_backoff_is_signalled_for_then()
    {
        var work = await ReceiveAndBeginAsync("one");
        var failed = await FailAsync(work, Seconds(30));
        await Core.ExecuteAsync("DELETE FROM lane_schedule");

        await Reconciler.SignalAllAsync(CancellationToken.None);

        var batch = await Core.Scheduler.LeaseAsync(1, CancellationToken.None);
        batch.Leases.ShouldBeEmpty();
        batch.NextReadyAt.ShouldBe(failed.RetryAt);
    }

    [Fact]
    public async Task It_runs_at_start_and_survives_a_database_that_cannot_be_used()
    {
        var lane = await ReceiveAsync("pending");
        await Core.ExecuteAsync("DELETE FROM lane_schedule");
        using var reconciler = new Reconciler(new FailsOnce(Core.Database), Core.Scheduler, new HastyClock(), NullLogger<Reconciler>.Instance);

        await reconciler.StartAsync(CancellationToken.None);
        await Core.Scheduler.WaitForSignalAsync(TimeSpan.FromMinutes(1), CancellationToken.None);
        while ((await Core.Scheduler.LeaseAsync(1, CancellationToken.None)).Leases is not [{ } lease] || lease.Lane != lane)
            await Task.Yield();
        await reconciler.StopAsync(CancellationToken.None);

        reconciler.ExecuteTask!.IsCompletedSuccessfully.ShouldBeTrue();
    }

    /// <summary>Timers that run a thousand times faster.</summary>
    private sealed class HastyClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime / 1000, period / 1000);
    }

    private sealed class FailsOnce(IDatabase database) : IDatabase
    {
        private int _reads;

        public int PendingWrites => database.PendingWrites;

        public long RefusedForSpace => database.RefusedForSpace;

        public string? CheckIntegrity() => database.CheckIntegrity();

        public DateTimeOffset? ServerTime() => database.ServerTime();

        public Task<T> WriteInOrderAsync<T>(long stripe, Func<ISqlSession, T> unit, CancellationToken cancellationToken) => database.WriteInOrderAsync(stripe, unit, cancellationToken);

        public Task<T> WriteAsync<T>(Func<ISqlSession, T> unit, CancellationToken cancellationToken) => database.WriteAsync(unit, cancellationToken);

        public Task<T> WriteVolatileAsync<T>(Func<ISqlSession, T> unit, CancellationToken cancellationToken) => database.WriteVolatileAsync(unit, cancellationToken);

        public T Read<T>(Func<ISqlSession, T> query) => Interlocked.Increment(ref _reads) == 1
            ? throw new StorageUnavailableException(StorageFailure.Locked, new SqliteException("database is locked", 5))
            : database.Read(query);
    }
}
