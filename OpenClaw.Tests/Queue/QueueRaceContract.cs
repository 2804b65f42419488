using Microsoft.Extensions.Options;
using OpenClaw.Core.People;
using OpenClaw.Core.Queue;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Queue;

/// <summary>One race per invariant: two processes over the same data, many threads each, all starting at one signal.</summary>
public abstract partial class QueueRaceContract(CoreFixture fixture) : IDisposable
{
    private const int Writers = 8;
    private readonly CoreProcess[] _processes = [fixture.Core, fixture.Start()];

    private CoreProcess Core => fixture.Core;

    private StepClock Clock => fixture.Clock;

    public void Dispose()
    {
        fixture.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_message_that_comes_through_many_doors_is_stored_once()
    {
        var maria = await Core.PersonAsync("5511999990000");
        var messages = Enumerable.Range(0, 25).Select(i => MessageBuilder.Message(maria, "message " + i, Clock.Now)).ToList();

        var outcomes = await RaceAsync(async (core, writer) =>
        {
            var seen = new List<IntakeOutcome?>();
            // Every writer brings the same messages in an order of its own.
            foreach (var message in messages.Skip(writer).Concat(messages.Take(writer)))
                seen.Add(await core.Inbound.AcceptAsync(message, CancellationToken.None));
            return seen;
        });

        outcomes.SelectMany(seen => seen).Count(outcome => outcome == IntakeOutcome.Accepted).ShouldBe(messages.Count);
        outcomes.SelectMany(seen => seen).Count(outcome => outcome == IntakeOutcome.Duplicate).ShouldBe(messages.Count * (Writers - 1));
        Core.Number("SELECT COUNT(*) FROM inbound").ShouldBe(messages.Count);
    }

    [Fact]
    public async Task A_phone_number_is_one_person()
    {
        var people = await RaceAsync((core, writer) => core.PersonAsync("5511999990000"));

        people.Select(person => person.Person).Distinct().Count().ShouldBe(1);
        people.Select(person => person.Key).Distinct().Count().ShouldBe(1);
        Core.Number("SELECT COUNT(*) FROM people").ShouldBe(1);
    }

    [Fact]
    public async Task A_number_and_its_hidden_id_end_as_one_person_whoever_links_them_first()
    {
        await RaceAsync((core, writer) => (writer % 3) switch
        {
            0 => core.PersonAsync("5511999990000"),
            1 => core.PersonAsync(null, "112233445566778"),
            _ => core.PersonAsync("5511999990000", "112233445566778"),
        });

        Core.Number("SELECT COUNT(*) FROM people WHERE merged_into IS NULL").ShouldBe(1);
        Core.Number("SELECT COUNT(DISTINCT person_id) FROM person_ids").ShouldBe(1);
        Core.Number("SELECT COUNT(*) FROM person_ids").ShouldBe(2);
    }

    [Fact]
    public async Task A_chat_is_one_lane()
    {
        var maria = await Core.PersonAsync("5511999990000");

        var direct = await RaceAsync((core, writer) => core.Lanes.EnsureAsync("default", maria, null, "5511999990000@c.us", CancellationToken.None).AsTask());
        var group = await RaceAsync((core, writer) => core.Lanes.EnsureAsync("default", maria, "1203630", "1203630@g.us", CancellationToken.None).AsTask());

        direct.Distinct().Count().ShouldBe(1);
        group.Distinct().Count().ShouldBe(1);
        Core.Number("SELECT COUNT(*) FROM lanes").ShouldBe(2);
    }

    [Fact]
    public async Task A_message_belongs_to_one_live_turn_and_one_worker_answers_it()
    {
        var maria = await Core.PersonAsync("5511999990000");
        var message = MessageBuilder.Message(maria, "hello", Clock.Now);
        await Core.Inbound.AcceptAsync(message, CancellationToken.None);
        var lane = await Core.Lanes.EnsureAsync("default", maria, null, message.Content.ChatId, CancellationToken.None);
        var reply = new TurnReply([new BubbleContent("5511999990000@c.us", "answer", null)], "hello", "answer", ClaimFirst: true, Clock.Now, Clock.Now);

        var answered = await RaceAsync(async (core, writer) =>
        {
            var work = (await core.Turns.BeginAsync(lane, CancellationToken.None)).ShouldNotBeNull();
            if (work.Turn is null)
                return 0;
            work.Turn.Messages.Count.ShouldBe(1);
            return await IsRefusedAsync(core.Settlement.CompleteAsync(work, reply, CancellationToken.None)) ? 0 : 1;
        });

        answered.Sum().ShouldBeLessThanOrEqualTo(1);
        Core.Number("SELECT COUNT(*) FROM turns").ShouldBe(1);
        Core.Number("SELECT COUNT(*) FROM outbox").ShouldBe(answered.Sum());
        Core.Number("SELECT MAX(fence) FROM lanes").ShouldBe(Writers);
    }

    [Fact]
    public async Task A_bubble_is_claimed_by_one_worker()
    {
        var maria = await Core.PersonAsync("5511999990000");
        var message = MessageBuilder.Message(maria, "hello", Clock.Now);
        await Core.Inbound.AcceptAsync(message, CancellationToken.None);
        var lane = await Core.Lanes.EnsureAsync("default", maria, null, message.Content.ChatId, CancellationToken.None);
        var turn = (await Core.Turns.BeginAsync(lane, CancellationToken.None)).ShouldNotBeNull();
        var reply = new TurnReply([new BubbleContent("5511999990000@c.us", "answer", null)], "hello", "answer", ClaimFirst: false, Clock.Now, Clock.Now);
        var bubble = (await Core.Settlement.CompleteAsync(turn, reply, CancellationToken.None)).Single();
        var works = await RaceAsync((core, writer) => core.Turns.BeginAsync(lane, CancellationToken.None));

        var claimed = await RaceAsync(async (core, writer) =>
            await IsRefusedAsync(core.Outbox.ClaimAsync(works[writer]!, new BubbleClaim(bubble.Id, Clock.Now), CancellationToken.None)) ? 0L : works[writer]!.Fence);

        claimed.Count(fence => fence > 0).ShouldBe(1);
        claimed.Max().ShouldBe(works.Max(work => work!.Fence));
        Core.Number("SELECT attempts FROM outbox").ShouldBe(1);
    }

    [Fact]
    public async Task A_raw_id_of_WAHA_is_bound_to_one_bubble()
    {
        var bubbles = new List<(LaneWork Work, Bubble Bubble)>();
        for (var i = 0; i < Writers; i++)
        {
            var person = await Core.PersonAsync("551190000000" + i);
            var message = MessageBuilder.Message(person, "hello", Clock.Now);
            await Core.Inbound.AcceptAsync(message, CancellationToken.None);
            var lane = await Core.Lanes.EnsureAsync("default", person, null, message.Content.ChatId, CancellationToken.None);
            var work = (await Core.Turns.BeginAsync(lane, CancellationToken.None)).ShouldNotBeNull();
            var reply = new TurnReply([new BubbleContent("c", "answer", null)], "hello", "answer", ClaimFirst: true, Clock.Now, Clock.Now);
            bubbles.Add((work, (await Core.Settlement.CompleteAsync(work, reply, CancellationToken.None)).Single()));
        }

        await RaceAsync(async (core, writer) =>
        {
            await core.Outbox.AcceptAsync(bubbles[writer].Work, bubbles[writer].Bubble, "RAW1", null, CancellationToken.None);
            return true;
        });

        Core.Number("SELECT COUNT(*) FROM outbox WHERE raw_id = 'RAW1'").ShouldBe(1);
        Core.Number("SELECT COUNT(*) FROM outbox WHERE state = 'accepted'").ShouldBe(Writers);
    }

    [Fact]
    public async Task A_bucket_never_admits_more_than_it_holds()
    {
        foreach (var process in _processes)
        {
            var limits = process.Get<IOptions<LimitsOptions>>().Value;
            (limits.MessagesPerMinutePerChat, limits.MessagesPerMinutePerPerson) = (10, 15);
        }

        var maria = await Core.PersonAsync("5511999990000");
        var outcomes = await RaceAsync(async (core, writer) =>
        {
            var seen = new List<IntakeOutcome?>();
            for (var i = 0; i < 12; i++)
            {
                // Half of them in a group: the chat's bucket bounds one half, the person's the sum.
                var message = MessageBuilder.Message(maria, "hello", Clock.Now, group: i % 2 == 0 ? null : "1203630");
                seen.Add(await core.Inbound.AcceptAsync(message, CancellationToken.None));
            }

            return seen;
        });

        outcomes.SelectMany(seen => seen).Count(outcome => outcome == IntakeOutcome.Accepted).ShouldBe(15);
        Core.Number("SELECT MAX(messages) FROM (SELECT COUNT(*) AS messages FROM inbound WHERE state = 'pending' GROUP BY lane_id) AS lanes").ShouldBeLessThanOrEqualTo(10);
        Core.Number("SELECT COUNT(*) FROM outbox WHERE kind = 'notice'").ShouldBeLessThanOrEqualTo(2);
        Core.Number("SELECT COUNT(*) + SUM(repeats) FROM inbound WHERE state = 'limited'").ShouldBe((Writers * 12) - 15);
    }

    [Fact]
    public async Task Repeats_are_counted_without_loss()
    {
        await RaceAsync(async (core, writer) =>
        {
            for (var i = 0; i < 20; i++)
                await core.Inbound.DropAsync(MessageBuilder.Dropped(Clock.Now), CancellationToken.None);
            return true;
        });

        Core.Texts("SELECT '' || repeats FROM inbound").ShouldBe([((Writers * 20) - 1).ToString(System.Globalization.CultureInfo.InvariantCulture)]);
    }

    private static async Task<bool> IsRefusedAsync(Task write)
    {
        try
        {
            await write;
            return false;
        }
        catch (FenceLostException)
        {
            return true;
        }
    }

    private async Task<T[]> RaceAsync<T>(Func<CoreProcess, int, Task<T>> write)
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var writers = Enumerable.Range(0, Writers).Select(async writer =>
        {
            await start.Task;
            return await write(_processes[writer % _processes.Length], writer);
        }).ToList();
        start.SetResult();
        return await Task.WhenAll(writers);
    }
}
