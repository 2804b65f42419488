using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using OpenClaw.Core.Jobs;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Queue.DeadLetters;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Jobs;

/// <summary>Scheduled jobs in the store: taken once at their time, tried again, given up, replayed, forgotten, whoever works on them.</summary>
public abstract class JobStoreContract(CoreFixture fixture) : JobContract(fixture)
{
    [Fact]
    public async Task A_job_is_taken_at_its_time_and_said_once()
    {
        var owner = await MariaWritesAsync();
        (await ScheduleAsync(owner, "bolo", seconds: 60)).ShouldBe(1);
        (await Store.NextAsync(CancellationToken.None)).ShouldBe(Clock.Now + Seconds(60));
        (await TakeAsync()).ShouldBeEmpty();

        Clock.Advance(Seconds(60));
        var job = (await TakeAsync()).Single();
        (job.Content!.Text, job.ChatId, job.Attempts, job.Person.Person).ShouldBe(("bolo", "5511999990000@c.us", 1, owner.Person.Person));
        (await SayAsync(job)).ShouldBe(JobOutcome.Done);

        (await BeginAsync(owner.Chat.Lane)).Outbox.Select(bubble => (bubble.Content.Text, bubble.Kind)).ShouldBe([("say bolo", BubbleKind.Notice)]);
        (await SayAsync(job)).ShouldBe(JobOutcome.Lost);
        (await TakeAsync()).ShouldBeEmpty();
        BubbleStates().ShouldBe(["queued"]);
        (await Store.NextAsync(CancellationToken.None)).ShouldBeNull();
    }

    [Fact]
    public async Task What_it_is_about_is_not_readable_in_the_database()
    {
        var owner = await MariaWritesAsync();
        await ScheduleAsync(owner, "segredo", seconds: 60);

        var stored = Core.Database.Read(sql => sql.Query("SELECT payload_enc FROM scheduled_jobs", row => row.GetFieldValue<byte[]>(0))).Single();

        System.Text.Encoding.UTF8.GetString(stored).ShouldNotContain("segredo");
    }

    [Fact]
    public async Task A_process_that_is_killed_after_taking_leaves_the_job_to_the_next_and_comes_too_late_itself()
    {
        var owner = await MariaWritesAsync();
        await ScheduleAsync(owner, "bolo");
        var frozen = (await TakeAsync()).Single();
        (await TakeAsync()).ShouldBeEmpty();

        Clock.Advance(JobStore.Lease);
        var job = (await TakeAsync()).Single();
        (await SayAsync(frozen)).ShouldBe(JobOutcome.Lost);
        (await Store.FailAsync(frozen, "unexpected", true, CancellationToken.None)).ShouldBe(JobOutcome.Lost);
        (await Store.CarryOutAsync(frozen, new JobPlan.Wait(Clock.Now, "x"), CancellationToken.None)).ShouldBe(JobOutcome.Lost);

        (job.Attempts, job.Failures, job.Interruptions).ShouldBe((2, 0, 1));
        (await SayAsync(job)).ShouldBe(JobOutcome.Done);
        BubbleStates().ShouldBe(["queued"]);
    }

    [Fact]
    public async Task The_only_process_takes_at_its_start_what_the_one_before_had()
    {
        var owner = await MariaWritesAsync();
        await ScheduleAsync(owner, "bolo");
        await TakeAsync();

        await Fixture.Start().Get<JobStore>().EndAllLeasesAsync(CancellationToken.None);

        (await TakeAsync()).Single().Attempts.ShouldBe(2);
    }

    [Fact]
    public async Task What_a_process_gives_back_is_taken_by_another_at_once_without_an_attempt()
    {
        var owner = await MariaWritesAsync();
        await ScheduleAsync(owner, "bolo");
        await ScheduleAsync(owner, "leite");
        var taken = await TakeAsync();
        (await SayAsync(taken[0])).ShouldBe(JobOutcome.Done);

        await Store.GiveBackAsync(taken, CancellationToken.None);

        var job = (await Fixture.Start().Get<JobStore>().TakeAsync(10, CancellationToken.None)).Single();
        (job.Content!.Text, job.Attempts).ShouldBe(("leite", 1));
        // Whoever gave it back says it no more.
        (await SayAsync(taken[1])).ShouldBe(JobOutcome.Lost);
        BubbleStates().ShouldBe(["queued"]);
    }

    [Fact]
    public async Task Each_interruption_makes_the_wait_for_the_next_attempt_longer()
    {
        var owner = await MariaWritesAsync();
        await ScheduleAsync(owner, "bolo");
        await TakeAsync();
        Clock.Advance(JobStore.Lease);
        await TakeAsync();

        (await Store.NextAsync(CancellationToken.None)).ShouldBe(Clock.Now + (2 * JobStore.Lease));
    }

