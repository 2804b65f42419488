using OpenClaw.Core.Queue;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Queue;

/// <summary>A lane that would only run into something that is away: it is told until when it waits, and nothing of it was begun.</summary>
public abstract class LaneGateContract(CoreFixture fixture) : TurnContract(fixture)
{
    [Fact]
    public async Task A_turn_that_waits_was_not_begun()
    {
        var lane = await ReceiveAsync("one");
        var gate = new Gate(Clock.Now + Seconds(30));

        for (var i = 0; i < 3; i++)
        {
            var waiting = await BeginAsync(lane, gate);
            (waiting.Turn, waiting.ReadyAt).ShouldBe((null, gate.Until));
        }

        gate.Asked.ShouldBe([("default", false)], ignoreOrder: true);
        gate.Until = null;
        var work = await BeginAsync(lane, gate);
        (work.Turn.ShouldNotBeNull().Attempts, work.Turn.Failures).ShouldBe((1, 0));
    }

    [Fact]
    public async Task A_turn_that_was_interrupted_waits_without_another_attempt()
    {
        var lane = (await ReceiveAndBeginAsync("one")).Chat.Lane;

        (await BeginAsync(lane, new Gate(Clock.Now + Seconds(30)))).Turn.ShouldBeNull();

        Clock.Advance(Seconds(60));
        (await BeginAsync(lane)).Turn.ShouldNotBeNull().Attempts.ShouldBe(2);
    }

    [Fact]
    public async Task Unsent_bubbles_wait_for_the_session_alone()
    {
        var work = await ReceiveAndBeginAsync("one");
        await CompleteAsync(work, "answer");
        var gate = new Gate(Clock.Now + Seconds(30));

        var waiting = await BeginAsync(work.Chat.Lane, gate);

        waiting.Outbox.ShouldBeEmpty();
        waiting.ReadyAt.ShouldBe(gate.Until);
        gate.Asked.ShouldBe([("default", true)], ignoreOrder: true);
        (await BeginAsync(work.Chat.Lane, new Gate(null))).Outbox.Single().Attempts.ShouldBe(1);
    }

    [Fact]
    public async Task A_lane_that_has_nothing_to_do_waits_for_nothing()
    {
        var work = await ReceiveAndBeginAsync("one");
        await AnswerAsync(work);

        (await BeginAsync(work.Chat.Lane, new Gate(Clock.Now + Seconds(30)))).ReadyAt.ShouldBeNull();
    }

    [Fact]
    public async Task An_attempt_that_could_not_begin_is_taken_back()
    {
        var work = await ReceiveAndBeginAsync("one");

        await Core.Settlement.PostponeAsync(work, Clock.Now + Seconds(20), CancellationToken.None);

        var early = await BeginAsync(work.Chat.Lane);
        (early.Turn, early.ReadyAt).ShouldBe((null, Clock.Now + Seconds(20)));
        Clock.Advance(Seconds(20));
        var turn = (await BeginAsync(work.Chat.Lane)).Turn.ShouldNotBeNull();
        (turn.Attempts, turn.Failures).ShouldBe((1, 0));
    }

    [Fact]
    public async Task Who_lost_the_lane_takes_no_attempt_back()
    {
        var old = await ReceiveAndBeginAsync("one");
        Clock.Advance(Seconds(60));
        var current = await BeginAsync(old.Chat.Lane);

        await Should.ThrowAsync<FenceLostException>(Core.Settlement.PostponeAsync(old, Clock.Now, CancellationToken.None));

        await Core.Settlement.PostponeAsync(current, Clock.Now, CancellationToken.None);
        (await BeginAsync(old.Chat.Lane)).Turn.ShouldNotBeNull().Attempts.ShouldBe(2);
    }

    private async Task<LaneWork> BeginAsync(LaneId lane, Gate gate) => (await Core.Turns.BeginAsync(lane, gate, CancellationToken.None)).ShouldNotBeNull();

    private sealed class Gate(DateTimeOffset? until) : ILaneGate
    {
        public DateTimeOffset? Until { get; set; } = until;

        /// <summary>A unit may run twice, so it may be asked twice.</summary>
        public HashSet<(string Session, bool OnlySends)> Asked { get; } = [];

        public DateTimeOffset? WaitsUntil(string session, bool isGroup, bool onlySends)
        {
            Asked.Add((session, onlySends));
            return Until;
        }
    }
}

public sealed class SqliteLaneGateTests() : LaneGateContract(new CoreFixture());

public sealed class PostgresLaneGateTests() : LaneGateContract(new CoreFixture(Store.Postgres));
