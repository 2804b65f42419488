using OpenClaw.Core.Queue;
using OpenClaw.Core.Queue.Budgets;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Queue;

/// <summary>A bubble's way from the reply to WAHA.</summary>
public abstract class OutboxContract(CoreFixture fixture) : TurnContract(fixture)
{
    [Fact]
    public async Task A_reply_commits_with_its_history_and_claims_its_first_bubble()
    {
        var work = await ReceiveAndBeginAsync("one");

        var bubbles = await CompleteAsync(work, "first", "second");

        bubbles.Select(bubble => (bubble.Content.Text, bubble.State)).ShouldBe([("first", "sending"), ("second", "queued")]);
        StatesOf(work.Turn!).ShouldBe(["replied"]);
        Core.Texts("SELECT state FROM turns").ShouldBe(["replied"]);
        (await Core.Conversations.LoadAsync(work.Chat, 1000, CancellationToken.None)).Select(entry => (entry.Role, entry.Text)).ShouldBe([("user", "asked"), ("assistant", "first\nsecond")]);
    }

    [Fact]
    public async Task The_bubbles_of_a_reply_are_told_as_they_are_stored()
    {
        var work = await ReceiveAndBeginAsync("one");

        var told = await CompleteAsync(work, "first", "second");

        (await BeginAsync(work.Chat.Lane)).Outbox.ShouldBe(told);
        told[0].ShouldBe(told[0] with { ClaimedAt = Clock.Now, Deadline = Clock.Now + Seconds(10), Attempts = 1, Fence = work.Fence });
        told[1].ShouldBe(told[1] with { ClaimedAt = null, Deadline = null, Attempts = 0 });
    }

    [Fact]
    public async Task A_paced_reply_waits_in_the_queue_for_its_time()
    {
        var work = await ReceiveAndBeginAsync("one");
        var reply = Reply("first", "second") with { ClaimFirst = false, FirstNotBefore = Clock.Now + Seconds(3) };

        var told = await Core.Settlement.CompleteAsync(work, reply, CancellationToken.None);
        var stored = (await BeginAsync(work.Chat.Lane)).Outbox;

        stored.ShouldBe(told);
        BubbleStates().ShouldBe(["queued", "queued"]);
        (stored[0].NotBefore, stored[0].ClaimedAt, stored[0].Attempts).ShouldBe((Clock.Now + Seconds(3), null, 0));
    }

    [Fact]
    public async Task Accepting_a_bubble_claims_the_next_in_the_same_commit()
    {
        var work = await ReceiveAndBeginAsync("one");
        var bubbles = await CompleteAsync(work, "first", "second");

        await AcceptAsync(work, bubbles[0], "RAW1", bubbles[1]);

        BubbleStates().ShouldBe(["accepted", "sending"]);
        StatesOf(work.Turn!).ShouldBe(["replied"]);
        var second = (await BeginAsync(work.Chat.Lane)).Outbox.Single();
        (second.Fence, second.ClaimedAt, second.Deadline, second.Attempts).ShouldBe((work.Fence, Clock.Now, Clock.Now + Seconds(10), 1));
    }

