using Microsoft.Extensions.Logging;
using OpenClaw.Core.Redis;
using OpenClaw.Core.Storage;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Redis;

public sealed class SharedClockTests : IAsyncLifetime
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Close = TimeSpan.FromSeconds(5);
    private RedisRig _rig = null!;

    public async Task InitializeAsync() => _rig = await RedisRig.SharedAsync();

    public async Task DisposeAsync()
    {
        if (_rig is not null)
            await _rig.DisposeAsync();
    }

    [SkippableFact]
    public async Task Processes_whose_clocks_are_a_minute_off_agree_and_are_told_once()
    {
        var (ahead, behind) = (await _rig.NewProcessUpAsync(), await _rig.NewProcessUpAsync());
        using var one = Clock(ahead, new ClockAt(DateTimeOffset.UtcNow + Minute));
        using var two = Clock(behind, new ClockAt(DateTimeOffset.UtcNow - Minute));
        await Task.WhenAll(one.Measured, two.Measured).WaitAsync(_rig.Patience);

        one.GetUtcNow().ShouldBe(two.GetUtcNow(), Close);
        one.GetUtcNow().ShouldBe(DateTimeOffset.UtcNow, Close);
        one.Offset.ShouldBe(-Minute, Close);
        two.Offset.ShouldBe(Minute, Close);
        Warnings(ahead).ShouldHaveSingleItem().ShouldContain("NTP");
        Warnings(behind).ShouldHaveSingleItem();
    }

    [SkippableFact]
    public async Task Good_clock_is_left_alone()
    {
        var process = await _rig.NewProcessUpAsync();
        using var clock = Clock(process, TimeProvider.System);
        await clock.Measured.WaitAsync(_rig.Patience);

        clock.Offset.ShouldBe(TimeSpan.Zero);
        Warnings(process).ShouldBeEmpty();
    }

    [SkippableFact]
    public async Task Start_goes_by_the_shared_clock_and_waits_for_no_absent_Redis()
    {
        var present = await _rig.NewProcessUpAsync();
        using var clock = Clock(present, new ClockAt(DateTimeOffset.UtcNow + Minute));
        await clock.SettleAsync(_rig.Core.Database, _rig.Patience);
        clock.GetUtcNow().ShouldBe(DateTimeOffset.UtcNow, Close);

        await using var rig = RedisRig.Absent();
        using var alone = Clock(rig.NewProcess(), TimeProvider.System);
        await alone.SettleAsync(rig.Core.Database, _rig.Patience);
        alone.Offset.ShouldBe(TimeSpan.Zero);
    }

    [SkippableFact]
    public async Task Timers_and_durations_stay_the_inner_clocks_own()
    {
        var process = await _rig.NewProcessUpAsync();
        var inner = new ManualTimeProvider();
        using var clock = Clock(process, inner);
        await clock.Measured.WaitAsync(_rig.Patience);
        var fired = 0;
        await using var timer = clock.CreateTimer(_ => fired++, null, Minute, Minute);
        var start = clock.GetTimestamp();

        inner.Advance(Minute);

        fired.ShouldBe(1);
        clock.GetElapsedTime(start).ShouldBe(Minute);
        clock.LocalTimeZone.ShouldBe(inner.LocalTimeZone);
    }

    [SkippableFact]
    public async Task Database_server_stands_in_while_Redis_cannot_be_asked()
    {
        await using var rig = RedisRig.Absent();
        var process = rig.NewProcess();
        using var clock = Clock(process, TimeProvider.System);
        await clock.SettleAsync(new DatabaseWithClock(rig.Core.Database, () => DateTimeOffset.UtcNow - Minute), _rig.Patience);
        clock.Offset.ShouldBe(-Minute, Close);

        await rig.Server.RestartAsync();
        await Eventually.TrueAsync(() => clock.Offset == TimeSpan.Zero, _rig.Patience);
    }

    private static SharedClock Clock(RedisProcess process, TimeProvider inner) => new(inner, process.Connection, process.Logger<SharedClock>());

    private static List<string> Warnings(RedisProcess process) => process.Logs.Lines.Where(line => line.Contains("SharedClock", StringComparison.Ordinal)).ToList();

    private sealed class DatabaseWithClock(IDatabase database, Func<DateTimeOffset> now) : IDatabase
    {
        public int PendingWrites => database.PendingWrites;

        public long RefusedForSpace => database.RefusedForSpace;

        public string? CheckIntegrity() => database.CheckIntegrity();

        public DateTimeOffset? ServerTime() => now();

        public T Read<T>(Func<ISqlSession, T> query) => database.Read(query);

        public Task<T> WriteAsync<T>(Func<ISqlSession, T> unit, CancellationToken cancellationToken) => database.WriteAsync(unit, cancellationToken);

        public Task<T> WriteInOrderAsync<T>(long stripe, Func<ISqlSession, T> unit, CancellationToken cancellationToken) => database.WriteInOrderAsync(stripe, unit, cancellationToken);

        public Task<T> WriteVolatileAsync<T>(Func<ISqlSession, T> unit, CancellationToken cancellationToken) => database.WriteVolatileAsync(unit, cancellationToken);
    }
}
