using OpenClaw.Core.Queue;
using OpenClaw.Core.Queue.DeadLetters;
using OpenClaw.Core.Queue.Journeys;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Queue;

/// <summary>What a bubble is, under which id it goes out, and how it was settled whether it did.</summary>
public abstract class SettlementContract(CoreFixture fixture) : TurnContract(fixture)
{
    [Fact]
    public async Task A_bubble_that_WAHA_took_was_sent_plainly()
    {
        var work = await ReceiveAndBeginAsync("one");
        var bubbles = await CompleteAsync(work, "first", "second");

        await AcceptAsync(work, bubbles[0], "RAW1", bubbles[1]);

        SettlementsOf(work).ShouldBe([BubbleSettlement.Plain, null]);
    }

    [Fact]
    public async Task One_that_was_in_the_chat_was_found()
    {
        var work = await UncertainAsync();
        var holder = await BeginAsync(work.Chat.Lane);

        await AcceptAsync(holder, holder.Outbox.Single(), "RAW1");

        SettlementsOf(work).ShouldBe([BubbleSettlement.Found]);
    }

    [Theory]
    [InlineData(BubbleSettlement.AbsentResent, JourneyStepKind.FoundAbsent)]
    [InlineData(BubbleSettlement.UnprovenResent, JourneyStepKind.ResentUnproven)]
    public async Task One_that_was_sent_again_says_with_which_right(BubbleSettlement settlement, JourneyStepKind step)
    {
        var work = await UncertainAsync();
        var holder = await BeginAsync(work.Chat.Lane);
        var bubble = holder.Outbox.Single();

        await Core.Outbox.ClaimAsync(holder, new BubbleClaim(bubble.Id, Clock.Now + Seconds(10), null, settlement), CancellationToken.None);
        await AcceptAsync(holder, bubble, "RAW1");

        SettlementsOf(work).ShouldBe([settlement]);
        KindsOf(work).ShouldContain(step);
    }

    [Fact]
    public async Task What_waits_in_the_queue_to_be_sent_again_keeps_its_right()
    {
        var work = await UncertainAsync();
        var holder = await BeginAsync(work.Chat.Lane);
        var bubble = holder.Outbox.Single();
        await Core.Outbox.RequeueAsync(holder, bubble.Id, Clock.Now, "absent", BubbleSettlement.AbsentResent, CancellationToken.None);
        await Core.Outbox.RequeueAsync(holder, bubble.Id, Clock.Now, "breaker_open", CancellationToken.None);
        holder = await BeginAsync(work.Chat.Lane);

        await Core.Outbox.ClaimAsync(holder, new BubbleClaim(bubble.Id, Clock.Now + Seconds(10)), CancellationToken.None);
        await AcceptAsync(holder, bubble, "RAW1");

        SettlementsOf(work).ShouldBe([BubbleSettlement.AbsentResent]);
        KindsOf(work).ShouldContain(JourneyStepKind.FoundAbsent);
    }

    [Fact]
    public async Task What_was_once_sent_without_proof_may_be_there_twice_whatever_comes_later()
    {
        var work = await UncertainAsync();
        var holder = await BeginAsync(work.Chat.Lane);
        var bubble = holder.Outbox.Single();
        await Core.Outbox.ClaimAsync(holder, new BubbleClaim(bubble.Id, Clock.Now, null, BubbleSettlement.UnprovenResent), CancellationToken.None);
        holder = await BeginAsync(work.Chat.Lane);
        await Core.Outbox.ClaimAsync(holder, new BubbleClaim(bubble.Id, Clock.Now, null, BubbleSettlement.AbsentResent), CancellationToken.None);
        holder = await BeginAsync(work.Chat.Lane);

        await AcceptAsync(holder, holder.Outbox.Single(), "RAW1");

        SettlementsOf(work).ShouldBe([BubbleSettlement.UnprovenResent]);
        KindsOf(work).ShouldContain(JourneyStepKind.FoundInChat);
    }

    [Fact]
    public async Task A_held_bubble_is_a_dead_letter_and_the_next_one_goes_on()
    {
        var work = await ReceiveAndBeginAsync("one");
        var bubbles = await CompleteAsync(work, "first", "second");
        await Core.Outbox.MarkUncertainAsync(work, bubbles[0].Id, Clock.Now, null, "timeout", CancellationToken.None);
        var holder = await BeginAsync(work.Chat.Lane);

        await Core.Outbox.HoldAsync(holder, holder.Outbox[0], "no_store", CancellationToken.None);

        Core.Get<DeadLetterStore>().List(new DeadLetterFilter(), null, 10).Items.Single().Reason.ShouldBe("uncertain_no_store");
        var journey = JourneyOf(work);
        (journey.Outcome, journey.Reason).ShouldBe((JourneyOutcome.Unknown, "uncertain_no_store"));
        journey.Bubbles.Select(bubble => (bubble.State, bubble.Settlement)).ShouldBe([("dead", BubbleSettlement.Held), ("queued", null)]);
        journey.Steps.ShouldContain(new JourneyStep(JourneyStepKind.Withheld, Clock.Now, bubbles[0].Id, "uncertain_no_store"));
        (await BeginAsync(work.Chat.Lane)).Outbox.Single().Content.Text.ShouldBe("second");
    }

