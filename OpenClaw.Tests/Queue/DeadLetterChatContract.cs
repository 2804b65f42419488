using OpenClaw.Core.Queue;
using OpenClaw.Core.Queue.DeadLetters;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Queue;

/// <summary>Replays as people see them: answered once, in the order of their chat, apologised for once at most.</summary>
public abstract class DeadLetterChatContract(CoreFixture fixture) : DeadLetterContract(fixture)
{
    [Fact]
    public async Task A_replayed_turn_is_answered_once_with_its_transcript_and_fresh_attempts()
    {
        Options.MaxAttempts = 2;
        var work = await ReceiveAndBeginAsync("one", "two");
        TurnStep[] steps = [new(0, "model", null, "{}"), new(1, "started", "c1", "{}")];
        await Core.Settlement.AppendAsync(work, steps, CancellationToken.None);
        work = await FailAndBeginAsync(work);
        (await FailAsync(work)).Dead.ShouldBeTrue();
        await SendApologyAsync(work.Chat.Lane);

        (await ReplayAsync(IdOf(work))).ShouldBe(DeadLetterOutcome.Done);

        Letters.Find(IdOf(work)).ShouldBeNull();
        StatesOf(work.Turn!).ShouldBe(["in_turn", "in_turn"]);
        var again = await BeginAsync(work.Chat.Lane);
        TextsOf(again).ShouldBe(["one", "two"]);
        again.Turn!.Steps.ShouldBe(steps);
        (again.Turn.Id, again.Turn.Attempts, again.Turn.Failures, again.Turn.Replayed).ShouldBe((work.Turn!.Id, 1, 0, true));
        await AnswerAsync(again);
        StatesOf(work.Turn).ShouldBe(["sent", "sent"]);
        (await BeginAsync(work.Chat.Lane)).Turn.ShouldBeNull();
    }

    [Fact]
    public async Task An_apology_that_was_not_sent_yet_gives_way_to_the_answer()
    {
        Options.MaxAttempts = 1;
        var work = await ReceiveAndBeginAsync("one");
        await FailAsync(work);
        var holder = await BeginAsync(work.Chat.Lane);

        await ReplayAsync(IdOf(work));

        await Should.ThrowAsync<FenceLostException>(Core.Outbox.ClaimAsync(holder, new BubbleClaim(holder.Outbox[0].Id, Clock.Now + Seconds(10)), CancellationToken.None));
        TextsOf(await BeginAsync(work.Chat.Lane)).ShouldBe(["one"]);
        Core.Texts("SELECT kind || ':' || state || ':' || reason FROM outbox").ShouldBe(["apology:discarded:turn_replayed"]);
    }

    [Fact]
    public async Task Nobody_is_apologised_to_twice()
    {
        Options.MaxAttempts = 1;
        var work = await ReceiveAndBeginAsync("one");
        await FailAsync(work);
        await SendApologyAsync(work.Chat.Lane);
        await ReplayAsync(IdOf(work));

        await FailAsync(await BeginAsync(work.Chat.Lane));

        Core.Texts("SELECT kind || ':' || state FROM outbox").ShouldBe(["apology:accepted"]);
        var letter = Letters.Find(IdOf(work))!;
        letter.Replays.ShouldBe(1);
        StatesOf(work.Turn!).ShouldBe(["dead:model_failed"]);
    }

    [Fact]
    public async Task Who_was_not_apologised_to_is_when_the_replay_fails_too()
    {
        Options.MaxAttempts = 1;
        var work = await ReceiveAndBeginAsync("one");
        await FailAsync(work);
        await ReplayAsync(IdOf(work));

        await FailAsync(await BeginAsync(work.Chat.Lane));

        Core.Texts("SELECT kind || ':' || state FROM outbox ORDER BY outbox_id").ShouldBe(["apology:discarded", "apology:queued"]);
    }

    [Fact]
    public async Task A_replayed_turn_comes_before_younger_messages_that_wait_and_after_the_one_being_answered()
    {
        var letter = await DieAsync("one");
        await SendApologyAsync(LaneOf(letter));
        var running = await BeginAsync(await ReceiveAsync("two", order: 1));
        await ReceiveAsync("three", order: 2);

        await ReplayAsync(letter);
        await AnswerAsync(running);

        var replayed = await BeginAsync(LaneOf(letter));
        TextsOf(replayed).ShouldBe(["one"]);
        await AnswerAsync(replayed);
        TextsOf(await BeginAsync(LaneOf(letter))).ShouldBe(["three"]);
    }

    [Fact]
    public async Task A_turn_is_late_where_younger_messages_were_answered()
    {
        var letter = await DieAsync("one");
        await SendApologyAsync(LaneOf(letter));
        await AnswerAsync(await BeginAsync(await ReceiveAsync("two", order: 1)));

        await ReplayAsync(letter);

        Core.Texts("SELECT state || ':' || late FROM inbound ORDER BY inbound_id").ShouldBe(["in_turn:1", "sent:0"]);
    }