    [Fact]
    public async Task The_last_bubble_settles_the_messages_of_its_turn()
    {
        var work = await ReceiveAndBeginAsync("one", "two");
        var bubbles = await CompleteAsync(work, "first", "second");

        await AcceptAsync(work, bubbles[0], "RAW1", bubbles[1]);
        await AcceptAsync(work, bubbles[1], "RAW2");

        StatesOf(work.Turn!).ShouldBe(["sent", "sent"]);
        Core.Number("SELECT COUNT(*) FROM inbound WHERE sent_at = @now", ("@now", Core.Number("SELECT accepted_at FROM outbox"))).ShouldBe(2);
        (await BeginAsync(work.Chat.Lane)).Outbox.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_raw_id_is_bound_to_one_bubble_only()
    {
        var work = await ReceiveAndBeginAsync("one");
        var bubbles = await CompleteAsync(work, "same text", "same text");
        await Core.Events.RecordAckAsync("default", "RAW1", 3, CancellationToken.None);

        await AcceptAsync(work, bubbles[0], "RAW1", bubbles[1]);
        await AcceptAsync(work, bubbles[1], "RAW1");

        Core.Texts("SELECT COALESCE(raw_id, 'none') || ':' || ack FROM outbox ORDER BY outbox_id").ShouldBe(["RAW1:3", "none:0"]);
        BubbleStates().ShouldBe(["accepted", "accepted"]);
        (await Core.Outbox.BoundAsync("default", ["RAW1", "RAW2"], CancellationToken.None)).ShouldBe(["RAW1"]);
        (await Core.Inbound.IsOurBubbleAsync("default", "RAW1", CancellationToken.None), await Core.Inbound.IsOurBubbleAsync("default", "RAW2", CancellationToken.None), await Core.Inbound.IsOurBubbleAsync("other", "RAW1", CancellationToken.None)).ShouldBe((true, false, false));
    }

    [Fact]
    public async Task A_bubble_that_another_session_sends_is_that_ones_from_the_claim_on()
    {
        var work = await ReceiveAndBeginAsync("one");
        await Core.Settlement.CompleteAsync(work, Reply("answer"), CancellationToken.None);
        work = await BeginAsync(work.Chat.Lane);
        await Core.Outbox.RequeueAsync(work, work.Outbox[0].Id, Clock.Now, "http_429", CancellationToken.None);
        work = await BeginAsync(work.Chat.Lane);
        var facts = await Core.Get<StandInStore>().LookAsync(work.Chat.Lane, work.Outbox[0], CancellationToken.None);
        var content = new BubbleContent(facts.Phone + "@c.us", "answer", null);
        var other = work with { Chat = work.Chat with { Session = "sales" } };
        var bubble = work.Outbox[0] with { Session = "sales", Content = content, RawId = "OF-SALES" };

        await Core.Outbox.ClaimAsync(
            other, new BubbleClaim(bubble.Id, Clock.Now + Seconds(10), "OF-SALES", null, Core.Get<StandInStore>().Seal(bubble, content)), CancellationToken.None);
        var claimed = (await BeginAsync(work.Chat.Lane)).Outbox.ShouldHaveSingleItem();
        (claimed.Session, claimed.RawId, claimed.Content).ShouldBe(("sales", "OF-SALES", content));

        await Core.Events.RecordAckAsync("default", "OF-SALES", 3, CancellationToken.None);
        await Core.Events.RecordAckAsync("sales", "OF-SALES", 1, CancellationToken.None);
        Core.Number("SELECT ack FROM outbox").ShouldBe(1);
        (facts.BegunBy, facts.Phone, facts.Lid).ShouldBe((null, "5511999990000", null));
    }

    [Fact]
    public async Task A_bubble_that_goes_back_to_its_own_session_leaves_the_other_ones_id_behind()
    {
        var work = await ReceiveAndBeginAsync("one");
        await CompleteAsync(work, "answer");
        var other = work with { Chat = work.Chat with { Session = "sales" } };
        var bubble = Core.Number("SELECT outbox_id FROM outbox");
        await Core.Outbox.ClaimAsync(other, new BubbleClaim(bubble, Clock.Now + Seconds(10), "OF-SALES"), CancellationToken.None);
        await Core.Outbox.RequeueAsync(work, bubble, Clock.Now, "whatsapp_463_timelock", CancellationToken.None);

        await Core.Outbox.ClaimAsync(work, new BubbleClaim(bubble, Clock.Now + Seconds(10)), CancellationToken.None);

        Core.Texts("SELECT session || ':' || COALESCE(raw_id, 'none') FROM outbox").ShouldBe(["default:none"]);
    }

    [Fact]
    public async Task A_bubble_that_waits_for_the_budget_keeps_its_place_until_its_claim_and_uses_up_no_attempt()
    {
        var work = await ReceiveAndBeginAsync("one");
        var reply = Reply("answer") with { ClaimFirst = false };
        var bubble = (await Core.Settlement.CompleteAsync(work, reply, CancellationToken.None)).Single();

        await Core.Outbox.WaitForBudgetAsync(work, bubble.Id, new BudgetWait(Clock.Now + Seconds(90), IsBooked: true, IsOfSession: true), null, CancellationToken.None);
        var waiting = (await BeginAsync(work.Chat.Lane)).Outbox.Single();
        (waiting.State, waiting.IsBooked, waiting.NotBefore, waiting.Attempts).ShouldBe(("queued", true, Clock.Now + Seconds(90), 0));

        work = await BeginAsync(work.Chat.Lane);
        await Core.Outbox.ClaimAsync(work, new BubbleClaim(bubble.Id, Clock.Now + Seconds(10)), CancellationToken.None);
        await Core.Outbox.RequeueAsync(work, bubble.Id, Clock.Now, "http_429", CancellationToken.None);
        (await BeginAsync(work.Chat.Lane)).Outbox.Single().IsBooked.ShouldBeFalse();
        Core.Texts("SELECT budget FROM outbox WHERE budget_at IS NOT NULL").ShouldBe(["session"]);
    }

    [Fact]
    public async Task A_bubble_that_has_its_place_with_another_session_is_for_that_one()
    {
        var work = await ReceiveAndBeginAsync("one");
        await CompleteAsync(work, "answer");
        var other = work with { Chat = work.Chat with { Session = "sales" } };
        var bubble = Core.Number("SELECT outbox_id FROM outbox");
        await Core.Outbox.ClaimAsync(work, new BubbleClaim(bubble, Clock.Now + Seconds(10), "OF-DEFAULT"), CancellationToken.None);
        const string stored = "SELECT session || ':' || COALESCE(raw_id, 'none') || ':' || booked FROM outbox";

        await Core.Outbox.WaitForBudgetAsync(other, bubble, new BudgetWait(Clock.Now, IsBooked: false, IsOfSession: true), null, CancellationToken.None);
        Core.Texts(stored).ShouldBe(["default:OF-DEFAULT:0"]);

        await Core.Outbox.WaitForBudgetAsync(other, bubble, new BudgetWait(Clock.Now, IsBooked: true, IsOfSession: true), null, CancellationToken.None);
        Core.Texts(stored).ShouldBe(["sales:none:1"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_certainly_not_sent_keeps_the_place_that_it_holds(bool holds)
    {
        var work = await ReceiveAndBeginAsync("one");
        var bubble = (await CompleteAsync(work, "answer")).Single();

        await Core.Outbox.RequeueUnsentAsync(work, bubble with { IsBooked = holds }, Clock.Now, "http_429", null, CancellationToken.None);

        (await BeginAsync(work.Chat.Lane)).Outbox.Single().IsBooked.ShouldBe(holds);
    }

    [Fact]
    public async Task Until_its_time_a_lane_goes_past_what_makes_way()
    {
        var work = await ReceiveAndBeginAsync("one");
        var reply = Reply("answer") with { ClaimFirst = false };
        var bubble = (await Core.Settlement.CompleteAsync(work, reply, CancellationToken.None)).Single();
        await Core.Outbox.WaitForBudgetAsync(work, bubble.Id, new BudgetWait(Clock.Now + Seconds(90), IsBooked: false, IsOfSession: true), null, CancellationToken.None);

        await ReceiveAsync("two");
        TextsOf(await BeginAsync(work.Chat.Lane)).ShouldBe(["two"]);

        Clock.Advance(Seconds(90));
        (await BeginAsync(work.Chat.Lane)).Outbox.ShouldHaveSingleItem().Id.ShouldBe(bubble.Id);
    }

    [Fact]
    public async Task Who_lost_the_lane_waits_for_no_budget()
    {
        var old = await ReceiveAndBeginAsync("one");
        var bubble = (await CompleteAsync(old, "answer")).Single();
        await BeginAsync(old.Chat.Lane);

        await Should.ThrowAsync<FenceLostException>(
            Core.Outbox.WaitForBudgetAsync(old, bubble.Id, new BudgetWait(Clock.Now, true, true), null, CancellationToken.None));
    }

    [Fact]
    public async Task WAHA_may_take_a_bubble_without_telling_its_id()
    {
        var work = await ReceiveAndBeginAsync("one");
        var bubble = (await CompleteAsync(work, "answer")).Single();

        await AcceptAsync(work, bubble, rawId: null);

        StatesOf(work.Turn!).ShouldBe(["sent"]);
    }

    [Fact]
    public async Task A_refused_send_goes_back_to_the_queue_and_is_claimed_again()
    {
        var work = await ReceiveAndBeginAsync("one");
        var bubble = (await CompleteAsync(work, "answer")).Single();

        await Core.Outbox.RequeueAsync(work, bubble.Id, Clock.Now + Seconds(5), "connection_refused", CancellationToken.None);
        var next = await BeginAsync(work.Chat.Lane);
        await Core.Outbox.ClaimAsync(next, new BubbleClaim(bubble.Id, Clock.Now + Seconds(20)), CancellationToken.None);

        (next.Outbox[0].State, next.Outbox[0].NotBefore).ShouldBe(("queued", Clock.Now + Seconds(5)));
        var claimed = (await BeginAsync(work.Chat.Lane)).Outbox.Single();
        (claimed.State, claimed.Fence, claimed.Attempts, claimed.Deadline).ShouldBe(("sending", next.Fence, 2, Clock.Now + Seconds(20)));
    }

    [Fact]
    public async Task An_uncertain_bubble_stays_claimed_and_remembers_its_first_read()
    {
        var work = await ReceiveAndBeginAsync("one");
        var bubble = (await CompleteAsync(work, "answer")).Single();
        var gaveUp = Clock.Now;
        Clock.Advance(Seconds(16));

        await Core.Outbox.MarkUncertainAsync(work, bubble.Id, gaveUp, Clock.Now, "timeout", CancellationToken.None);

        var next = await BeginAsync(work.Chat.Lane);
        (next.Outbox[0].State, next.Outbox[0].Deadline, next.Outbox[0].AbsentAt).ShouldBe(("sending", gaveUp, Clock.Now));
        await Core.Outbox.ClaimAsync(next, new BubbleClaim(bubble.Id, Clock.Now + Seconds(10)), CancellationToken.None);
        (await BeginAsync(work.Chat.Lane)).Outbox[0].AbsentAt.ShouldBeNull();
    }

    [Fact]
    public async Task A_buried_bubble_takes_the_messages_of_its_turn_along_with_the_reason()
    {
        var work = await ReceiveAndBeginAsync("one");
        var bubble = (await CompleteAsync(work, "answer")).Single();

        await Core.Outbox.BuryAsync(work, bubble, "http_400", CancellationToken.None);

        StatesOf(work.Turn!).ShouldBe(["dead:http_400"]);
        Core.Texts("SELECT state || ':' || reason FROM outbox").ShouldBe(["dead:http_400"]);
        (await BeginAsync(work.Chat.Lane)).Outbox.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_turn_is_delivered_when_all_its_bubbles_are_on_the_device()
    {
        var work = await ReceiveAndBeginAsync("one");
        var bubbles = await CompleteAsync(work, "first", "second");
        await AcceptAsync(work, bubbles[0], "RAW1", bubbles[1]);
        await AckAsync("RAW1", 2);
        await AcceptAsync(work, bubbles[1], "RAW2");
        await AckAsync("RAW2", 1);
        var server = StatesOf(work.Turn!).Single();
        Clock.Advance(Seconds(4));

        await AckAsync("RAW2", 2);

        server.ShouldBe("sent");
        StatesOf(work.Turn!).ShouldBe(["delivered"]);
        Core.Number("SELECT delivered_at - sent_at FROM inbound").ShouldBe(4_000_000);
    }

    [Fact]
    public async Task Acks_that_come_before_the_bubble_is_known_count_when_it_is()
    {
        var work = await ReceiveAndBeginAsync("one");
        var bubbles = await CompleteAsync(work, "first", "second");
        (await AckAsync("RAW1", 2)).ShouldBe(IntakeOutcome.Recorded);
        (await AckAsync("RAW2", 3)).ShouldBe(IntakeOutcome.Recorded);
        (await AckAsync("RAW2", 2)).ShouldBe(IntakeOutcome.Duplicate);

        await AcceptAsync(work, bubbles[0], "RAW1", bubbles[1]);
        var before = StatesOf(work.Turn!).Single();
        await AcceptAsync(work, bubbles[1], "RAW2");

        before.ShouldBe("replied");
        Core.Texts("SELECT '' || ack FROM outbox ORDER BY outbox_id").ShouldBe(["2", "3"]);
        StatesOf(work.Turn!).ShouldBe(["delivered"]);
    }

    [Fact]
    public async Task An_ack_only_moves_forward()
    {
        var work = await ReceiveAndBeginAsync("one");
        await AcceptAsync(work, (await CompleteAsync(work, "answer")).Single(), "RAW1");

        (await AckAsync("RAW1", 3)).ShouldBe(IntakeOutcome.Recorded);
        (await AckAsync("RAW1", 2)).ShouldBe(IntakeOutcome.Duplicate);
        (await AckAsync("RAW1", -1)).ShouldBe(IntakeOutcome.Duplicate);

        Core.Number("SELECT ack FROM outbox").ShouldBe(3);
        Core.Number("SELECT COUNT(*) FROM acks WHERE level > 0").ShouldBe(0);
    }

    [Fact]
    public async Task An_error_ack_that_came_early_does_not_move_a_bubble_back()
    {
        var work = await ReceiveAndBeginAsync("one");
        var bubble = (await CompleteAsync(work, "answer")).Single();
        await AckAsync("RAW1", -1);

        await AcceptAsync(work, bubble, "RAW1");

        Core.Number("SELECT ack FROM outbox").ShouldBe(0);
    }

    [Fact]
    public async Task Acks_of_an_apology_do_not_make_dead_messages_delivered()
    {
        Options.MaxAttempts = 1;
        var work = await ReceiveAndBeginAsync("one");
        await FailAsync(work);
        var apology = await BeginAsync(work.Chat.Lane);
        await Core.Outbox.ClaimAsync(apology, new BubbleClaim(apology.Outbox[0].Id, Clock.Now + Seconds(10)), CancellationToken.None);
        await AcceptAsync(apology, apology.Outbox[0], "RAW1");

        await AckAsync("RAW1", 3);

        StatesOf(work.Turn!).ShouldBe(["dead:model_failed"]);
    }

    private Task<IntakeOutcome> AckAsync(string rawId, int level) => Core.Events.RecordAckAsync("default", rawId, level, CancellationToken.None);
}