    [Fact]
    public async Task A_failure_is_tried_again_ever_later_and_is_a_dead_letter_in_the_end()
    {
        var owner = await MariaWritesAsync();
        await ScheduleAsync(owner, "bolo");
        var pauses = new List<double>();
        for (var i = 1; i < JobStore.MaxFailures; i++)
        {
            (await Store.FailAsync((await TakeAsync()).Single(), "unexpected", false, CancellationToken.None)).ShouldBe(JobOutcome.Waits);
            var next = (await Store.NextAsync(CancellationToken.None))!.Value;
            pauses.Add((next - Clock.Now).TotalSeconds);
            Clock.Advance(next - Clock.Now);
        }

        (await Store.FailAsync((await TakeAsync()).Single(), "unexpected", false, CancellationToken.None)).ShouldBe(JobOutcome.Dead);

        pauses.ShouldBe([5, 20, 80, 320]);
        (await Store.NextAsync(CancellationToken.None)).ShouldBeNull();
        var letter = Letters.List(new DeadLetterFilter(Kind: "job"), null, 10).Items.Single();
        (letter.Reason, letter.Attempts, letter.Replays, letter.Session, letter.DiedAt).ShouldBe(("unexpected", 5, 0, "default", Clock.Now));
        Letters.Open(letter.Id)!.Messages.Select(message => (message.Text, message.ChatId, message.Sender)).ShouldBe([("bolo", "5511999990000@c.us", (string?)null)]);
        Letters.Count().ShouldBe(new Dictionary<string, long> { ["turn"] = 0, ["bubble"] = 0, ["job"] = 1 }, ignoreOrder: true);
    }

    [Fact]
    public async Task Waiting_is_no_attempt()
    {
        var owner = await MariaWritesAsync();
        await ScheduleAsync(owner, "bolo");

        (await Store.CarryOutAsync((await TakeAsync()).Single(), new JobPlan.Wait(Clock.Now + Seconds(60), "account_red"), CancellationToken.None)).ShouldBe(JobOutcome.Waits);
        (await TakeAsync()).ShouldBeEmpty();
        Clock.Advance(Seconds(60));

        var job = (await TakeAsync()).Single();
        (job.Attempts, job.Interruptions).ShouldBe((1, 0));
    }

    [Fact]
    public async Task What_nobody_can_read_any_more_is_taken_without_content_and_not_replayed()
    {
        var owner = await MariaWritesAsync();
        await ScheduleAsync(owner, "bolo");
        await Core.Get<OpenClaw.Core.Storage.KeysDatabase>().Database.WriteAsync(
            sql => sql.Execute("UPDATE data_keys SET destroyed_at = 1, wrapped = @gone WHERE key_id = @key", ("@gone", Array.Empty<byte>()), ("@key", owner.Person.Key.Value)), CancellationToken.None);
        // Its cache of unwrapped keys is empty.
        var other = Fixture.Start();

        var job = (await other.Get<JobStore>().TakeAsync(10, CancellationToken.None)).Single();
        job.Content.ShouldBeNull();
        await other.Get<JobStore>().FailAsync(job, "unreadable", true, CancellationToken.None);

        var letters = other.Get<DeadLetterStore>();
        var letter = letters.List(new DeadLetterFilter(), null, 10).Items.Single().Id;
        Should.Throw<CryptographicException>(() => letters.Open(letter));
        (await letters.ReplayAsync(letter, CancellationToken.None)).ShouldBe(DeadLetterOutcome.Unreadable);
        (await letters.DiscardAsync(letter, CancellationToken.None)).ShouldBe(DeadLetterOutcome.Done);
    }

    [Fact]
    public async Task A_replayed_job_is_said_once_with_fresh_attempts()
    {
        var owner = await MariaWritesAsync();
        await ScheduleAsync(owner, "bolo");
        var letter = await DieAsync();

        (await Letters.ReplayAsync(letter, CancellationToken.None)).ShouldBe(DeadLetterOutcome.Done);
        (await Letters.ReplayAsync(letter, CancellationToken.None)).ShouldBe(DeadLetterOutcome.AlreadyReplayed);

        var job = (await TakeAsync()).Single();
        (job.Attempts, job.Failures).ShouldBe((1, 0));
        (await SayAsync(job)).ShouldBe(JobOutcome.Done);
        (await Letters.ReplayAsync(letter, CancellationToken.None)).ShouldBe(DeadLetterOutcome.AlreadyReplayed);
        BubbleStates().ShouldBe(["queued"]);
    }

