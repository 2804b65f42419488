using OpenClaw.Core.Queue;
using OpenClaw.Core.Queue.Takeovers;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Queue;

/// <summary>A human answers on the phone itself: the bot keeps out of the chat, for every process, until the time is over or somebody says so.</summary>
public abstract class TakeoverContract(CoreFixture fixture) : TurnContract(fixture)
{
    private const string Hand = "[Written by hand by the human operator of this number:]";

    private TakeoverStore Takeovers => Core.Get<TakeoverStore>();

    [Fact]
    public async Task While_a_human_talks_turns_say_so_and_each_further_message_prolongs_it()
    {
        var lane = await ReceiveAsync("one");
        (await OwnAsync(lane)).ShouldBe(TakeoverOutcome.Paused);
        Takeovers.Of(lane).Until.ShouldBe(Clock.Now + TimeSpan.FromMinutes(30));

        (await BeginAsync(lane)).Silence.ShouldBe("human_talks");
        Clock.Advance(TimeSpan.FromMinutes(20));
        (await OwnAsync(lane)).ShouldBe(TakeoverOutcome.Paused);
        Clock.Advance(TimeSpan.FromMinutes(29));
        (await BeginAsync(lane)).Silence.ShouldBe("human_talks");
        Clock.Advance(TimeSpan.FromMinutes(1));

        Takeovers.Of(lane).ShouldBe(BotPause.None);
    }

    [Fact]
    public async Task Another_process_knows_it_too()
    {
        var lane = await ReceiveAsync("one");
        await OwnAsync(lane);

        using var other = Fixture.Start();

        (await other.Turns.BeginAsync(lane, CancellationToken.None))!.Silence.ShouldBe("human_talks");
    }

    [Fact]
    public async Task The_same_message_told_twice_prolongs_nothing_and_an_old_one_means_nothing()
    {
        var lane = await ReceiveAsync("one");
        var at = Clock.Now;
        await OwnAsync(lane, "RAW1", at);
        Clock.Advance(TimeSpan.FromMinutes(10));

        await OwnAsync(lane, "RAW1", at);
        Takeovers.Of(lane).Until.ShouldBe(at + TimeSpan.FromMinutes(30));
        Clock.Advance(TimeSpan.FromMinutes(20));
        (await OwnAsync(lane, "RAW2", at)).ShouldBe(TakeoverOutcome.Nothing);

        Takeovers.Of(lane).ShouldBe(BotPause.None);
    }

    [Fact]
    public async Task An_order_ends_the_pause_and_what_was_written_before_it_does_not_begin_it_again()
    {
        var lane = await ReceiveAsync("one");
        var before = Clock.Now;
        await OwnAsync(lane);
        Clock.Advance(Seconds(5));

        await Takeovers.OrderAsync(lane, on: true, Clock.Now, CancellationToken.None);

        Takeovers.Of(lane).ShouldBe(BotPause.None);
        (await OwnAsync(lane, "LATE", before)).ShouldBe(TakeoverOutcome.Nothing);
        Clock.Advance(Seconds(5));
        (await OwnAsync(lane, "NEW")).ShouldBe(TakeoverOutcome.Paused);
    }

    [Fact]
    public async Task Off_on_the_phone_stops_the_answer_that_is_being_made_and_the_one_that_waits()
    {
        var waits = await ReceiveAndBeginAsync("one");
        await Core.Settlement.CompleteAsync(waits, Reply("first") with { ClaimFirst = false, FirstNotBefore = Clock.Now + Seconds(3) }, CancellationToken.None);

        await Takeovers.OffAsync(waits.Chat.Lane, Clock.Now, CancellationToken.None);

        BubbleStates().ShouldBe(["aside"]);
        StatesOf(waits.Turn!).ShouldBe(["ignored:human_took_over"]);
        await Takeovers.OrderAsync(waits.Chat.Lane, on: true, Clock.Now, CancellationToken.None);
        var thinks = await ReceiveAndBeginAsync("two");
        await Takeovers.OffAsync(waits.Chat.Lane, Clock.Now, CancellationToken.None);
        await Should.ThrowAsync<FenceLostException>(() => CompleteAsync(thinks, "answer"));
        (await BeginAsync(waits.Chat.Lane)).Silence.ShouldBe("bot_off");
    }

