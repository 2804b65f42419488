using Microsoft.Extensions.Options;
using OpenClaw.Core.Jobs;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Queue.DeadLetters;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Jobs;

/// <summary>Scheduled jobs as people see them: their own reminders by number, what a chat is told late, what becomes of what is said.</summary>
public abstract class JobChatContract(CoreFixture fixture) : JobContract(fixture)
{
    [Fact]
    public async Task A_chat_in_which_nobody_wrote_is_a_dead_letter_and_hears_nothing()
    {
        var maria = await MariaAsync();
        var lane = await Core.Lanes.EnsureAsync("default", maria, null, Phone + "@c.us", CancellationToken.None);
        await ScheduleAsync((maria.Scope, new ChatScope(lane, "default", maria.Key, false)), "bolo");

        (await SayAsync((await TakeAsync()).Single())).ShouldBe(JobOutcome.Dead);

        Letters.List(new DeadLetterFilter(Reason: "never_wrote"), null, 10).Items.Single().Id.Kind.ShouldBe("job");
        BubbleStates().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_chat_is_told_so_many_late_ones_a_minute_and_the_rest_follows_in_order()
    {
        Jobs.CatchUpPerMinutePerChat = 2;
        var owner = await MariaWritesAsync();
        for (var i = 1; i <= 5; i++)
            await ScheduleAsync(owner, "r" + i);

        var rounds = new List<int>();
        for (var round = 0; round < 3; round++)
        {
            rounds.Add((await SayAllAsync(isLate: true)).Count(outcome => outcome == JobOutcome.Done));
            Clock.Advance(Seconds(60));
        }

        rounds.ShouldBe([2, 2, 1]);
        (await BeginAsync(owner.Chat.Lane)).Outbox.Select(bubble => bubble.Content.Text).ShouldBe(["say r1", "say r2", "say r3", "say r4", "say r5"]);
    }

    [Fact]
    public async Task What_is_on_time_is_said_whatever_is_caught_up()
    {
        Jobs.CatchUpPerMinutePerChat = 1;
        var owner = await MariaWritesAsync();
        await ScheduleAsync(owner, "late");
        await SayAllAsync(isLate: true);
        await ScheduleAsync(owner, "a");
        await ScheduleAsync(owner, "b");

        (await SayAllAsync(isLate: false)).ShouldBe([JobOutcome.Done, JobOutcome.Done]);
    }

    [Fact]
    public async Task Late_ones_of_two_processes_at_once_do_not_exceed_the_limit()
    {
        Jobs.CatchUpPerMinutePerChat = 3;
        var owner = await MariaWritesAsync();
        for (var i = 1; i <= 12; i++)
            await ScheduleAsync(owner, "r" + i);
        var other = Fixture.Start();
        other.Get<IOptions<JobOptions>>().Value.CatchUpPerMinutePerChat = 3;
        var jobs = await TakeAsync(12);

        var outcomes = await Task.WhenAll(jobs.Select((job, i) => Task.Run(() => (i % 2 == 0 ? Core : other).Get<JobStore>().CarryOutAsync(job, Say(job, isLate: true), CancellationToken.None))));

        outcomes.Count(outcome => outcome == JobOutcome.Done).ShouldBe(3);
        outcomes.Count(outcome => outcome == JobOutcome.Waits).ShouldBe(9);
        BubbleStates().Count.ShouldBe(3);
    }

    [Fact]
    public async Task Numbers_are_a_persons_own_also_when_many_are_set_at_once()
    {
        var owner = await MariaWritesAsync();
        var other = Fixture.Start();

        var numbers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(
            () => (i % 2 == 0 ? Core : other).Get<PersonJobs>().ScheduleAsync(owner.Person, owner.Chat, New("r" + i, 60), CancellationToken.None))));

