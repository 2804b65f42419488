using OpenClaw.Core.Flow;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Queue;

/// <summary>What is stored about flow, and the work that waits for somebody.</summary>
public abstract class FlowContract(CoreFixture fixture) : TurnContract(fixture)
{
    private FlowStore Flow => Core.Get<FlowStore>();

    private Task<WaitingWork> WaitingAsync() => Core.Get<WorkBacklog>().LookAsync(Clock.Now - Seconds(120), CancellationToken.None);

    [Fact]
    public async Task The_later_of_each_fact_is_kept_whoever_notes_it()
    {
        var (early, late) = (Clock.Now, Clock.Now + Seconds(5));
        Flow.Read("default").ShouldBe(new StoredFlow(null, SessionFlow.None, null, null));

        await Flow.SaveAsync([("default", new SessionFlow(late, null, early, null, null))], CancellationToken.None);
        await Flow.SaveAsync([("default", new SessionFlow(early, early, late, null, null))], CancellationToken.None);

        Flow.Read("default").Flow.ShouldBe(new SessionFlow(late, early, late, null, null));
        Flow.Read("other").Flow.ShouldBe(SessionFlow.None);
    }

    [Fact]
    public async Task Work_that_nobody_takes_is_overdue_after_a_while_and_not_once_it_is_done()
    {
        (await WaitingAsync()).ShouldBe(new WaitingWork(null, 0));
        var since = Clock.Now;
        await ReceiveAsync("oi");
        (await WaitingAsync()).ShouldBe(new WaitingWork(since, 0));
        Clock.Advance(Seconds(121));
        (await WaitingAsync()).ShouldBe(new WaitingWork(since, 1));

        var lease = (await Core.Scheduler.LeaseAsync(1, CancellationToken.None)).Leases.Single();
        (await WaitingAsync()).ShouldBe(new WaitingWork(null, 0));
        await AnswerAsync(await BeginAsync(lease.Lane));
        await Core.Scheduler.ReleaseAsync(lease, null, CancellationToken.None);

        (await WaitingAsync()).ShouldBe(new WaitingWork(null, 0));
        Flow.Read("default").AcceptedAt.ShouldBe(Clock.Now);
    }

    [Fact]
    public async Task What_is_put_off_waits_for_a_known_reason_until_its_time()
    {
        await ReceiveAsync("oi");
        var lease = (await Core.Scheduler.LeaseAsync(1, CancellationToken.None)).Leases.Single();
        var due = Clock.Now + Seconds(600);
        await Core.Scheduler.ReleaseAsync(lease, due, CancellationToken.None);

        Clock.Advance(Seconds(599));
        (await WaitingAsync()).Since.ShouldBeNull();
        Clock.Advance(Seconds(122));

        (await WaitingAsync()).ShouldBe(new WaitingWork(due, 1));
    }
}

public sealed class SqliteFlowTests() : FlowContract(new CoreFixture());

public sealed class PostgresFlowTests() : FlowContract(new CoreFixture(Store.Postgres));
