using OpenClaw.Core.People;
using OpenClaw.Core.Queue;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Queue;

/// <summary>Pairs of writes of which each looks at what the other one changes: whichever is later must see the earlier one.</summary>
public abstract partial class QueueRaceContract
{
    private const int Rounds = 8;

    [Fact]
    public async Task An_ack_that_comes_while_its_bubble_is_accepted_is_not_lost()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (work, bubbles) = await ReplyAsync("5511900000" + round, bubbles: 1);
            var raw = "RAW" + round;

            await RaceAsync(async (core, writer) =>
            {
                if (writer == 0)
                    await core.Outbox.AcceptAsync(work, bubbles[0], raw, null, CancellationToken.None);
                else if (writer < 4)
                    await core.Events.RecordAckAsync("default", raw, writer, CancellationToken.None);
                return true;
            });

            Core.Number("SELECT ack FROM outbox WHERE outbox_id = @id", ("@id", bubbles[0].Id)).ShouldBe(3);
            Core.Texts("SELECT state FROM inbound WHERE turn_id = @turn", ("@turn", work.Turn!.Id)).ShouldBe(["delivered"]);
        }
    }

    [Fact]
    public async Task A_reply_whose_bubbles_arrive_all_at_once_is_delivered()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (work, bubbles) = await ReplyAsync("5511900000" + round, bubbles: 3);
            var raws = bubbles.Select(bubble => "RAW" + bubble.Id).ToList();
            for (var i = 0; i < 2; i++)
                await Core.Outbox.AcceptAsync(work, bubbles[i], raws[i], new BubbleClaim(bubbles[i + 1].Id, Clock.Now), CancellationToken.None);

            await RaceAsync(async (core, writer) =>
            {
                if (writer == 0)
                    await core.Outbox.AcceptAsync(work, bubbles[2], raws[2], null, CancellationToken.None);
                else if (writer < 4)
                    await core.Events.RecordAckAsync("default", raws[writer - 1], 2, CancellationToken.None);
                return true;
            });

            Core.Texts("SELECT state FROM inbound WHERE turn_id = @turn", ("@turn", work.Turn!.Id)).ShouldBe(["delivered"]);
        }
    }

    [Fact]
    public async Task Whoever_takes_over_a_lane_sees_what_its_last_worker_wrote_or_that_one_is_refused()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (work, bubbles) = await ReplyAsync("5511900000" + round, bubbles: 1);
            var successors = new LaneWork?[Writers];

            var refused = await RaceAsync(async (core, writer) =>
            {
                if (writer == 0)
                    return await IsRefusedAsync(core.Outbox.AcceptAsync(work, bubbles[0], "RAW" + bubbles[0].Id, null, CancellationToken.None));
                if (writer < 3)
                    successors[writer] = await core.Turns.BeginAsync(work.Chat.Lane, CancellationToken.None);
                return false;
            });

            // The one with the lowest fence came right after, or before, the worker.
            var next = successors.OfType<LaneWork>().MinBy(successor => successor.Fence)!;
            next.Outbox.Count.ShouldBe(refused[0] ? 1 : 0);
        }
    }

    [Fact]
    public async Task Messages_that_arrive_while_turns_start_are_in_one_turn_each()
    {
        var maria = await Core.PersonAsync("5511999990000");
        var lane = await Core.Lanes.EnsureAsync("default", maria, null, "5511999990000@c.us", CancellationToken.None);

        var turns = await RaceAsync(async (core, writer) =>
        {
            var answered = new List<Turn>();
            for (var i = 0; i < 6; i++)
            {
                if (writer > 0)
                {
                    await core.Inbound.AcceptAsync(MessageBuilder.Message(maria, "hello", Clock.Now + TimeSpan.FromSeconds(i)), CancellationToken.None);
                    continue;
                }

                var work = (await core.Turns.BeginAsync(lane, CancellationToken.None)).ShouldNotBeNull();
                if (work.Turn is null)
                    continue;
                await core.Settlement.CompleteAsync(work, Reply(1), CancellationToken.None);
                await core.ExecuteAsync("UPDATE outbox SET state = 'accepted'");
                answered.Add(work.Turn);
            }

            return answered;
        });

        var frozen = turns.SelectMany(list => list).ToList();
        foreach (var turn in frozen)
        {
            Core.Texts("SELECT CAST(inbound_id AS TEXT) FROM inbound WHERE turn_id = @turn ORDER BY inbound_id", ("@turn", turn.Id))
                .ShouldBe(turn.Messages.Select(message => message.InboundId.ToString(System.Globalization.CultureInfo.InvariantCulture)), ignoreOrder: true);
        }

        Core.Number("SELECT COUNT(*) FROM inbound WHERE state = 'replied'").ShouldBe(frozen.Sum(turn => turn.Messages.Count));
        Core.Number("SELECT COUNT(*) FROM inbound").ShouldBe((Writers - 1) * 6);
    }

    [Fact]
    public async Task Messages_that_arrive_during_a_merge_belong_to_the_person_that_is_left()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var (phone, lid) = ("5511900000" + round, "88800000" + round);
            var hidden = await Core.PersonAsync(null, lid);
            await Core.Inbound.AcceptAsync(MessageBuilder.Message(hidden, "first", Clock.Now), CancellationToken.None);
            var kept = await Core.PersonAsync(phone);
            await Core.Inbound.AcceptAsync(MessageBuilder.Message(kept, "first", Clock.Now), CancellationToken.None);

            await RaceAsync(async (core, writer) =>
            {
                if (writer == 0)
                    return (await core.PersonAsync(phone, lid)).Person == kept.Person;
                for (var i = 0; i < 3; i++)
                {
                    var message = MessageBuilder.Message(hidden, "hello", Clock.Now);
                    // Refused when the merge was first: looked up again, as the door does.
                    while (await (writer % 2 == 0
                        ? core.Inbound.AcceptAsync(message, CancellationToken.None)
                        : core.Inbound.HoldAsync(message, "lid_not_linked", CancellationToken.None)) is null)
                    {
                        message = message with { Person = await core.PersonAsync(null, lid) };
                    }
                }

                return true;
            });

            Core.Number("SELECT COUNT(*) FROM inbound WHERE person_id = @kept", ("@kept", kept.Person.Value)).ShouldBe(2 + ((Writers - 1) * 3));
            Core.Number("SELECT COUNT(*) FROM inbound JOIN lanes ON lanes.lane_id = inbound.lane_id WHERE lanes.person_id = @hidden", ("@hidden", hidden.Person.Value)).ShouldBe(0);
        }
    }

    [Fact]
    public async Task A_lane_is_leased_by_one_worker()
    {
        for (var lane = 1; lane <= 30; lane++)
            await Core.Scheduler.SignalAsync(new LaneId(lane), Clock.Now, CancellationToken.None);

        var leases = await RaceAsync(async (core, writer) =>
        {
            var mine = new List<LaneId>();
            for (var i = 0; i < 5; i++)
                mine.AddRange((await core.Scheduler.LeaseAsync(4, CancellationToken.None)).Leases.Select(lease => lease.Lane));
            return mine;
        });

        leases.SelectMany(mine => mine).ShouldBe(Enumerable.Range(1, 30).Select(lane => new LaneId(lane)), ignoreOrder: true);
    }

    [Fact]
    public async Task A_signal_during_a_release_is_not_lost()
    {
        await Core.Scheduler.SignalAsync(new LaneId(1), Clock.Now, CancellationToken.None);
        for (var round = 0; round < Rounds; round++)
        {
            var lease = (await Core.Scheduler.LeaseAsync(1, CancellationToken.None)).Leases.Single();

            await RaceAsync(async (core, writer) =>
            {
                if (writer == 0)
                    await core.Scheduler.ReleaseAsync(lease, null, CancellationToken.None);
                else if (writer < 3)
                    await core.Scheduler.SignalAsync(lease.Lane, Clock.Now, CancellationToken.None);
                return true;
            });
        }

        (await Core.Scheduler.LeaseAsync(1, CancellationToken.None)).Leases.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_job_has_one_leader()
    {
        var candidates = Enumerable.Range(0, Writers).Select(writer => new SqlJobLeases(_processes[writer % _processes.Length].Database, Clock)).ToList();

        var led = await RaceAsync((_, writer) => candidates[writer].HoldAsync("job", TimeSpan.FromSeconds(30), CancellationToken.None));

        led.Count(leads => leads).ShouldBe(1);
    }

    private TurnReply Reply(int bubbles) => new(
        [.. Enumerable.Range(0, bubbles).Select(i => new BubbleContent("5511999990000@c.us", "answer " + i, null))], "hello", "answer", ClaimFirst: true, Clock.Now, Clock.Now);

    /// <summary>A turn of a person of its own whose reply is stored, its first bubble on its way.</summary>
    private async Task<(LaneWork Work, IReadOnlyList<Bubble> Bubbles)> ReplyAsync(string phone, int bubbles)
    {
        PersonRecord person = await Core.PersonAsync(phone);
        var message = MessageBuilder.Message(person, "hello", Clock.Now);
        await Core.Inbound.AcceptAsync(message, CancellationToken.None);
        var lane = await Core.Lanes.EnsureAsync("default", person, null, message.Content.ChatId, CancellationToken.None);
        var work = (await Core.Turns.BeginAsync(lane, CancellationToken.None)).ShouldNotBeNull();
        return (work, await Core.Settlement.CompleteAsync(work, Reply(bubbles), CancellationToken.None));
    }
}