    [Fact]
    public async Task Off_has_no_end_but_on()
    {
        var lane = await ReceiveAsync("one");
        await Takeovers.OrderAsync(lane, on: false, Clock.Now, CancellationToken.None);
        Clock.Advance(TimeSpan.FromDays(400));
        await OwnAsync(lane);

        (await BeginAsync(lane)).Silence.ShouldBe("bot_off");
        Takeovers.Of(lane).IsOff.ShouldBeTrue();
        Clock.Advance(Seconds(1));
        await Takeovers.OrderAsync(lane, on: true, Clock.Now, CancellationToken.None);
        (await BeginAsync(lane)).Silence.ShouldBeNull();
    }

    [Fact]
    public async Task An_answer_that_waits_for_its_time_is_put_aside_and_was_never_said()
    {
        var work = await ReceiveAndBeginAsync("one");
        await Core.Settlement.CompleteAsync(
            work, Reply("first", "second") with { ClaimFirst = false, FirstNotBefore = Clock.Now + Seconds(3) }, CancellationToken.None);

        await OwnAsync(work.Chat.Lane);

        BubbleStates().ShouldBe(["aside", "aside"]);
        StatesOf(work.Turn!).ShouldBe(["ignored:human_took_over"]);
        (await HistoryAsync(work)).ShouldBe(["user: asked", $"assistant: {Hand} by hand"]);
        (await BeginAsync(work.Chat.Lane)).Outbox.ShouldBeEmpty();
    }

    [Fact]
    public async Task The_line_that_is_taken_out_is_that_of_the_answer_that_was_not_said()
    {
        var work = await ReceiveAndBeginAsync("one");
        await Core.Settlement.CompleteAsync(work, Reply("never said") with { ClaimFirst = false, FirstNotBefore = Clock.Now + Seconds(3) }, CancellationToken.None);
        // Something older that came late ends with a line of its own behind the answer's.
        var maria = await Core.PersonAsync("5511999990000");
        var old = MessageBuilder.Message(maria, "old", Clock.Now - Seconds(3600), rawId: "OLD");
        await Core.Inbound.KeepAsync(old, "old", "[too old]", "too_old", CancellationToken.None);

        await OwnAsync(work.Chat.Lane);

        (await HistoryAsync(work)).ShouldBe(["user: old", "assistant: [too old]", "user: asked", $"assistant: {Hand} by hand"]);
    }

    [Fact]
    public async Task An_answer_by_hand_that_is_too_old_for_a_pause_stops_what_was_asked_before_it()
    {
        var work = await ReceiveAndBeginAsync("one");
        await Core.Settlement.CompleteAsync(work, Reply("late") with { ClaimFirst = false, FirstNotBefore = Clock.Now + TimeSpan.FromHours(2) }, CancellationToken.None);
        var answeredAt = Clock.Now + Seconds(5);
        Clock.Advance(TimeSpan.FromHours(1));

        (await OwnAsync(work.Chat.Lane, "HUMAN", answeredAt)).ShouldBe(TakeoverOutcome.Answered);
        (await OwnAsync(work.Chat.Lane, "HUMAN", answeredAt)).ShouldBe(TakeoverOutcome.Nothing);

        BubbleStates().ShouldBe(["aside"]);
        StatesOf(work.Turn!).ShouldBe(["ignored:human_took_over"]);
        Takeovers.Of(work.Chat.Lane).ShouldBe(BotPause.None);
        (await ReceiveAndBeginAsync("two")).Silence.ShouldBeNull();
    }

    [Fact]
    public async Task An_answer_by_hand_that_is_too_old_for_a_pause_leaves_what_was_asked_after_it()
    {
        var answeredAt = Clock.Now - Seconds(5);
        Clock.Advance(Seconds(60));
        var work = await ReceiveAndBeginAsync("one");
        await Core.Settlement.CompleteAsync(work, Reply("late") with { ClaimFirst = false, FirstNotBefore = Clock.Now + TimeSpan.FromHours(2) }, CancellationToken.None);
        Clock.Advance(TimeSpan.FromHours(1));

        await OwnAsync(work.Chat.Lane, "HUMAN", answeredAt);

        BubbleStates().ShouldBe(["queued"]);
        (await HistoryAsync(work)).ShouldBe([$"assistant: {Hand} by hand", "user: asked", "assistant: late"]);
    }