    [Fact]
    public async Task A_turn_that_nothing_overtook_is_not_late()
    {
        var letter = await DieAsync("one");

        await ReplayAsync(letter);

        Core.Number("SELECT SUM(late) FROM inbound").ShouldBe(0);
    }

    [Fact]
    public async Task A_worker_that_sits_between_two_bubbles_stops_for_the_replayed_one()
    {
        var letter = await BuryAsync("one");
        var work = await BeginAsync(await ReceiveAsync("two", order: 1));
        var younger = (await Core.Settlement.CompleteAsync(work, Reply("younger") with { ClaimFirst = false }, CancellationToken.None)).Single();

        await ReplayAsync(letter);

        await Should.ThrowAsync<FenceLostException>(Core.Outbox.ClaimAsync(work, new BubbleClaim(younger.Id, Clock.Now + Seconds(10)), CancellationToken.None));
        (await BeginAsync(work.Chat.Lane)).Outbox.Select(bubble => (bubble.Content.Text, bubble.State)).ShouldBe([("answer", "queued"), ("younger", "queued")]);
    }

    [Fact]
    public async Task An_answer_that_is_being_sent_is_not_made_uncertain()
    {
        var letter = await BuryAsync("one");
        var work = await BeginAsync(await ReceiveAsync("two", order: 1));
        var sending = (await CompleteAsync(work, "on its way")).Single();

        await ReplayAsync(letter);

        await AcceptAsync(work, sending, "RAW2");
        (await BeginAsync(work.Chat.Lane)).Outbox.Single().Content.Text.ShouldBe("answer");
    }

    [Fact]
    public async Task A_refused_bubble_goes_back_to_its_place_and_settles_its_messages()
    {
        var letter = await BuryAsync("one");
        var lane = LaneOf(letter);

        (await ReplayAsync(letter)).ShouldBe(DeadLetterOutcome.Done);

        Core.Texts("SELECT state FROM inbound").ShouldBe(["replied"]);
        var work = await BeginAsync(lane);
        var bubble = work.Outbox.Single();
        (bubble.State, bubble.Attempts, bubble.ClaimedAt, bubble.Content.ReplyTo).ShouldBe(("queued", 0, null, null));
        await SendAsync(work, bubble, "RAW1");
        Core.Texts("SELECT state FROM inbound").ShouldBe(["sent"]);
    }

    [Fact]
    public async Task A_bubble_that_younger_answers_overtook_quotes_what_it_answers()
    {
        var letter = await BuryAsync("one");
        await AnswerAsync(await BeginAsync(await ReceiveAsync("two", order: 1)));

        await ReplayAsync(letter);

        (await BeginAsync(LaneOf(letter))).Outbox.Single().Content.ReplyTo.ShouldNotBeNull().ShouldStartWith("false_5511999990000@c.us_3EB0");
    }

    [Fact]
    public async Task A_bubble_that_may_have_arrived_is_looked_for_before_it_is_sent()
    {
        var work = await ReceiveAndBeginAsync("one");
        var bubble = (await CompleteAsync(work, "answer")).Single();
        await Core.Outbox.MarkUncertainAsync(work, bubble.Id, Clock.Now, null, "timeout", CancellationToken.None);
        await Core.Outbox.BuryAsync(work, bubble, "uncertain_too_often", CancellationToken.None);
        Clock.Advance(Seconds(3600));

        await ReplayAsync(new DeadLetterId("bubble", bubble.Id));

        var again = await BeginAsync(work.Chat.Lane);
        var back = again.Outbox.Single();
        (back.State, back.Uncertain, back.AbsentAt, back.ClaimedAt).ShouldBe(("sending", 0, null, bubble.ClaimedAt));
        back.Fence.ShouldNotBe(again.Fence);
        back.Deadline.ShouldNotBeNull().ShouldBeLessThan(Clock.Now);
        await AcceptAsync(again, back, "FOUND");
        Core.Texts("SELECT state || ':' || found FROM outbox").ShouldBe(["accepted:1"]);
        StatesOf(work.Turn!).ShouldBe(["sent"]);
    }

    [Fact]
    public async Task The_first_of_two_bubbles_settles_the_turn_when_the_last_one_was_sent_before()
    {
        var work = await ReceiveAndBeginAsync("one");
        var bubbles = await CompleteAsync(work, "first", "second");
        await Core.Outbox.BuryAsync(work, bubbles[0], "http_400", CancellationToken.None);
        await SendAsync(work, bubbles[1], "RAW2");
        StatesOf(work.Turn!).ShouldBe(["dead:http_400"]);

        await ReplayAsync(new DeadLetterId("bubble", bubbles[0].Id));
        var again = await BeginAsync(work.Chat.Lane);
        await SendAsync(again, again.Outbox.Single(), "RAW1");

        again.Outbox[0].Content.ReplyTo.ShouldNotBeNull();
        StatesOf(work.Turn!).ShouldBe(["sent"]);
        await Core.Events.RecordAckAsync("default", "RAW1", 2, CancellationToken.None);
        await Core.Events.RecordAckAsync("default", "RAW2", 2, CancellationToken.None);
        StatesOf(work.Turn!).ShouldBe(["delivered"]);
    }

