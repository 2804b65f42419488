using Microsoft.Extensions.Options;
using OpenClaw.Core.Jobs;
using OpenClaw.Core.People;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Queue.DeadLetters;
using OpenClaw.Tests.Infrastructure;
using OpenClaw.Tests.Queue;

namespace OpenClaw.Tests.Jobs;

/// <summary>The steps that the contracts of scheduled jobs are written in.</summary>
public abstract class JobContract(CoreFixture fixture) : TurnContract(fixture)
{
    protected const string Kind = "reminder";
    protected const string Phone = "5511999990000";

    protected JobStore Store => Core.Get<JobStore>();

    protected PersonJobs Book => Core.Get<PersonJobs>();

    protected DeadLetterStore Letters => Core.Get<DeadLetterStore>();

    protected JobOptions Jobs => Core.Get<IOptions<JobOptions>>().Value;

    protected NewJob New(string text, double seconds) => new(Kind, Clock.Now + Seconds(seconds), new JobContent(text, "pt-BR", "America/Sao_Paulo"));

    protected async Task<(PersonScope Person, ChatScope Chat)> MariaWritesAsync()
    {
        var maria = await MariaAsync();
        var work = await BeginAsync(await ReceiveAsync("oi"));
        await AnswerAsync(work);
        await Core.ExecuteAsync("DELETE FROM outbox");
        return (maria.Scope, work.Chat);
    }

    protected Task<long?> ScheduleAsync((PersonScope Person, ChatScope Chat) owner, string text, double seconds = 0) =>
        Book.ScheduleAsync(owner.Person, owner.Chat, New(text, seconds), CancellationToken.None);

    protected Task<IReadOnlyList<DueJob>> TakeAsync(int limit = 10) => Store.TakeAsync(limit, CancellationToken.None);

    protected static JobPlan.Say Say(DueJob job, bool isLate) => new(new BubbleContent(job.ChatId!, "say " + job.Content!.Text, null), isLate);

    protected Task<JobOutcome> SayAsync(DueJob job) => Store.CarryOutAsync(job, Say(job, isLate: false), CancellationToken.None);

    protected async Task<List<JobOutcome>> SayAllAsync(bool isLate)
    {
        var outcomes = new List<JobOutcome>();
        foreach (var job in await TakeAsync())
            outcomes.Add(await Store.CarryOutAsync(job, Say(job, isLate), CancellationToken.None));
        return outcomes;
    }

    protected async Task<DeadLetterId> DieAsync()
    {
        var job = (await TakeAsync()).Single();
        (await Store.FailAsync(job, "unexpected", true, CancellationToken.None)).ShouldBe(JobOutcome.Dead);
        return new DeadLetterId("job", job.Id);
    }

    protected async Task<IEnumerable<string>> ListAsync((PersonScope Person, ChatScope Chat) owner) =>
        (await Book.ListAsync(owner.Person, owner.Chat, Kind, CancellationToken.None)).Select(job => $"{job.Number} {job.Standing} {job.Content.Text}");
}
