using OpenClaw.Core.Queue;
using OpenClaw.Core.Queue.Acks;
using OpenClaw.Core.Queue.Journeys;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Queue;

/// <summary>What WhatsApp tells of our bubbles, in whatever order it comes.</summary>
public abstract class AckContract(CoreFixture fixture) : TurnContract(fixture)
{
    private const string Times = "SELECT COALESCE('' || (server_at - accepted_at), '-') || ' ' || COALESCE('' || (device_at - accepted_at), '-') || ' ' || COALESCE('' || (read_at - accepted_at), '-') FROM outbox";

    [Fact]
    public async Task Each_level_has_its_time()
    {
        await SentAsync("RAW1");

        foreach (var level in (int[])[1, 2, 3])
        {
            Clock.Advance(Seconds(1));
            (await AckAsync("RAW1", level)).ShouldBe(IntakeOutcome.Recorded);
        }

        Core.Texts(Times).ShouldBe(["1000000 2000000 3000000"]);
    }

    [Fact]
    public async Task A_higher_level_says_that_the_lower_ones_were_reached()
    {
        await SentAsync("RAW1");
        Clock.Advance(Seconds(1));

        await AckAsync("RAW1", 2);
        Clock.Advance(Seconds(1));
        (await AckAsync("RAW1", 1)).ShouldBe(IntakeOutcome.Duplicate);
        (await AckAsync("RAW1", 2)).ShouldBe(IntakeOutcome.Duplicate);
        (await AckAsync("RAW1", 4)).ShouldBe(IntakeOutcome.Recorded);

        Core.Texts(Times).ShouldBe(["1000000 1000000 2000000"]);
        Core.Number("SELECT ack FROM outbox").ShouldBe(4);
    }

    [Fact]
    public async Task Acks_that_come_before_the_answer_to_the_send_keep_their_times()
    {
        var work = await ReceiveAndBeginAsync("one");
        var bubble = (await CompleteAsync(work, "answer")).Single();
        await AckAsync("RAW1", 1);
        Clock.Advance(Seconds(1));
        await AckAsync("RAW1", 2);
        await AckAsync("RAW1", 1);
        Clock.Advance(Seconds(1));

        await AcceptAsync(work, bubble, "RAW1");

        Core.Texts(Times).ShouldBe(["-2000000 -1000000 -"]);
        StatesOf(work.Turn!).ShouldBe(["delivered"]);
    }

    [Fact]
    public async Task Acks_of_a_bubble_with_an_id_of_ours_find_it_while_it_is_being_sent()
    {
        var work = await ReceiveAndBeginAsync("one");
        var bubble = (await Core.Settlement.CompleteAsync(work, Reply("answer") with { FirstRawId = "OURS" }, CancellationToken.None)).Single();
        bubble.RawId.ShouldBe("OURS");

        (await AckAsync("OURS", 2)).ShouldBe(IntakeOutcome.Recorded);
        (await AckAsync("OURS", 2)).ShouldBe(IntakeOutcome.Duplicate);
        (await Core.Inbound.IsOurBubbleAsync("default", "OURS", CancellationToken.None)).ShouldBeTrue();
        var seen = (await BeginAsync(work.Chat.Lane)).Outbox.Single();
        Core.Number("SELECT COUNT(*) FROM acks").ShouldBe(0);
        StatesOf(work.Turn!).ShouldBe(["replied"]);
        (seen.IsAcknowledged, seen.RawId).ShouldBe((true, "OURS"));

        await AcceptAsync(await BeginAsync(work.Chat.Lane), seen, "OURS");

        StatesOf(work.Turn!).ShouldBe(["delivered"]);
        Core.Texts("SELECT raw_id || ':' || ack FROM outbox").ShouldBe(["OURS:2"]);
    }