    [Fact]
    public async Task A_question_that_waited_through_a_pause_is_the_humans_and_an_order_gives_it_back()
    {
        var lane = await ReceiveAsync("one");
        Clock.Advance(Seconds(5));
        await OwnAsync(lane);
        Clock.Advance(TimeSpan.FromHours(1));
        Takeovers.Of(lane).ShouldBe(BotPause.None);

        (await BeginAsync(lane)).Silence.ShouldBe("human_answered");
        await Takeovers.OrderAsync(lane, on: true, Clock.Now, CancellationToken.None);
        Clock.Advance(Seconds(60));
        (await BeginAsync(lane)).Silence.ShouldBeNull();
    }

    [Fact]
    public async Task A_worker_loses_the_lane_to_an_old_answer_by_hand_only_when_it_answers_the_same()
    {
        var before = Clock.Now - TimeSpan.FromHours(1);
        var work = await ReceiveAndBeginAsync("one");
        await OwnAsync(work.Chat.Lane, "OLD", before);
        await CompleteAsync(work, "answer");

        BubbleStates().ShouldBe(["sending"]);
    }

    [Fact]
    public async Task Words_that_may_be_the_bubble_that_is_just_sent_are_decided_afterwards()
    {
        var work = await ReceiveAndBeginAsync("one");
        var bubble = (await CompleteAsync(work, "first")).Single();

        (await OwnAsync(work.Chat.Lane, "ECHO")).ShouldBe(TakeoverOutcome.Undecided);
        Takeovers.Of(work.Chat.Lane).ShouldBe(BotPause.None);
        await AcceptAsync(work, bubble, "ECHO");
        await BeginAsync(work.Chat.Lane);

        Takeovers.Of(work.Chat.Lane).ShouldBe(BotPause.None);
        Core.Number("SELECT COUNT(*) FROM own_undecided").ShouldBe(0);
        StatesOf(work.Turn!).ShouldBe(["sent"]);
        (await HistoryAsync(work)).ShouldBe(["user: asked", "assistant: first"]);
    }

