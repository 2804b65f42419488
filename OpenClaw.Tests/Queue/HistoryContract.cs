using OpenClaw.Core.Queue;
using OpenClaw.Core.Queue.History;
using OpenClaw.Core.Queue.Journeys;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Queue;

/// <summary>How far WAHA's history is known, what of it is lost, and what is kept of messages that are not answered.</summary>
public abstract class HistoryContract(CoreFixture fixture) : TurnContract(fixture)
{
    private HistoryMarks Marks => Core.Get<HistoryMarks>();

    private HistoryGaps Gaps => Core.Get<HistoryGaps>();

    [Fact]
    public async Task A_mark_begins_where_the_session_did_and_only_moves_forward()
    {
        var first = Clock.Now - Seconds(500);
        await Core.Events.RecordSessionAsync("told", "WORKING", null, first, CancellationToken.None);

        (await Marks.EnsureAsync("told", Clock.Now, CancellationToken.None)).ShouldBe(new HistoryMark("told", first, first));
        (await Marks.EnsureAsync("seen", Clock.Now, CancellationToken.None)).ShouldBe(new HistoryMark("seen", Clock.Now, Clock.Now));
        await Marks.AdvanceAsync("told", Clock.Now, CancellationToken.None);
        await Marks.AdvanceAsync("told", Clock.Now - Seconds(100), CancellationToken.None);
        await Marks.AdvanceAsync("nobody's", Clock.Now, CancellationToken.None);

        Marks.All().ShouldBe([new HistoryMark("seen", Clock.Now, Clock.Now), new HistoryMark("told", first, Clock.Now)]);
        (await Marks.EnsureAsync("told", Clock.Now + Seconds(5), CancellationToken.None)).CompleteTo.ShouldBe(Clock.Now);
    }