    [Fact]
    public async Task A_replayed_one_is_open_again_and_known_to_be_wanted()
    {
        var work = await UncertainAsync();
        var holder = await BeginAsync(work.Chat.Lane);
        await Core.Outbox.HoldAsync(holder, holder.Outbox[0], "waha_restarted", CancellationToken.None);

        await Core.Get<DeadLetterStore>().ReplayAsync(new DeadLetterId("bubble", holder.Outbox[0].Id), CancellationToken.None);

        var bubble = (await BeginAsync(work.Chat.Lane)).Outbox.Single();
        (bubble.State, bubble.IsReplayed).ShouldBe(("sending", true));
        SettlementsOf(work).ShouldBe([null]);
        await AcceptAsync(await BeginAsync(work.Chat.Lane), bubble, "RAW1");
        (JourneyOf(work).Outcome, SettlementsOf(work).Single()).ShouldBe((JourneyOutcome.Sent, BubbleSettlement.Found));
    }

    [Fact]
    public async Task A_refusal_says_nothing_about_an_earlier_send_without_proof()
    {
        var work = await UncertainAsync();
        var holder = await BeginAsync(work.Chat.Lane);
        var bubble = holder.Outbox.Single();
        await Core.Outbox.RequeueAsync(holder, bubble.Id, Clock.Now, "unproven", BubbleSettlement.UnprovenResent, CancellationToken.None);
        await Core.Outbox.BuryAsync(holder, bubble, "http_400", CancellationToken.None);

        await Core.Get<DeadLetterStore>().ReplayAsync(new DeadLetterId("bubble", bubble.Id), CancellationToken.None);

        (await BeginAsync(work.Chat.Lane)).Outbox.Single().State.ShouldBe("sending");
    }

    [Fact]
    public async Task Every_way_into_the_outbox_says_what_it_is()
    {
        Options.MaxAttempts = 1;
        await FailAsync(await ReceiveAndBeginAsync("one"));
        var other = await BeginAsync(await ReceiveAsync("two", person: await Core.PersonAsync("15550001111")));
        await Core.Settlement.CompleteAsync(other, Reply("answer") with { Kind = BubbleKind.Command }, CancellationToken.None);
        var third = await BeginAsync(await ReceiveAsync("three", person: await Core.PersonAsync("15550002222")));
        await CompleteAsync(third, "answer");

        Core.Texts("SELECT kind FROM outbox ORDER BY outbox_id").ShouldBe(["apology", "command", "reply"]);
        (await BeginAsync(other.Chat.Lane)).Outbox.Single().Kind.ShouldBe(BubbleKind.Command);
    }

    [Fact]
    public async Task The_answer_to_a_command_settles_and_delivers_its_message()
    {
        var work = await ReceiveAndBeginAsync("/why");
        var bubble = (await Core.Settlement.CompleteAsync(work, Reply("answer") with { Kind = BubbleKind.Command }, CancellationToken.None)).Single();

        await AcceptAsync(work, bubble, "RAW1");
        StatesOf(work.Turn!).ShouldBe(["sent"]);
        await Core.Events.RecordAckAsync("default", "RAW1", 1, CancellationToken.None);
        StatesOf(work.Turn!).ShouldBe(["sent"]);
        await Core.Events.RecordAckAsync("default", "RAW1", 3, CancellationToken.None);

        (StatesOf(work.Turn!).Single(), JourneyOf(work).Outcome).ShouldBe(("delivered", JourneyOutcome.Read));
    }

    [Fact]
    public async Task An_id_is_kept_over_every_further_send()
    {
        var work = await ReceiveAndBeginAsync("one");
        var bubbles = await Core.Settlement.CompleteAsync(work, Reply("first", "second") with { FirstRawId = "OURS1" }, CancellationToken.None);
        bubbles.Select(bubble => bubble.RawId).ShouldBe(["OURS1", null]);
        await Core.Outbox.RequeueAsync(work, bubbles[0].Id, Clock.Now, "connection_refused", CancellationToken.None);

        await Core.Outbox.ClaimAsync(work, new BubbleClaim(bubbles[0].Id, Clock.Now, "OTHER"), CancellationToken.None);
        await Core.Outbox.AcceptAsync(work, bubbles[0], null, new BubbleClaim(bubbles[1].Id, Clock.Now, "OURS2"), CancellationToken.None);

        Core.Texts("SELECT state || ':' || raw_id FROM outbox ORDER BY outbox_id").ShouldBe(["accepted:OURS1", "sending:OURS2"]);
    }

