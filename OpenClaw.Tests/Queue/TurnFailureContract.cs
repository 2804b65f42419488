using OpenClaw.Core.Queue;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Queue;

/// <summary>Retry, retry message by message, give up with an apology.</summary>
public abstract class TurnFailureContract(CoreFixture fixture) : TurnContract(fixture)
{
    [Fact]
    public async Task The_wait_after_a_failure_doubles_and_a_longer_wish_of_the_model_wins()
    {
        Options.MaxAttempts = 100;
        var work = await ReceiveAndBeginAsync("one");
        var waits = new List<double>();
        foreach (var wish in new double?[] { null, null, 0.5, 30, null })
        {
            var failed = await FailAsync(work, wish is { } seconds ? Seconds(seconds) : null);
            waits.Add((failed.RetryAt - Clock.Now).TotalSeconds);
            Clock.Advance(failed.RetryAt - Clock.Now);
            work = await BeginAsync(work.Chat.Lane);
        }

        waits.ShouldBe([1, 2, 4, 30, 16]);
    }

    [Fact]
    public async Task The_wait_after_a_failure_ends_at_a_minute()
    {
        Options.MaxAttempts = 100;
        var work = await ReceiveAndBeginAsync("one");
        for (var i = 0; i < 20; i++)
            work = await FailAndBeginAsync(work);

        ((await FailAsync(work)).RetryAt - Clock.Now).ShouldBe(TimeSpan.FromMinutes(1));
    }

    [Fact]
    public async Task The_last_failure_leaves_an_apology_and_dead_messages_in_one_commit()
    {
        var work = await ReceiveAndBeginAsync("one");
        for (var i = 0; i < 4; i++)
            work = await FailAndBeginAsync(work);

        var failed = await FailAsync(work);

        failed.Dead.ShouldBeTrue();
        StatesOf(work.Turn!).ShouldBe(["dead:model_failed"]);
        Core.Texts("SELECT state || ':' || reason || ':' || failures FROM turns").ShouldBe(["dead:model_failed:5"]);
        Core.Texts("SELECT kind || ':' || state FROM outbox").ShouldBe(["apology:queued"]);
        var next = await BeginAsync(work.Chat.Lane);
        next.Turn.ShouldBeNull();
        next.Outbox.Single().Content.ShouldBe(Apology);
    }

    [Fact]
    public async Task After_the_apology_the_lane_goes_on()
    {
        Options.MaxAttempts = 1;
        var work = await ReceiveAndBeginAsync("one");
        await FailAsync(work);
        await ReceiveAsync("two", order: 1);

        var apology = await BeginAsync(work.Chat.Lane);
        await Core.Outbox.ClaimAsync(apology, new BubbleClaim(apology.Outbox[0].Id, Clock.Now + Seconds(10)), CancellationToken.None);
        await AcceptAsync(apology, apology.Outbox[0], "APOLOGY1");

        TextsOf(await BeginAsync(work.Chat.Lane)).ShouldBe(["two"]);
        StatesOf(work.Turn!).ShouldBe(["dead:model_failed"]);
    }

    [Fact]
    public async Task Giving_up_is_dead_at_once_and_counts_no_failure()
    {
        var work = await ReceiveAndBeginAsync("one");

        (await FailAsync(work, giveUp: true)).Dead.ShouldBeTrue();

        Core.Texts("SELECT state || ':' || failures FROM turns").ShouldBe(["dead:0"]);
    }

    [Fact]
    public async Task After_two_failures_a_burst_is_retried_message_by_message()
    {
        var lane = await ReceiveAsync("one", order: 1);
        await ReceiveAsync("two", order: 2);
        await ReceiveAsync("three", order: 3);
        var work = await BeginAsync(lane);
        await Core.Settlement.AppendAsync(work, [new TurnStep(0, "model", null, "{}")], CancellationToken.None);
        work = await FailAndBeginAsync(work);
        TextsOf(work).ShouldBe(["one", "two", "three"]);

        work = await FailAndBeginAsync(work);
        await ReceiveAsync("four", order: 4);
        await ReceiveAsync("five", order: 5);

        TextsOf(work).ShouldBe(["one"]);
        work.Turn!.Steps.ShouldBeEmpty();
        work.Turn.Failures.ShouldBe(2);
        foreach (var alone in new[] { "two", "three" })
        {
            await AnswerAsync(work);
            work = await BeginAsync(lane);
            TextsOf(work).ShouldBe([alone]);
            (work.Turn!.Attempts, work.Turn.Failures).ShouldBe((1, 0));
        }

        await AnswerAsync(work);
        TextsOf(await BeginAsync(lane)).ShouldBe(["four", "five"]);
    }

    [Fact]
    public async Task One_poison_message_takes_no_other_along()
    {
        var lane = await ReceiveAsync("poison", order: 1);
        await ReceiveAsync("good", order: 2);
        var work = await BeginAsync(lane);
        for (var i = 0; i < 4; i++)
            work = await FailAndBeginAsync(work);
        (await FailAsync(work)).Dead.ShouldBeTrue();

        var apology = await BeginAsync(lane);
        await Core.Outbox.ClaimAsync(apology, new BubbleClaim(apology.Outbox[0].Id, Clock.Now + Seconds(10)), CancellationToken.None);
        await AcceptAsync(apology, apology.Outbox[0], null);
        work = await BeginAsync(lane);

        TextsOf(work).ShouldBe(["good"]);
        await AnswerAsync(work);
        Core.Texts("SELECT state FROM inbound ORDER BY order_at").ShouldBe(["dead", "sent"]);
    }

    [Fact]
    public async Task The_messages_of_a_split_burst_are_not_late()
    {
        var lane = await ReceiveAsync("one", order: 1);
        await ReceiveAsync("two", order: 2);
        await ReceiveAsync("three", order: 3);
        var work = await FailAndBeginAsync(await FailAndBeginAsync(await BeginAsync(lane)));
        for (var i = 0; i < 2; i++)
        {
            await AnswerAsync(work);
            work = await BeginAsync(lane);
        }

        Core.Number("SELECT SUM(late) FROM inbound").ShouldBe(0);
    }

    [Fact]
    public async Task A_burst_that_had_an_effect_stays_together()
    {
        var work = await ReceiveAndBeginAsync("one", "two");
        TurnStep[] steps = [new(0, "model", null, "{}"), new(1, "started", "c1", "{}")];
        await Core.Settlement.AppendAsync(work, steps, CancellationToken.None);

        work = await FailAndBeginAsync(await FailAndBeginAsync(work));

        TextsOf(work).ShouldBe(["one", "two"]);
        work.Turn!.Steps.ShouldBe(steps);
    }

    [Fact]
    public async Task A_single_message_is_retried_as_it_is()
    {
        var work = await ReceiveAndBeginAsync("one");
        await Core.Settlement.AppendAsync(work, [new TurnStep(0, "model", null, "{}")], CancellationToken.None);

        work = await FailAndBeginAsync(await FailAndBeginAsync(work));

        TextsOf(work).ShouldBe(["one"]);
        work.Turn!.Steps.Count.ShouldBe(1);
    }
}
