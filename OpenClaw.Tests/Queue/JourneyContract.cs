using OpenClaw.Core.Queue;
using OpenClaw.Core.Queue.DeadLetters;
using OpenClaw.Core.Queue.Journeys;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Queue;

/// <summary>The way of a message as its rows tell it.</summary>
public abstract class JourneyContract(CoreFixture fixture) : TurnContract(fixture)
{
    private JourneyStore Journeys => Core.Get<JourneyStore>();

    [Fact]
    public async Task An_answered_message_tells_its_steps_with_their_times()
    {
        var arrived = Clock.Now;
        var lane = await ReceiveAsync("one");
        Clock.Advance(Seconds(1));
        var work = await BeginAsync(lane);
        Clock.Advance(Seconds(2));
        await Core.Settlement.AppendAsync(work, [new TurnStep(0, "model", null, "{}"), new TurnStep(1, "started", "c", "{}"), new TurnStep(2, "done", "c", "{}")], CancellationToken.None);
        var bubble = (await CompleteAsync(work, "answer")).Single();
        Clock.Advance(Seconds(1));
        await AcceptAsync(work, bubble, "RAW1");
        Clock.Advance(Seconds(1));
        await Core.Events.RecordAckAsync("default", "RAW1", 3, CancellationToken.None);

        var journey = Journeys.Find(work.Turn!.Messages[0].RequestId).ShouldNotBeNull();

        (journey.Outcome, journey.Reference, journey.Session, journey.Lane, journey.Reason).ShouldBe((JourneyOutcome.Read, work.Turn.Reference, "default", lane.Value, null));
        journey.Steps.Select(step => (step.Kind, step.At is { } at ? (double?)(at - arrived).TotalSeconds : null)).ShouldBe([
            (JourneyStepKind.Arrived, 0), (JourneyStepKind.TurnBegan, 1), (JourneyStepKind.SkillsAsked, 3), (JourneyStepKind.SkillStarted, 3), (JourneyStepKind.SkillDone, 3),
            (JourneyStepKind.Answered, 3), (JourneyStepKind.Queued, 3), (JourneyStepKind.Claimed, 3), (JourneyStepKind.Accepted, 4), (JourneyStepKind.ServerAck, 5),
            (JourneyStepKind.DeviceAck, 5), (JourneyStepKind.ReadAck, 5),
        ], ignoreOrder: false);
    }

    [Fact]
    public async Task A_dead_one_is_found_by_the_code_that_the_person_was_told()
    {
        Options.MaxAttempts = 1;
        var work = await ReceiveAndBeginAsync("one");
        await FailAsync(work);

        var journey = Journeys.Find(work.Turn!.Reference.ToLowerInvariant()).ShouldNotBeNull();

        (journey.Outcome, journey.Reason, journey.Attempts).ShouldBe((JourneyOutcome.Dead, "model_failed", 1));
        journey.Steps.Select(step => (step.Kind, step.Detail)).ShouldContain((JourneyStepKind.Dead, "model_failed"));
        journey.Steps.Select(step => (step.Kind, step.Detail)).ShouldContain((JourneyStepKind.Queued, "apology"));
    }

    [Fact]
    public async Task A_replay_and_a_discard_are_told()
    {
        Options.MaxAttempts = 1;
        var work = await ReceiveAndBeginAsync("one");
        await FailAsync(work);
        var letter = new DeadLetterId("turn", work.Turn!.Id);
        Clock.Advance(Seconds(60));
        await Core.Get<DeadLetterStore>().ReplayAsync(letter, CancellationToken.None);
        var replayed = Journeys.Find(work.Turn.Reference)!;
        await FailAsync(await BeginAsync(work.Chat.Lane));
        await Core.Get<DeadLetterStore>().DiscardAsync(letter, CancellationToken.None);

        (replayed.Outcome, replayed.Steps[^1].Kind, replayed.Steps[^1].Detail).ShouldBe((JourneyOutcome.InProgress, JourneyStepKind.Replayed, "1"));
        Journeys.Find(work.Turn.Reference)!.Outcome.ShouldBe(JourneyOutcome.Discarded);
    }

    [Fact]
    public async Task How_an_uncertain_send_was_settled_is_told()
    {
        var work = await ReceiveAndBeginAsync("one");
        var bubble = (await CompleteAsync(work, "answer")).Single();
        await Core.Outbox.MarkUncertainAsync(work, bubble.Id, Clock.Now, null, "timeout", CancellationToken.None);
        var holder = await BeginAsync(work.Chat.Lane);
        var open = KindsOf(work);
        await Core.Outbox.ClaimAsync(holder, new BubbleClaim(bubble.Id, Clock.Now + Seconds(10)), CancellationToken.None);
        await Core.Outbox.MarkUncertainAsync(holder, bubble.Id, Clock.Now, null, "timeout", CancellationToken.None);
        var resent = KindsOf(work);
        holder = await BeginAsync(work.Chat.Lane);
        await AcceptAsync(holder, holder.Outbox.Single(), "RAW1");

        open.ShouldContain(JourneyStepKind.Uncertain);
        resent.ShouldContain(JourneyStepKind.FoundAbsent);
        KindsOf(work).ShouldContain(JourneyStepKind.FoundInChat);
        KindsOf(work).ShouldNotContain(JourneyStepKind.Accepted);
        KindsOf(work).ShouldNotContain(JourneyStepKind.Uncertain);
    }

    [Fact]
    public async Task What_was_not_answered_tells_why()
    {
        await Core.Inbound.DropAsync(MessageBuilder.Dropped(Clock.Now, "too_old"), CancellationToken.None);

        var journey = Journeys.Find("req-dropped").ShouldNotBeNull();

        (journey.Outcome, journey.Reason, journey.Lane, journey.Steps.Count).ShouldBe((JourneyOutcome.Ignored, "too_old", null, 1));
        Journeys.Find("nobody").ShouldBeNull();
    }

    [Fact]
    public async Task A_message_that_waits_says_so()
    {
        await ReceiveAsync("one");

        Journeys.Find(Core.Texts("SELECT request_id FROM inbound").Single())!.Outcome.ShouldBe(JourneyOutcome.Waiting);
    }

    [Fact]
    public async Task A_quoted_message_is_found_in_its_own_chat_only()
    {
        var work = await ReceiveAndBeginAsync("one");
        await AcceptAsync(work, (await CompleteAsync(work, "answer")).Single(), "RAW1");
        var question = work.Turn!.Messages[0].Content.MessageId.Split('_')[^1];
        var elsewhere = (await BeginAsync(await ReceiveAsync("two", person: await Core.PersonAsync("15550001111")))).Chat;

        Journeys.Quoted(work.Chat, "RAW1")!.Reference.ShouldBe(work.Turn.Reference);
        Journeys.Quoted(work.Chat, question)!.Reference.ShouldBe(work.Turn.Reference);
        Journeys.Quoted(elsewhere, "RAW1").ShouldBeNull();
        Journeys.Quoted(elsewhere, question).ShouldBeNull();
        Journeys.Quoted(work.Chat, "UNKNOWN").ShouldBeNull();
    }

    private List<JourneyStepKind> KindsOf(LaneWork work) => [.. Journeys.Find(work.Turn!.Reference)!.Steps.Select(step => step.Kind)];
}

public sealed class SqliteJourneyTests() : JourneyContract(new CoreFixture());

public sealed class PostgresJourneyTests() : JourneyContract(new CoreFixture(Store.Postgres));
