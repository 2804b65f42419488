using OpenClaw.Core.Queue;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Queue;

/// <summary>Which messages become one turn, in which order, and when.</summary>
public abstract class TurnFormationContract(CoreFixture fixture) : TurnContract(fixture)
{
    [Fact]
    public async Task A_burst_of_bubbles_is_one_turn()
    {
        var work = await ReceiveAndBeginAsync("one", "two", "three");

        TextsOf(work).ShouldBe(["one", "two", "three"]);
        StatesOf(work.Turn!).ShouldAllBe(state => state == "in_turn");
    }

    [Fact]
    public async Task A_turn_carries_its_person_chat_and_reference()
    {
        var maria = await MariaAsync();
        var work = await ReceiveAndBeginAsync("hello");

        work.Turn.ShouldNotBeNull();
        work.Turn.Person.ShouldBe(maria.Scope);
        (work.Turn.Locale, work.Turn.TimeZone).ShouldBe(("pt-BR", "America/Sao_Paulo"));
        work.Turn.Reference.Length.ShouldBe(6);
        (work.Turn.Attempts, work.Turn.Failures).ShouldBe((1, 0));
        (work.Chat.Session, work.Chat.IsGroup, work.Chat.Key).ShouldBe(("default", false, maria.Key));
        work.Turn.Messages.Single().ArrivedAt.ShouldBe(Clock.Now);
        work.Turn.Messages.Single().Content.SenderName.ShouldBe("Maria Builder");
    }

    [Fact]
    public async Task Later_arrivals_form_the_next_turn()
    {
        var first = await ReceiveAndBeginAsync("one");
        await ReceiveAsync("two", order: 1);
        await ReceiveAsync("three", order: 2);
        await AnswerAsync(first);

        var second = await BeginAsync(first.Chat.Lane);

        TextsOf(second).ShouldBe(["two", "three"]);
        second.Turn!.Id.ShouldNotBe(first.Turn!.Id);
    }

    [Fact]
    public async Task Order_is_payload_time_then_envelope_time_then_arrival()
    {
        var lane = await ReceiveAsync("5: same second, latest envelope", order: 2, envelope: 9);
        await ReceiveAsync("3: same as the next but arrived before", order: 2, envelope: 4);
        await ReceiveAsync("4: same as the one before", order: 2, envelope: 4);
        await ReceiveAsync("1: oldest payload, newest envelope", order: 1, envelope: 20);
        await ReceiveAsync("2: earliest envelope of its second", order: 2, envelope: 3);

        var work = await BeginAsync(lane);

        TextsOf(work).Select(text => text[0]).ShouldBe(['1', '2', '3', '4', '5']);
    }

    [Fact]
    public async Task A_message_older_than_what_was_answered_is_answered_next_and_marked_late()
    {
        var first = await ReceiveAndBeginAsync("now");
        await ReceiveAsync("a minute old", order: -60);
        await ReceiveAsync("newer", order: 1);
        await AnswerAsync(first);

        var second = await BeginAsync(first.Chat.Lane);

        TextsOf(second).ShouldBe(["a minute old", "newer"]);
        LateOnesOf(second).ShouldBe([1, 0]);
    }

    [Fact]
    public async Task A_message_is_not_late_because_of_a_turn_that_is_not_answered_yet()
    {
        var work = await ReceiveAndBeginAsync("one", "two");
        await Core.Settlement.AppendAsync(work, [new TurnStep(0, "model", null, "{}")], CancellationToken.None);

        LateOnesOf(work).ShouldBe([0, 0]);
        Core.Number("SELECT high_order FROM lanes").ShouldBe(0);
    }