    [Fact]
    public async Task Webhooks_that_one_process_refused_are_known_to_whoever_compares_until_it_has()
    {
        await Marks.EnsureAsync("default", Clock.Now, CancellationToken.None);
        (await Marks.WasRefusedSinceAsync("default", CancellationToken.None)).ShouldBeFalse();

        await Marks.NoteRefusedAsync(Clock.Now + Seconds(10), CancellationToken.None);
        await Marks.NoteRefusedAsync(Clock.Now + Seconds(5), CancellationToken.None);
        await Marks.AdvanceAsync("default", Clock.Now + Seconds(7), CancellationToken.None);
        (await Marks.WasRefusedSinceAsync("default", CancellationToken.None)).ShouldBeTrue();
        (await Marks.WasRefusedSinceAsync("never seen", CancellationToken.None)).ShouldBeFalse();

        await Marks.AdvanceAsync("default", Clock.Now + Seconds(10), CancellationToken.None);
        (await Marks.WasRefusedSinceAsync("default", CancellationToken.None)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_gap_that_goes_on_is_one_gap_and_old_ones_are_forgotten()
    {
        var start = Clock.Now;
        await Gaps.RecordAsync("default", start, start + Seconds(10), "chats_unreadable", null, CancellationToken.None);
        await Gaps.RecordAsync("default", start + Seconds(10), start + Seconds(20), "chats_unreadable", null, CancellationToken.None);
        await Gaps.RecordAsync("default", start, start + Seconds(20), "too_many_messages", 3, CancellationToken.None);
        await Gaps.RecordAsync("default", start + Seconds(90), start + Seconds(99), "chats_unreadable", 1, CancellationToken.None);

        Gaps.Newest(10).Select(gap => (gap.Reason, (gap.From - start).TotalSeconds, (gap.To - start).TotalSeconds, gap.Chats)).ShouldBe(
            [("chats_unreadable", 90, 99, 1), ("too_many_messages", 0, 20, 3), ("chats_unreadable", 0, 20, null)]);
        Gaps.Newest(1).Count.ShouldBe(1);

        Clock.Advance(TimeSpan.FromDays(31));
        Gaps.Newest(10).ShouldBeEmpty();
        await Gaps.RecordAsync("default", Clock.Now, Clock.Now, "too_long_ago", null, CancellationToken.None);
        Core.Number("SELECT COUNT(*) FROM history_gaps").ShouldBe(1);
    }

    [Fact]
    public async Task What_came_before_is_known_by_direction_and_session_however_many_are_asked_for()
    {
        var maria = await Core.PersonAsync("5511999990000");
        await Core.Inbound.AcceptAsync(MessageBuilder.Message(maria, "oi", Clock.Now, rawId: "RECEIVED"), CancellationToken.None);
        foreach (var (kind, id) in new[] { ("own_message", "TYPED"), ("own_echo", "SENT") })
            await Core.Events.RecordAsync("default", kind, new ChatEventContent("5511999990000@c.us", id, "x", null, null), null, Clock.Now, CancellationToken.None);
        var ids = Enumerable.Range(0, 120).Select(i => $"UNKNOWN{i}").Concat(["RECEIVED", "TYPED", "SENT"]).ToList();
        var known = Core.Get<KnownMessages>();

        (await known.ReceivedAsync("default", ids, CancellationToken.None)).ShouldBe(["RECEIVED"]);
        (await known.SentAsync("default", ids, CancellationToken.None)).ShouldBe(["TYPED", "SENT"], ignoreOrder: true);
        (await known.ReceivedAsync("other", ids, CancellationToken.None)).ShouldBeEmpty();
        (await known.SentAsync("default", [], CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_human_answered_who_wrote_by_hand_later_in_that_chat()
    {
        var facts = Core.Get<ChatFacts>();
        await Core.Events.RecordAsync("default", "own_message", new ChatEventContent("1@c.us", "A", "x", "app", null), null, Clock.Now, CancellationToken.None);
        await Core.Events.RecordAsync("default", "own_echo", new ChatEventContent("2@c.us", "B", "x", "api", null), null, Clock.Now, CancellationToken.None);

        (await WroteAsync("1@c.us", "1@c.us", -1)).ShouldBeTrue();
        (await WroteAsync("77@lid", "1@c.us", -1)).ShouldBeTrue();
        (await WroteAsync("1@c.us", "1@c.us", 0)).ShouldBeFalse();
        (await WroteAsync("2@c.us", "2@c.us", -1)).ShouldBeFalse();
        (await facts.HumanWroteAsync("other", "1@c.us", "1@c.us", Clock.Now - Seconds(1), CancellationToken.None)).ShouldBeFalse();

        ValueTask<bool> WroteAsync(string chat, string alias, double after) => facts.HumanWroteAsync("default", chat, alias, Clock.Now + Seconds(after), CancellationToken.None);
    }

    [Fact]
    public async Task A_session_began_when_it_was_first_seen_or_told_to_work_whichever_was_earlier()
    {
        var facts = Core.Get<ChatFacts>();
        (await facts.FirstConnectionAsync("default", CancellationToken.None)).ShouldBeNull();
        await Marks.EnsureAsync("default", Clock.Now, CancellationToken.None);
        facts.Forget("default");
        (await facts.FirstConnectionAsync("default", CancellationToken.None)).ShouldBe(Clock.Now);

        await Core.Events.RecordSessionAsync("default", "WORKING", null, Clock.Now + Seconds(60), CancellationToken.None);
        facts.Forget("default");
        (await facts.FirstConnectionAsync("default", CancellationToken.None)).ShouldBe(Clock.Now);
    }

    [Fact]
    public async Task A_message_that_is_only_context_is_history_of_its_chat_once_and_no_work()
    {
        var maria = await Core.PersonAsync("5511999990000");
        var message = MessageBuilder.Message(maria, "tem vaga?", Clock.Now);

        (await KeepAsync()).ShouldBe(IntakeOutcome.Context);
        (await KeepAsync()).ShouldBe(IntakeOutcome.Duplicate);
        (await Core.Inbound.AcceptAsync(message, CancellationToken.None)).ShouldBe(IntakeOutcome.Duplicate);

        Core.Texts("SELECT state || '/' || reason FROM inbound").ShouldBe(["context/human_answered"]);
        Core.Number("SELECT COUNT(*) FROM inbound WHERE content_enc IS NOT NULL").ShouldBe(0);
        Core.Texts("SELECT role FROM conversation ORDER BY entry_id").ShouldBe(["user", "assistant"]);
        Core.Number("SELECT COUNT(*) FROM lane_schedule WHERE ready_at IS NOT NULL").ShouldBe(0);
        var journey = Core.Get<JourneyStore>().Find(message.RequestId)!;
        (journey.Outcome, journey.Reason).ShouldBe((JourneyOutcome.Context, "human_answered"));

        Task<IntakeOutcome?> KeepAsync() => Core.Inbound.KeepAsync(message, "tem vaga?", "[answered]", "human_answered", CancellationToken.None);
    }
}