        numbers.Order().ShouldBe(Enumerable.Range(1, 12).Select(number => (long?)number));
    }

    [Fact]
    public async Task There_is_an_end_to_how_many_one_may_have()
    {
        var owner = await MariaWritesAsync();
        for (var i = 0; i < PersonJobs.Most; i++)
            (await ScheduleAsync(owner, "r", 60)).ShouldNotBeNull();

        (await ScheduleAsync(owner, "one more", 60)).ShouldBeNull();
        await Book.CancelAsync(owner.Person, owner.Chat, Kind, 1, CancellationToken.None);
        (await ScheduleAsync(owner, "one more", 60)).ShouldBe(PersonJobs.Most + 1);
    }

    [Fact]
    public async Task In_a_group_everybody_has_reminders_of_ones_own()
    {
        const string group = "120363000000000001";
        var maria = await MariaAsync();
        var bruno = await Core.PersonAsync("5521912345678");
        var lane = await ReceiveAsync("oi", group: group);
        await ReceiveAsync("oi", person: bruno, group: group);
        var chat = (await BeginAsync(lane)).Chat;
        await ScheduleAsync((maria.Scope, chat), "de maria", 60);
        await ScheduleAsync((bruno.Scope, chat), "de bruno", 60);

        (await ListAsync((bruno.Scope, chat))).ShouldBe(["1 Scheduled de bruno"]);
        (await Book.CancelAsync(bruno.Scope, chat, Kind, 1, CancellationToken.None))!.Content.Text.ShouldBe("de bruno");

        (await ListAsync((bruno.Scope, chat))).ShouldBeEmpty();
        (await ListAsync((maria.Scope, chat))).ShouldBe(["1 Scheduled de maria"]);
        Clock.Advance(Seconds(60));
        (await TakeAsync()).Single().ChatId.ShouldBe(group + "@g.us");
    }

    [Fact]
    public async Task Delivered_is_said_from_the_ack_of_the_device_on()
    {
        var owner = await MariaWritesAsync();
        await ScheduleAsync(owner, "bolo");
        var seen = new List<string>();
        seen.AddRange(await ListAsync(owner));
        await SayAllAsync(isLate: false);
        seen.AddRange(await ListAsync(owner));
        var work = await BeginAsync(owner.Chat.Lane);
        await Core.Outbox.ClaimAsync(work, new BubbleClaim(work.Outbox[0].Id, Clock.Now + Seconds(10)), CancellationToken.None);
        await AcceptAsync(work, work.Outbox[0], "RAW1");
        seen.AddRange(await ListAsync(owner));
        await Core.ExecuteAsync("UPDATE outbox SET ack = 1");
        seen.AddRange(await ListAsync(owner));
        await Core.ExecuteAsync("UPDATE outbox SET ack = 2");
        seen.AddRange(await ListAsync(owner));

        seen.ShouldBe(["1 Scheduled bolo", "1 Sending bolo", "1 Sent bolo", "1 Sent bolo", "1 Delivered bolo"]);
    }

    [Fact]
    public async Task A_human_who_takes_the_chat_over_does_not_put_a_reminder_aside()
    {
        var owner = await MariaWritesAsync();
        await ScheduleAsync(owner, "bolo");
        await SayAllAsync(isLate: false);

        await Core.Get<OpenClaw.Core.Queue.Takeovers.TakeoverStore>().OffAsync(owner.Chat.Lane, Clock.Now, CancellationToken.None);

        BubbleStates().ShouldBe(["queued"]);
    }

    [Fact]
    public async Task What_is_held_back_is_the_jobs_again_and_said_once()
    {
        var owner = await MariaWritesAsync();
        await ScheduleAsync(owner, "bolo");
        await SayAllAsync(isLate: true);
        var work = await BeginAsync(owner.Chat.Lane);

        (await Core.Outbox.HoldBackAsync(work, work.Outbox[0], "account_red", Clock.Now, CancellationToken.None)).ShouldBeTrue();

        (await ListAsync(owner)).ShouldBe(["1 Scheduled bolo"]);
        Letters.List(new DeadLetterFilter(), null, 10).Items.ShouldBeEmpty();
        var job = (await TakeAsync()).Single();
        (job.Attempts, job.Interruptions).ShouldBe((1, 0));
        (await SayAsync(job)).ShouldBe(JobOutcome.Done);
        BubbleStates().ShouldBe(["discarded", "queued"]);
    }

    [Fact]
    public async Task What_is_held_back_for_good_is_one_dead_letter_of_its_job()
    {
        var owner = await MariaWritesAsync();
        await ScheduleAsync(owner, "bolo");
        await SayAllAsync(isLate: false);
        var work = await BeginAsync(owner.Chat.Lane);

        (await Core.Outbox.HoldBackAsync(work, work.Outbox[0], "account_red", again: null, CancellationToken.None)).ShouldBeTrue();

        Core.Texts("SELECT state FROM scheduled_jobs").ShouldBe(["dead"]);
        Letters.List(new DeadLetterFilter(), null, 10).Items.ShouldHaveSingleItem().Reason.ShouldBe("account_red");
        BubbleStates().ShouldBe(["discarded"]);
    }

    [Fact]
    public async Task Whoever_lost_the_lane_holds_nothing_back()
    {
        var owner = await MariaWritesAsync();
        await ScheduleAsync(owner, "bolo");
        await SayAllAsync(isLate: false);
        var frozen = await BeginAsync(owner.Chat.Lane);
        await BeginAsync(owner.Chat.Lane);

        await Should.ThrowAsync<FenceLostException>(Core.Outbox.HoldBackAsync(frozen, frozen.Outbox[0], "account_red", Clock.Now, CancellationToken.None));

        Core.Texts("SELECT state FROM scheduled_jobs").ShouldBe(["done"]);
        BubbleStates().ShouldBe(["queued"]);
    }

    [Fact]
    public async Task After_a_merge_of_people_all_are_there_under_numbers_of_their_own()
    {
        const string lid = "112233445566778";
        var hidden = await Core.PersonAsync(null, lid);
        var lane = await ReceiveAsync("from the hidden id", person: hidden);
        await ScheduleAsync((hidden.Scope, (await BeginAsync(lane)).Chat), "b", 60);
        var owner = await MariaWritesAsync();
        await ScheduleAsync(owner, "a", 30);

        var merged = await Core.PersonAsync(Phone, lid);

        (await ListAsync((merged.Scope, owner.Chat))).Select(line => line[2..]).ShouldBe(["Scheduled a", "Scheduled b"]);
        Clock.Advance(Seconds(60));
        (await SayAllAsync(isLate: false)).ShouldBe([JobOutcome.Done, JobOutcome.Done]);
    }
}

public sealed class SqliteJobChatTests() : JobChatContract(new CoreFixture());

public sealed class PostgresJobChatTests() : JobChatContract(new CoreFixture(OpenClaw.Tests.Infrastructure.Store.Postgres));