    [Fact]
    public async Task A_group_turn_takes_only_consecutive_messages_of_one_author()
    {
        var (ana, bia) = (await Core.PersonAsync("5511900000001"), await Core.PersonAsync("5511900000002"));
        var lane = await ReceiveAsync("ana 1", 0, person: ana, group: "120363041234567890");
        await ReceiveAsync("ana 2", 1, person: ana, group: "120363041234567890");
        await ReceiveAsync("bia 1", 2, person: bia, group: "120363041234567890");
        await ReceiveAsync("ana 3", 3, person: ana, group: "120363041234567890");

        var turns = new List<LaneWork>();
        for (var i = 0; i < 3; i++)
        {
            turns.Add(await BeginAsync(lane));
            await AnswerAsync(turns[i]);
        }

        turns.Select(work => string.Join('+', TextsOf(work))).ShouldBe(["ana 1+ana 2", "bia 1", "ana 3"]);
        turns.Select(work => work.Turn!.Person).ShouldBe([ana.Scope, bia.Scope, ana.Scope]);
        turns.ShouldAllBe(work => work.Chat.IsGroup && work.Chat.Key != ana.Key && work.Chat.Key != bia.Key);
    }

    [Fact]
    public async Task Direct_chats_of_two_people_and_of_two_sessions_are_lanes_of_their_own()
    {
        var (ana, bia) = (await Core.PersonAsync("5511900000001"), await Core.PersonAsync("5511900000002"));
        var lanes = new[]
        {
            await Core.Lanes.EnsureAsync("default", ana, null, "a@c.us", CancellationToken.None),
            await Core.Lanes.EnsureAsync("default", bia, null, "b@c.us", CancellationToken.None),
            await Core.Lanes.EnsureAsync("second", ana, null, "a@c.us", CancellationToken.None),
            await Core.Lanes.EnsureAsync("default", ana, "1203630", "1203630@g.us", CancellationToken.None),
        };

        lanes.Distinct().Count().ShouldBe(4);
        (await Core.Lanes.EnsureAsync("default", bia, "1203630", "1203630@g.us", CancellationToken.None)).ShouldBe(lanes[3]);
    }

    [Fact]
    public async Task The_quiet_period_starts_again_with_every_bubble()
    {
        Options.QuietPeriod = Seconds(0.8);
        var lane = await ReceiveAsync("one");
        Clock.Advance(Seconds(0.5));
        await ReceiveAsync("two");
        var quiet = Clock.Now + Seconds(0.8);

        Clock.Advance(Seconds(0.7));
        var early = await BeginAsync(lane);
        Clock.Advance(Seconds(0.1));
        var work = await BeginAsync(lane);

        early.Turn.ShouldBeNull();
        early.ReadyAt.ShouldBe(quiet);
        TextsOf(work).ShouldBe(["one", "two"]);
    }

    [Fact]
    public async Task The_quiet_period_ends_five_seconds_after_the_first_bubble()
    {
        Options.QuietPeriod = Seconds(0.8);
        var started = Clock.Now;
        var lane = await ReceiveAsync("0");
        for (var i = 1; i < 10; i++)
        {
            Clock.Advance(Seconds(0.5));
            await ReceiveAsync(i.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        var early = await BeginAsync(lane);
        Clock.Advance(Seconds(0.5));
        var work = await BeginAsync(lane);

        early.Turn.ShouldBeNull();
        early.ReadyAt.ShouldBe(started + Seconds(5));
        TextsOf(work).Count().ShouldBe(10);
    }

    [Fact]
    public async Task A_flood_is_cut_into_turns_of_fifty_messages()
    {
        var lane = default(LaneId);
        for (var i = 0; i < 52; i++)
            lane = await ReceiveAsync("message");

        var first = await BeginAsync(lane);
        await AnswerAsync(first);

        first.Turn!.Messages.Count.ShouldBe(50);
        TextsOf(await BeginAsync(lane)).Count().ShouldBe(2);
    }

    [Fact]
    public async Task Nothing_begins_on_a_lane_without_messages_or_on_no_lane()
    {
        var lane = await Core.Lanes.EnsureAsync("default", await MariaAsync(), null, "5511999990000@c.us", CancellationToken.None);
        var work = await BeginAsync(lane);

        (work.Turn, work.Outbox.Count, work.ReadyAt).ShouldBe((null, 0, null));
        (await Core.Turns.BeginAsync(new LaneId(987654), CancellationToken.None)).ShouldBeNull();
    }

    private List<long> LateOnesOf(LaneWork work) =>
        [.. work.Turn!.Messages.Select(message => Core.Number("SELECT late FROM inbound WHERE inbound_id = @id", ("@id", message.InboundId)))];
}