    [Fact]
    public async Task An_id_that_WAHA_gave_to_two_bubbles_is_the_first_ones()
    {
        var work = await ReceiveAndBeginAsync("one");
        var bubbles = await Core.Settlement.CompleteAsync(work, Reply("first", "second") with { FirstRawId = "SAME" }, CancellationToken.None);
        await Core.Outbox.AcceptAsync(work, bubbles[0], "SAME", new BubbleClaim(bubbles[1].Id, Clock.Now, "SAME"), CancellationToken.None);
        var other = await BeginAsync(await ReceiveAsync("two", person: await Core.PersonAsync("15550001111")));
        var told = await Core.Settlement.CompleteAsync(other, Reply("third") with { FirstRawId = "SAME" }, CancellationToken.None);

        Core.Texts("SELECT COALESCE(raw_id, 'none') FROM outbox ORDER BY outbox_id").ShouldBe(["SAME", "none", "none"]);
        told.Single().RawId.ShouldBeNull();
    }

    [Fact]
    public async Task WAHA_that_used_another_id_is_believed()
    {
        var work = await ReceiveAndBeginAsync("one");
        var bubble = (await Core.Settlement.CompleteAsync(work, Reply("answer") with { FirstRawId = "OURS" }, CancellationToken.None)).Single();
        await Core.Events.RecordAckAsync("default", "THEIRS", 2, CancellationToken.None);

        await AcceptAsync(work, bubble, "THEIRS");

        Core.Texts("SELECT raw_id || ':' || ack FROM outbox").ShouldBe(["THEIRS:2"]);
        StatesOf(work.Turn!).ShouldBe(["delivered"]);
    }

    [Fact]
    public async Task What_WAHA_told_of_our_own_messages_is_found_by_id_and_by_chat()
    {
        var maria = await Core.PersonAsync("5511999990000", "112233445566778");
        var work = await ReceiveAndBeginAsync("one");
        Task<IntakeOutcome> TellAsync(string kind, string raw, string? source, double at, string chat = "5511999990000@c.us") => Core.Events.RecordAsync(
            "default", kind, new ChatEventContent(chat, raw, "text of " + raw, source, null), maria.Scope, Clock.Now + Seconds(at), CancellationToken.None);
        await TellAsync("own_echo", "OLD", "api", -10);
        await TellAsync("own_echo", "API", "api", 1);
        await TellAsync("own_message", "UNKNOWN", null, 2);
        await TellAsync("own_message", "PHONE", "app", 3);
        await TellAsync("own_echo", "HIDDEN", "api", 1.5, "112233445566778@lid");
        await TellAsync("own_echo", "ELSEWHERE", "api", 4, "15550001111@c.us");
        await TellAsync("reaction", "REACTION", "api", 5);

        var told = await Core.Events.EchoesAsync(work.Chat, "5511999990000@c.us", Clock.Now, CancellationToken.None);

        told.Select(message => (message.RawId, message.Text, message.FromMe)).ShouldBe([("API", "text of API", true), ("HIDDEN", "text of HIDDEN", true), ("UNKNOWN", "text of UNKNOWN", true)]);
        (await Core.Events.HasEchoAsync(work.Chat, "API", CancellationToken.None)).ShouldBeTrue();
        (await Core.Events.HasEchoAsync(work.Chat, "PHONE", CancellationToken.None)).ShouldBeFalse();
    }

    private async Task<LaneWork> UncertainAsync()
    {
        var work = await ReceiveAndBeginAsync("one");
        var bubble = (await CompleteAsync(work, "answer")).Single();
        await Core.Outbox.MarkUncertainAsync(work, bubble.Id, Clock.Now, null, "timeout", CancellationToken.None);
        return work;
    }

    private Core.Queue.Journeys.Journey JourneyOf(LaneWork work) => Core.Get<JourneyStore>().Find(work.Turn!.Reference)!;

    private List<BubbleSettlement?> SettlementsOf(LaneWork work) => [.. JourneyOf(work).Bubbles.Select(bubble => bubble.Settlement)];

    private List<JourneyStepKind> KindsOf(LaneWork work) => [.. JourneyOf(work).Steps.Select(step => step.Kind)];
}

public sealed class SqliteSettlementTests() : SettlementContract(new CoreFixture());

public sealed class PostgresSettlementTests() : SettlementContract(new CoreFixture(Store.Postgres));