    [Fact]
    public async Task When_it_was_not_the_bubble_the_rest_of_the_answer_is_put_aside()
    {
        var work = await ReceiveAndBeginAsync("one");
        var bubbles = await CompleteAsync(work, "first", "second");

        (await OwnAsync(work.Chat.Lane, "HUMAN")).ShouldBe(TakeoverOutcome.Undecided);
        await AcceptAsync(work, bubbles[0], "RAW1");
        var next = await BeginAsync(work.Chat.Lane);

        next.Outbox.ShouldBeEmpty();
        next.ReadyAt.ShouldBe(Clock.Now);
        BubbleStates().ShouldBe(["accepted", "aside"]);
        StatesOf(work.Turn!).ShouldBe(["ignored:human_took_over"]);
        (await HistoryAsync(work)).ShouldBe(["user: asked", "assistant: first\nsecond", $"assistant: {Hand} by hand"], ignoreOrder: true);
        Takeovers.Of(work.Chat.Lane).Until.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_send_that_told_no_id_may_come_back_as_an_echo()
    {
        var work = await ReceiveAndBeginAsync("one");
        await AcceptAsync(work, (await CompleteAsync(work, "first")).Single(), rawId: null);

        (await OwnAsync(work.Chat.Lane, "ECHO")).ShouldBe(TakeoverOutcome.Nothing);
    }

    [Fact]
    public async Task A_worker_that_thinks_about_an_answer_loses_the_lane()
    {
        var work = await ReceiveAndBeginAsync("one");

        await OwnAsync(work.Chat.Lane);

        await Should.ThrowAsync<FenceLostException>(() => CompleteAsync(work, "too late"));
        BubbleStates().ShouldBeEmpty();
        var again = await BeginAsync(work.Chat.Lane);
        again.Turn!.Id.ShouldBe(work.Turn!.Id);
        again.Silence.ShouldBe("human_talks");
    }

    [Fact]
    public async Task What_is_put_aside_becomes_history_and_keeps_its_reason()
    {
        var lane = await ReceiveAsync("one");
        await OwnAsync(lane);
        var work = await BeginAsync(lane);

        await Core.Settlement.PutAsideAsync(work, work.Silence!, "one", CancellationToken.None);

        StatesOf(work.Turn!).ShouldBe(["ignored:human_talks"]);
        Core.Texts("SELECT state FROM turns").ShouldBe(["aside"]);
        Core.Number("SELECT COUNT(*) FROM inbound WHERE content_enc IS NOT NULL").ShouldBe(0);
        (await HistoryAsync(work)).ShouldBe(["user: one", "assistant: [Left to a human to answer.]", $"assistant: {Hand} by hand"], ignoreOrder: true);
        (await BeginAsync(lane)).Turn.ShouldBeNull();
    }

    [Fact]
    public async Task A_human_and_a_worker_that_store_at_once_do_not_overlook_each_other()
    {
        using var other = Fixture.Start();
        for (var i = 0; i < 20; i++)
        {
            var work = await ReceiveAndBeginAsync($"message {i}");
            var reply = Reply("answer") with { ClaimFirst = false, FirstNotBefore = Clock.Now };

            var answering = Record.ExceptionAsync(() => Core.Settlement.CompleteAsync(work, reply, CancellationToken.None));
            var taking = other.Get<TakeoverStore>().OwnMessageAsync(work.Chat.Lane, "default", $"HUMAN{i}", Clock.Now, "by hand", CancellationToken.None);
            await Task.WhenAll(answering, taking);

            (await taking).ShouldBe(TakeoverOutcome.Paused);
            // Whichever came first: nothing is left that would be said.
            Core.Number("SELECT COUNT(*) FROM outbox WHERE state IN ('queued', 'sending')").ShouldBe(0);
            if (await answering is not null)
                await Core.Settlement.PutAsideAsync(await BeginAsync(work.Chat.Lane), "human_talks", "asked", CancellationToken.None);
            Clock.Advance(Seconds(2));
        }
    }

    [Fact]
    public async Task What_a_human_wrote_is_a_line_of_the_chats_history_once_and_where_it_belongs()
    {
        var work = await ReceiveAndBeginAsync("one");
        await AnswerAsync(work);
        var at = Clock.Now + Seconds(10);
        Clock.Advance(Seconds(60));

        await OwnAsync(work.Chat.Lane, "RAW1", at, "amanhã às 9");
        await OwnAsync(work.Chat.Lane, "RAW1", at, "amanhã às 9");
        await OwnAsync(work.Chat.Lane, "RAW2", at - Seconds(3600), "antes");

        (await HistoryAsync(work)).ShouldBe([$"assistant: {Hand} antes", "user: asked", "assistant: answer", $"assistant: {Hand} amanhã às 9"]);
        var stored = Core.Database.Read(sql => sql.Query("SELECT content_enc FROM conversation WHERE dedupe IS NOT NULL", row => row.GetFieldValue<byte[]>(0)));
        stored.Count.ShouldBe(2);
        stored.ShouldAllBe(content => !System.Text.Encoding.UTF8.GetString(content).Contains("antes"));
    }

    [Fact]
    public async Task What_was_written_before_an_order_is_history_all_the_same()
    {
        var work = await ReceiveAndBeginAsync("one");
        await AnswerAsync(work);
        await Takeovers.OrderAsync(work.Chat.Lane, on: true, Clock.Now, CancellationToken.None);

        (await OwnAsync(work.Chat.Lane, "RAW1", Clock.Now - Seconds(1), "oi")).ShouldBe(TakeoverOutcome.Nothing);

        (await HistoryAsync(work)).ShouldContain($"assistant: {Hand} oi");
    }

    [Fact]
    public async Task In_a_group_it_is_kept_with_the_groups_key()
    {
        var lane = await ReceiveAsync("oi", group: "120363000000000001");
        await OwnAsync(lane, text: "eu respondo");

        (await HistoryAsync(await BeginAsync(lane))).ShouldBe([$"assistant: {Hand} eu respondo"]);
        Core.Number("SELECT COUNT(*) FROM conversation c JOIN lanes l ON l.lane_id = c.lane_id AND l.key_id = c.key_id").ShouldBe(1);
    }

    [Fact]
    public async Task Of_a_group_in_which_nobody_ever_addressed_the_bot_nothing_is_kept()
    {
        var lane = await Core.Get<LaneDirectory>().EnsureGroupAsync("default", "120363000000000001", "120363000000000001@g.us", CancellationToken.None);

        await OwnAsync(lane, text: "entre nós");

        Core.Number("SELECT COUNT(*) FROM conversation").ShouldBe(0);
    }

    private Task<TakeoverOutcome> OwnAsync(LaneId lane, string rawId = "HUMAN", DateTimeOffset? at = null, string text = "by hand") =>
        Takeovers.OwnMessageAsync(lane, "default", rawId, at ?? Clock.Now, text, CancellationToken.None);

    private async Task<IEnumerable<string>> HistoryAsync(LaneWork work) =>
        (await Core.Conversations.LoadAsync(work.Chat, 1000, CancellationToken.None)).Select(entry => $"{entry.Role}: {entry.Text}");
}