    [Fact]
    public async Task Messages_stay_dead_until_every_dead_bubble_of_their_answer_is_back()
    {
        var work = await ReceiveAndBeginAsync("one");
        var bubbles = await CompleteAsync(work, "first", "second");
        await Core.Outbox.BuryAsync(work, bubbles[0], "http_400", CancellationToken.None);
        await Core.Outbox.BuryAsync(work, bubbles[1], "http_400", CancellationToken.None);

        await ReplayAsync(new DeadLetterId("bubble", bubbles[0].Id));
        var between = StatesOf(work.Turn!).Single();
        await ReplayAsync(new DeadLetterId("bubble", bubbles[1].Id));

        between.ShouldBe("dead:http_400");
        var again = await BeginAsync(work.Chat.Lane);
        again.Outbox.Select(bubble => bubble.Content.Text).ShouldBe(["first", "second"]);
        await SendAsync(again, again.Outbox[0], "RAW1");
        StatesOf(work.Turn!).ShouldBe(["replied"]);
        await SendAsync(again, again.Outbox[1], "RAW2");
        StatesOf(work.Turn!).ShouldBe(["sent"]);
    }

    [Fact]
    public async Task After_a_merge_of_people_a_replay_goes_to_the_chat_that_is_left()
    {
        const string lid = "112233445566778";
        var hidden = await Core.PersonAsync(null, lid);
        var turn = await DieAsync("from the hidden id", person: hidden);
        var bubble = await BuryAsync("answered badly", order: 1, person: hidden);
        var lane = await ReceiveAsync("here", order: 2);
        await AnswerAsync(await BeginAsync(lane));

        await Core.PersonAsync("5511999990000", lid);
        await ReplayAsync(turn);
        await ReplayAsync(bubble);

        var work = await BeginAsync(lane);
        work.Outbox.Single().Content.Text.ShouldBe("answer");
        await SendAsync(work, work.Outbox[0], "RAW1");
        TextsOf(await BeginAsync(lane)).ShouldBe(["from the hidden id"]);
    }

    [Fact]
    public async Task A_replay_and_a_merge_at_once_lose_nothing()
    {
        const string lid = "112233445566778";
        var letter = await DieAsync("from the hidden id", person: await Core.PersonAsync(null, lid));
        var lane = await ReceiveAsync("here", order: 1);
        await AnswerAsync(await BeginAsync(lane));
        var other = Fixture.Start();

        var merge = Task.Run(() => other.PersonAsync("5511999990000", lid));
        var replay = Task.Run(() => ReplayAsync(letter));
        await Task.WhenAll(merge, replay);

        (await replay).ShouldBe(DeadLetterOutcome.Done);
        TextsOf(await BeginAsync(lane)).ShouldBe(["from the hidden id"]);
    }

    [Fact]
    public async Task A_dead_apology_is_needless_once_its_turn_is_replayed()
    {
        Options.MaxAttempts = 1;
        var work = await ReceiveAndBeginAsync("one");
        await FailAsync(work);
        var holder = await BeginAsync(work.Chat.Lane);
        await Core.Outbox.BuryAsync(holder, holder.Outbox[0], "http_400", CancellationToken.None);
        var apology = new DeadLetterId("bubble", holder.Outbox[0].Id);
        Ids(new DeadLetterFilter()).ShouldBe([IdOf(work).ToString(), apology.ToString()], ignoreOrder: true);

        await ReplayAsync(IdOf(work));

        (await ReplayAsync(apology)).ShouldBe(DeadLetterOutcome.AlreadyDiscarded);
        (await BeginAsync(work.Chat.Lane)).Outbox.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_dead_apology_alone_can_be_sent_again()
    {
        Options.MaxAttempts = 1;
        var work = await ReceiveAndBeginAsync("one");
        await FailAsync(work);
        var holder = await BeginAsync(work.Chat.Lane);
        await Core.Outbox.BuryAsync(holder, holder.Outbox[0], "http_400", CancellationToken.None);

        (await ReplayAsync(new DeadLetterId("bubble", holder.Outbox[0].Id))).ShouldBe(DeadLetterOutcome.Done);

        (await BeginAsync(work.Chat.Lane)).Outbox.Single().Content.ShouldBe(Apology);
        StatesOf(work.Turn!).ShouldBe(["dead:model_failed"]);
    }
}

public sealed class SqliteDeadLetterChatTests() : DeadLetterChatContract(new CoreFixture());

public sealed class PostgresDeadLetterChatTests() : DeadLetterChatContract(new CoreFixture(Store.Postgres));