    [Fact]
    public async Task An_error_is_shown_once_and_sends_nothing_again()
    {
        var work = await SentAsync("RAW1");
        Clock.Advance(Seconds(1));

        (await AckAsync("RAW1", -1)).ShouldBe(IntakeOutcome.Recorded);
        (await AckAsync("RAW1", -1)).ShouldBe(IntakeOutcome.Duplicate);

        var journey = JourneyOf(work);
        (journey.Outcome, journey.Bubbles.Single().RefusedAt).ShouldBe((JourneyOutcome.Refused, Clock.Now));
        journey.Steps[^1].ShouldBe(new JourneyStep(JourneyStepKind.ErrorAck, Clock.Now, journey.Bubbles.Single().Id, null));
        BubbleStates().ShouldBe(["accepted"]);
        (await BeginAsync(work.Chat.Lane)).Outbox.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_error_that_comes_before_the_answer_to_the_send_is_kept()
    {
        var work = await ReceiveAndBeginAsync("one");
        var bubble = (await CompleteAsync(work, "answer")).Single();
        await AckAsync("RAW1", -1);

        await AcceptAsync(work, bubble, "RAW1");

        JourneyOf(work).Outcome.ShouldBe(JourneyOutcome.Refused);
    }

    [Fact]
    public async Task What_arrives_after_an_error_was_not_refused()
    {
        var work = await SentAsync("RAW1");
        await AckAsync("RAW1", -1);
        Clock.Advance(Seconds(1));

        (await AckAsync("RAW1", 2)).ShouldBe(IntakeOutcome.Recorded);

        var journey = JourneyOf(work);
        (journey.Outcome, journey.Bubbles.Single().RefusedAt).ShouldBe((JourneyOutcome.Delivered, null));
    }

    [Fact]
    public async Task A_pending_ack_leaves_nothing_behind()
    {
        (await AckAsync("NOBODYS", 0)).ShouldBe(IntakeOutcome.Ignored);

        Core.Number("SELECT COUNT(*) FROM acks").ShouldBe(0);
    }

    [Fact]
    public async Task Acks_of_messages_that_are_not_ours_expire()
    {
        var pruner = new AckPruner(Core.Database, Clock, Microsoft.Extensions.Logging.Abstractions.NullLogger<AckPruner>.Instance);
        await AckAsync("PHONE1", 3);
        await AckAsync("PHONE2", -1);
        await Core.ExecuteAsync("INSERT INTO acks (session, raw_id, level, arrived_at) VALUES ('default', 'MET', 0, @now)", ("@now", Clock.Now.ToUnixTimeMilliseconds() * 1000));
        Clock.Advance(TimeSpan.FromMinutes(9));
        (await pruner.PruneAsync(CancellationToken.None)).ShouldBe(0);

        Clock.Advance(TimeSpan.FromMinutes(2));
        (await pruner.PruneAsync(CancellationToken.None)).ShouldBe(1);
        Core.Texts("SELECT raw_id FROM acks ORDER BY raw_id").ShouldBe(["PHONE1", "PHONE2"]);

        Clock.Advance(TimeSpan.FromDays(2));
        await AckAsync("PHONE3", 1);
        (await pruner.PruneAsync(CancellationToken.None)).ShouldBe(2);
        Core.Texts("SELECT raw_id FROM acks").ShouldBe(["PHONE3"]);
        (await pruner.PruneAsync(CancellationToken.None)).ShouldBe(0);
    }

    [Fact]
    public async Task More_acks_than_fit_into_one_statement_expire_too()
    {
        await Core.Database.WriteAsync(
            sql =>
            {
                for (var i = 0; i < 1200; i++)
                    sql.Post("INSERT INTO acks (session, raw_id, level, arrived_at) VALUES ('default', @raw, @level, 0)", ("@raw", $"RAW{i}"), ("@level", i % 2));
                return 0;
            },
            CancellationToken.None);

        (await new AckPruner(Core.Database, Clock, Microsoft.Extensions.Logging.Abstractions.NullLogger<AckPruner>.Instance).PruneAsync(CancellationToken.None)).ShouldBe(1200);
    }

    private async Task<LaneWork> SentAsync(string rawId)
    {
        var work = await ReceiveAndBeginAsync("one");
        await AcceptAsync(work, (await CompleteAsync(work, "answer")).Single(), rawId);
        return work;
    }

    private Core.Queue.Journeys.Journey JourneyOf(LaneWork work) => Core.Get<JourneyStore>().Find(work.Turn!.Reference)!;

    private Task<IntakeOutcome> AckAsync(string rawId, int level) => Core.Events.RecordAckAsync("default", rawId, level, CancellationToken.None);
}

public sealed class SqliteAckTests() : AckContract(new CoreFixture());

public sealed class PostgresAckTests() : AckContract(new CoreFixture(Store.Postgres));
