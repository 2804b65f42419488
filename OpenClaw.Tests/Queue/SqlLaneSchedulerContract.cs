using OpenClaw.Core.Queue;
using OpenClaw.Core.Storage;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Queue;

/// <summary>The scheduler that is a table, over either engine.</summary>
public abstract class SqlLaneSchedulerContract(CoreFixture fixture) : LaneSchedulerContract, IDisposable
{
    private readonly CoreProcess _other = fixture.Start();

    protected override ILaneScheduler Scheduler => fixture.Core.Scheduler;

    protected override ILaneScheduler Other => _other.Scheduler;

    protected override IDatabase Database => fixture.Core.Database;

    protected override DateTimeOffset Now => fixture.Clock.Now;

    [Fact]
    public async Task The_one_process_of_a_data_directory_ends_all_leases_of_the_one_before()
    {
        await Scheduler.SignalAsync(new LaneId(1), Now, CancellationToken.None);
        await Scheduler.LeaseAsync(1, CancellationToken.None);
        await Scheduler.SignalAsync(new LaneId(1), Now + TimeSpan.FromHours(1), CancellationToken.None);

        await _other.Scheduler.EndAllLeasesAsync(CancellationToken.None);

        (await Other.LeaseAsync(1, CancellationToken.None)).Leases.Single().Lane.ShouldBe(new LaneId(1));
    }

    [Fact]
    public async Task Looking_for_work_while_there_is_none_commits_nothing()
    {
        await Scheduler.SignalAsync(new LaneId(1), Now + TimeSpan.FromHours(1), CancellationToken.None);
        var before = fixture.Core.Commits;

        for (var i = 0; i < 5; i++)
            (await Scheduler.LeaseAsync(1, CancellationToken.None)).Leases.ShouldBeEmpty();

        fixture.Core.Commits.ShouldBe(before);
    }

    public void Dispose()
    {
        fixture.Dispose();
        GC.SuppressFinalize(this);
    }

    protected override void Pass(TimeSpan duration) => fixture.Clock.Advance(duration);
}