    [Fact]
    public async Task What_is_discarded_keeps_its_reason_and_loses_its_text()
    {
        var owner = await MariaWritesAsync();
        await ScheduleAsync(owner, "bolo");
        var letter = await DieAsync();

        (await Letters.DiscardAsync(letter, CancellationToken.None)).ShouldBe(DeadLetterOutcome.Done);

        (await Letters.DiscardAsync(letter, CancellationToken.None)).ShouldBe(DeadLetterOutcome.AlreadyDiscarded);
        (await Letters.ReplayAsync(letter, CancellationToken.None)).ShouldBe(DeadLetterOutcome.AlreadyDiscarded);
        Core.Texts("SELECT state || ':' || reason FROM scheduled_jobs WHERE payload_enc IS NULL").ShouldBe(["discarded:unexpected"]);
        (await Letters.ReplayAsync(new DeadLetterId("job", 999), CancellationToken.None)).ShouldBe(DeadLetterOutcome.NotFound);
    }

    [Fact]
    public async Task Of_many_that_take_at_once_one_gets_a_job()
    {
        var owner = await MariaWritesAsync();
        for (var i = 1; i <= 20; i++)
            await ScheduleAsync(owner, "r" + i);
        var other = Fixture.Start();

        var taken = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(() => (i % 2 == 0 ? Core : other).Get<JobStore>().TakeAsync(7, CancellationToken.None))));

        var jobs = taken.SelectMany(batch => batch).ToList();
        jobs.Select(job => job.Id).Distinct().Count().ShouldBe(jobs.Count);
        jobs.ShouldAllBe(job => job.Attempts == 1);
    }

    [Fact]
    public async Task Of_cancelling_and_saying_at_once_one_happens()
    {
        var owner = await MariaWritesAsync();
        var other = Fixture.Start();
        for (var i = 1; i <= 8; i++)
        {
            var number = (await ScheduleAsync(owner, "r" + i))!.Value;
            var job = (await TakeAsync()).Single();

            var cancel = Task.Run(() => other.Get<PersonJobs>().CancelAsync(owner.Person, owner.Chat, Kind, number, CancellationToken.None));
            var say = Task.Run(() => SayAsync(job));

            ((await cancel) is not null).ShouldBe(await say == JobOutcome.Lost);
        }

        BubbleStates().Count.ShouldBe((int)Core.Number("SELECT COUNT(*) FROM scheduled_jobs WHERE state = 'done'"));
    }

    [Fact]
    public async Task Of_many_replays_at_once_exactly_one_is_done()
    {
        var owner = await MariaWritesAsync();
        await ScheduleAsync(owner, "bolo");
        var letter = await DieAsync();
        var other = Fixture.Start();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(
            () => (i % 2 == 0 ? Core : other).Get<DeadLetterStore>().ReplayAsync(letter, CancellationToken.None))));

        outcomes.Count(outcome => outcome == DeadLetterOutcome.Done).ShouldBe(1);
        outcomes.Count(outcome => outcome == DeadLetterOutcome.AlreadyReplayed).ShouldBe(7);
        Core.Number("SELECT replays FROM scheduled_jobs").ShouldBe(1);
    }

    [Fact]
    public async Task What_ended_is_deleted_after_a_day_and_dead_letters_stay()
    {
        var owner = await MariaWritesAsync();
        await ScheduleAsync(owner, "dead");
        await DieAsync();
        await ScheduleAsync(owner, "done");
        await SayAllAsync(isLate: false);
        var work = await BeginAsync(owner.Chat.Lane);
        await ScheduleAsync(owner, "cancelled", 60);
        await Book.CancelAsync(owner.Person, owner.Chat, Kind, 3, CancellationToken.None);
        Core.Number("SELECT COUNT(*) FROM scheduled_jobs WHERE state = 'cancelled' AND payload_enc IS NULL").ShouldBe(1);
        await ScheduleAsync(owner, "waits", 3 * 86_400);
        var pruner = new JobPruner(Core.Database, Clock, NullLogger<JobPruner>.Instance);

        Clock.Advance(PersonJobs.EndedKept);
        (await pruner.PruneAsync(CancellationToken.None)).ShouldBe(0);
        Clock.Advance(Seconds(1));
        // The bubble of the one that is done waits yet.
        (await pruner.PruneAsync(CancellationToken.None)).ShouldBe(1);
        await Core.Outbox.ClaimAsync(work, new BubbleClaim(work.Outbox[0].Id, Clock.Now + Seconds(10)), CancellationToken.None);
        await AcceptAsync(work, work.Outbox[0], "RAW1");
        (await pruner.PruneAsync(CancellationToken.None)).ShouldBe(1);

        Core.Texts("SELECT state FROM scheduled_jobs ORDER BY job_id").ShouldBe(["dead", "scheduled"]);
    }
}

public sealed class SqliteJobStoreTests() : JobStoreContract(new CoreFixture());

public sealed class PostgresJobStoreTests() : JobStoreContract(new CoreFixture(OpenClaw.Tests.Infrastructure.Store.Postgres));
