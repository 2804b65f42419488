using OpenClaw.Core.Queue;
using OpenClaw.Core.Storage;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Queue;

/// <summary>What the next worker finds after the one before was cut off.</summary>
public abstract class TurnResumeContract(CoreFixture fixture) : TurnContract(fixture)
{
    [Fact]
    public async Task An_unfinished_turn_resumes_with_exactly_its_messages_and_transcript()
    {
        var cut = await ReceiveAndBeginAsync("one", "two");
        TurnStep[] steps = [new(0, "model", null, """{"calls":["c1"]}"""), new(1, "started", "c1", "{}"), new(2, "done", "c1", """{"result":"ok"}""")];
        await Core.Settlement.AppendAsync(cut, steps[..2], CancellationToken.None);
        await Core.Settlement.AppendAsync(cut, steps[2..], CancellationToken.None);
        await ReceiveAsync("three", order: -30);

        var resumed = await BeginAsync(cut.Chat.Lane);

        resumed.Turn!.Id.ShouldBe(cut.Turn!.Id);
        resumed.Turn.Reference.ShouldBe(cut.Turn.Reference);
        resumed.Turn.Person.ShouldBe(cut.Turn.Person);
        resumed.Turn.Messages.ShouldBe(cut.Turn.Messages);
        resumed.Turn.Steps.ShouldBe(steps);
        resumed.Fence.ShouldBeGreaterThan(cut.Fence);
    }

    [Fact]
    public async Task Another_process_resumes_as_well()
    {
        var cut = await ReceiveAndBeginAsync("one", "two");
        using var other = Fixture.Start();

        var resumed = (await other.Turns.BeginAsync(cut.Chat.Lane, CancellationToken.None)).ShouldNotBeNull();

        resumed.Turn!.Messages.ShouldBe(cut.Turn!.Messages);
        (resumed.Turn.Attempts, resumed.Turn.Failures).ShouldBe((2, 0));
    }

    [Fact]
    public async Task Failures_and_interruptions_count_apart()
    {
        var work = await ReceiveAndBeginAsync("one");
        work = await FailAndBeginAsync(work);
        (work.Turn!.Attempts, work.Turn.Failures).ShouldBe((2, 1));

        work = await BeginAsync(work.Chat.Lane);

        (work.Turn!.Attempts, work.Turn.Failures).ShouldBe((3, 1));
        work = await FailAndBeginAsync(work);
        (work.Turn!.Attempts, work.Turn.Failures).ShouldBe((4, 2));
    }

    [Fact]
    public async Task The_first_interruption_costs_no_wait_and_every_further_one_twice_as_much()
    {
        var lane = (await ReceiveAndBeginAsync("one")).Chat.Lane;
        var waits = new List<double>();
        (await BeginAsync(lane)).Turn.ShouldNotBeNull();
        for (var i = 0; i < 3; i++)
        {
            var blocked = await BeginAsync(lane);
            blocked.Turn.ShouldBeNull();
            var wait = blocked.ReadyAt.ShouldNotBeNull() - Clock.Now;
            waits.Add(wait.TotalSeconds);
            Clock.Advance(wait);
            (await BeginAsync(lane)).Turn.ShouldNotBeNull();
        }

        waits.ShouldBe([1, 2, 4]);
    }

    [Fact]
    public async Task The_wait_after_interruptions_ends_at_a_minute()
    {
        var lane = (await ReceiveAndBeginAsync("one")).Chat.Lane;
        for (var i = 0; i < TurnStore.MaxInterruptions; i++)
        {
            (await BeginAsync(lane)).Turn.ShouldNotBeNull();
            Clock.Advance(Seconds(60));
        }

        var work = await BeginAsync(lane);

        work.Turn!.Attempts.ShouldBe(TurnStore.MaxInterruptions + 2);
        work.Turn.Failures.ShouldBe(0);
    }

