using OpenClaw.Core.Jobs;
using OpenClaw.Core.People;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Queue.DeadLetters;
using OpenClaw.Tests.Infrastructure;
using OpenClaw.Tests.Queue;

namespace OpenClaw.Tests.Jobs;

/// <summary>A sweep over given up jobs, beside a runner that takes each of them as soon as it is back.</summary>
public abstract class ReplayedJobsContract(CoreFixture fixture) : TurnContract(fixture)
{
    private JobStore Store => Core.Get<JobStore>();

    [Fact]
    public async Task Of_all_that_are_replayed_the_longest_due_is_said_first_though_it_was_set_last()
    {
        var owner = await MariaWritesAsync();
        await ScheduleAsync(owner, "third", 60);
        await ScheduleAsync(owner, "second", 40);
        await ScheduleAsync(owner, "first", 20);
        Clock.Advance(Seconds(60));
        foreach (var job in await TakeAsync())
            (await Store.FailAsync(job, "unexpected", giveUp: true, CancellationToken.None)).ShouldBe(JobOutcome.Dead);
        var jobs = Core.Get<IEnumerable<IDeadLetterKind>>().Single(kind => kind.Name == "job");
        var letters = new DeadLetterStore(Core.Database, [new BesideRunner(jobs, SayDueAsync)], Clock);

        var sweep = await letters.ReplayAllAsync(new DeadLetterFilter(), CancellationToken.None);

        (sweep.Replayed, sweep.Refused.Count).ShouldBe((3, 0));
        (await BeginAsync(owner.Chat.Lane)).Outbox.Select(bubble => bubble.Content.Text).ShouldBe(["first", "second", "third"]);
    }

    private async Task<(PersonScope Person, ChatScope Chat)> MariaWritesAsync()
    {
        var maria = await MariaAsync();
        var work = await BeginAsync(await ReceiveAsync("oi"));
        await AnswerAsync(work);
        await Core.ExecuteAsync("DELETE FROM outbox");
        return (maria.Scope, work.Chat);
    }

    private async Task ScheduleAsync((PersonScope Person, ChatScope Chat) owner, string text, double seconds) =>
        (await Core.Get<PersonJobs>().ScheduleAsync(
            owner.Person, owner.Chat, new NewJob("reminder", Clock.Now + Seconds(seconds), new JobContent(text, "pt-BR", "America/Sao_Paulo")), CancellationToken.None)).ShouldNotBeNull();

    private Task<IReadOnlyList<DueJob>> TakeAsync() => Store.TakeAsync(10, CancellationToken.None);

    private async Task SayDueAsync()
    {
        foreach (var job in await TakeAsync())
            (await Store.CarryOutAsync(job, new JobPlan.Say(new BubbleContent(job.ChatId!, job.Content!.Text, null), true), CancellationToken.None)).ShouldBe(JobOutcome.Done);
    }

    private sealed class BesideRunner(IDeadLetterKind jobs, Func<Task> run) : IDeadLetterKind
    {
        public string Name => jobs.Name;

        public string Rows => jobs.Rows;

        public DeadLetterPayload? Open(long row) => jobs.Open(row);

        public async Task<DeadLetterOutcome> ReplayAsync(long row, CancellationToken cancellationToken)
        {
            var outcome = await jobs.ReplayAsync(row, cancellationToken);
            await run();
            return outcome;
        }

        public Task<DeadLetterOutcome> DiscardAsync(long row, CancellationToken cancellationToken) => jobs.DiscardAsync(row, cancellationToken);
    }
}

public sealed class SqliteReplayedJobsTests() : ReplayedJobsContract(new CoreFixture());

public sealed class PostgresReplayedJobsTests() : ReplayedJobsContract(new CoreFixture(Infrastructure.Store.Postgres));
