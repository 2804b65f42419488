using System.Globalization;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Queue.Budgets;
using OpenClaw.Core.Redis;
using OpenClaw.Tests.Infrastructure;
using OpenClaw.Tests.Queue;

namespace OpenClaw.Tests.Redis;

public sealed class RedisBubbleBudgetTests : BubbleBudgetContract, IAsyncLifetime
{
    private RedisRig _rig = null!;
    private RedisBubbleBudgets _budgets = null!;

    protected override CoreFixture Fixture => _rig.Fixture;

    protected override IBubbleBudgets Budgets => _budgets;

    public async Task InitializeAsync()
    {
        _rig = await RedisRig.SharedAsync();
        _budgets = NewBudgets(await _rig.NewProcessUpAsync(), _rig);
    }

    public async Task DisposeAsync()
    {
        if (_rig is not null)
            await _rig.DisposeAsync();
    }

    [SkippableFact]
    public async Task Buckets_end_when_they_are_full_again_and_name_no_session()
    {
        Limits.BubblesPerHourPerChat = 60;
        Limits.BubblesPerHourPerSession = 60;

        await _budgets.TakeAsync(new LaneId(7), "a-name-of-somebody", BudgetUse.InTurn, CancellationToken.None);

        var keys = BucketKeys();
        keys.Count.ShouldBe(2);
        keys.ShouldAllBe(key => !key.Contains("somebody", StringComparison.Ordinal));
        keys.ShouldAllBe(key => (long)_rig.Server.Execute("TTL", key)! >= 1 && (long)_rig.Server.Execute("TTL", key)! <= 62);
    }

    [SkippableFact]
    public async Task Where_Redis_does_not_answer_the_buckets_of_the_database_count()
    {
        await using var rig = await RedisRig.OwnAsync();
        var process = await rig.NewProcessUpAsync();
        var limits = rig.Core.Get<IOptions<LimitsOptions>>().Value;
        limits.BubblesPerHourPerChat = 1;
        var budgets = NewBudgets(process, rig);

        await rig.Server.FreezeAsync();
        var frozen = await budgets.TakeAsync(new LaneId(7), "default", BudgetUse.AtOnce, CancellationToken.None);
        await rig.Server.KillAsync();
        await process.DownAsync();
        var gone = await budgets.TakeAsync(new LaneId(7), "default", BudgetUse.AtOnce, CancellationToken.None);

        (frozen.IsTaken, gone.IsTaken).ShouldBe((true, false));
        rig.Core.Number("SELECT COUNT(*) FROM bubble_budgets").ShouldBe(1);
    }

    protected override async Task<IBubbleBudgets> OtherProcessAsync() => NewBudgets(await _rig.NewProcessUpAsync(), _rig);

    protected override void Pass(TimeSpan duration)
    {
        foreach (var key in BucketKeys())
        {
            var at = long.Parse((string)_rig.Server.Execute("HGET", key, "a")!, CultureInfo.InvariantCulture) - (long)duration.TotalMicroseconds;
            _rig.Server.Execute("HSET", key, "a", at.ToString(CultureInfo.InvariantCulture));
        }

        base.Pass(duration);
    }

    private List<string> BucketKeys() => [.. _rig.Keys().Where(key => key.Contains(":budget:", StringComparison.Ordinal))];

    private static RedisBubbleBudgets NewBudgets(RedisProcess process, RedisRig rig) =>
        new(process.Connection, process.Keys, rig.Core.Get<SqlBubbleBudgets>(), rig.Core.Get<IOptions<LimitsOptions>>());
}