    [Fact]
    public async Task A_failed_turn_waits_for_its_backoff()
    {
        var work = await ReceiveAndBeginAsync("one");
        var failed = await FailAsync(work);

        var early = await BeginAsync(work.Chat.Lane);
        Clock.Advance(failed.RetryAt - Clock.Now);

        failed.Dead.ShouldBeFalse();
        early.Turn.ShouldBeNull();
        early.ReadyAt.ShouldBe(failed.RetryAt);
        (await BeginAsync(work.Chat.Lane)).Turn.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_message_that_arrives_during_the_backoff_waits_behind_the_unfinished_turn()
    {
        var work = await ReceiveAndBeginAsync("one");
        await FailAsync(work);
        await ReceiveAsync("two");

        (await BeginAsync(work.Chat.Lane)).Turn.ShouldBeNull();
        Clock.Advance(Seconds(60));
        TextsOf(await BeginAsync(work.Chat.Lane)).ShouldBe(["one"]);
    }

    [Fact]
    public async Task Right_after_a_restart_of_the_Gateway_only_unfinished_turns_run()
    {
        var fresh = await ReceiveAsync("new", person: await Core.PersonAsync("5511900000002"));
        var cut = await ReceiveAndBeginAsync("unfinished");
        using var gateway = Fixture.Start();
        await gateway.Get<ProcessFacts>().MarkStartedAsync(CancellationToken.None);
        await gateway.Get<ProcessFacts>().MarkStartedAsync(CancellationToken.None);

        var waiting = await BeginAsync(fresh);
        (waiting.Turn, waiting.ReadyAt).ShouldBe((null, Clock.Now + Seconds(2.5)));
        TextsOf(await BeginAsync(cut.Chat.Lane)).ShouldBe(["unfinished"]);
        Clock.Advance(Seconds(2.5));
        TextsOf(await BeginAsync(fresh)).ShouldBe(["new"]);
    }

    [Fact]
    public async Task After_the_first_start_of_a_Gateway_nobody_is_waited_for()
    {
        await Core.Get<ProcessFacts>().MarkStartedAsync(CancellationToken.None);

        TextsOf(await ReceiveAndBeginAsync("new")).ShouldBe(["new"]);
    }

    [Fact]
    public async Task Unsent_bubbles_come_before_any_turn()
    {
        var work = await ReceiveAndBeginAsync("one");
        await CompleteAsync(work, "first", "second");
        await ReceiveAsync("two");

        var next = await BeginAsync(work.Chat.Lane);

        next.Turn.ShouldBeNull();
        next.Outbox.Select(bubble => (bubble.Content.Text, bubble.State)).ShouldBe([("first", "sending"), ("second", "queued")]);
        next.Outbox[0].Fence.ShouldBe(work.Fence);
    }

    [Fact]
    public async Task A_bubble_that_is_being_sent_is_settled_before_a_notice_that_came_in_meanwhile()
    {
        var work = await ReceiveAndBeginAsync("one");
        await NoticeAsync(work);
        await CompleteAsync(work, "answer");

        var next = await BeginAsync(work.Chat.Lane);

        next.Outbox.Select(bubble => bubble.State).ShouldBe(["sending", "queued"]);
    }

    [Fact]
    public async Task A_reference_is_short_and_of_letters_that_are_not_mixed_up()
    {
        var work = await ReceiveAndBeginAsync("one");

        work.Turn!.Reference.ShouldMatch("^[2-9A-HJKMNP-TV-Z]{6}$");
    }

    private Task NoticeAsync(LaneWork work) => Core.ExecuteAsync(
        """
        INSERT INTO outbox (lane_id, kind, state, key_id, content_enc, session, created_at)
        VALUES (@lane, 'notice', 'queued', @key, @content, 'default', 0)
        """,
        ("@lane", work.Chat.Lane.Value), ("@key", work.Chat.Key.Value),
        ("@content", Core.Keys.Encrypt(work.Chat.Key, "outbox.content", """{"chatId":"5511999990000@c.us","text":"slow down"}""")));
}
