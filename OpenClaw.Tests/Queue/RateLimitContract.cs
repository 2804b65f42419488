using Microsoft.Extensions.Options;
using OpenClaw.Core.People;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Queue.History;
using OpenClaw.Core.Queue.Journeys;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Queue;

/// <summary>What every kind of bucket does, seen from the door.</summary>
public abstract class RateLimitContract
{
    private InboundStore? _inbound;

    protected abstract CoreFixture Fixture { get; }

    protected abstract IRateLimits Limits { get; }

    private CoreProcess Core => Fixture.Core;

    private StepClock Clock => Fixture.Clock;

    private InboundStore Inbound => _inbound ??= new InboundStore(Core.Database, Core.Keys, Core.Lanes, Core.Scheduler, Limits, Core.Get<INoticeTexts>(), Clock);

    [SkippableFact]
    public async Task Without_limits_everything_is_accepted()
    {
        var maria = await Core.PersonAsync("5511999990000");

        (await SendAsync(maria, 60)).ShouldAllBe(outcome => outcome == IntakeOutcome.Accepted);
    }

    [SkippableFact]
    public async Task A_full_bucket_admits_its_size_and_refills_with_the_clock()
    {
        Limit(perChat: 2, perPerson: 0);
        var maria = await Core.PersonAsync("5511999990000");

        Accepted(await SendAsync(maria, 5)).ShouldBe(2);
        Pass(TimeSpan.FromSeconds(15));
        Accepted(await SendAsync(maria, 1)).ShouldBe(0);
        Pass(TimeSpan.FromSeconds(15));
        Accepted(await SendAsync(maria, 2)).ShouldBe(1);
        Pass(TimeSpan.FromSeconds(60));
        Accepted(await SendAsync(maria, 3)).ShouldBe(2);
        Pass(TimeSpan.FromHours(5));
        Accepted(await SendAsync(maria, 5)).ShouldBe(2);
    }

    [SkippableFact]
    public async Task The_limit_of_a_person_counts_over_all_chats()
    {
        Limit(perChat: 0, perPerson: 3);
        var (maria, ana) = (await Core.PersonAsync("5511999990000"), await Core.PersonAsync("5511900000001"));

        Accepted(await SendAsync(maria, 2)).ShouldBe(2);
        Accepted(await SendAsync(maria, 2, group: "1203630")).ShouldBe(1);
        Accepted(await SendAsync(ana, 2, group: "1203630")).ShouldBe(2);

        Core.Texts("SELECT DISTINCT reason FROM inbound WHERE state = 'limited'").ShouldBe(["person_rate"]);
    }

    [SkippableFact]
    public async Task A_person_over_the_limit_uses_up_no_share_of_the_group()
    {
        Limit(perChat: 5, perPerson: 2);
        var (maria, ana) = (await Core.PersonAsync("5511999990000"), await Core.PersonAsync("5511900000001"));

        Accepted(await SendAsync(maria, 20, group: "1203630")).ShouldBe(2);

        Accepted(await SendAsync(ana, 2, group: "1203630")).ShouldBe(2);
    }

    [SkippableFact]
    public async Task Limited_messages_keep_a_reason_without_text_on_one_row_and_are_answered_with_one_notice_a_window()
    {
        Limit(perChat: 1, perPerson: 0);
        var maria = await Core.PersonAsync("5511999990000");

        var outcomes = await SendAsync(maria, 21);

        Accepted(outcomes).ShouldBe(1);
        Core.Texts("SELECT reason || ':' || repeats FROM inbound WHERE state = 'limited' AND content_enc IS NULL").ShouldBe(["chat_rate:19"]);
        var notice = await NoticesAsync();
        notice.ShouldBe(["too many messages (pt-BR)"]);
        Pass(TimeSpan.FromSeconds(59));
        await SendAsync(maria, 5);
        (await NoticesAsync()).Count.ShouldBe(1);
        Pass(TimeSpan.FromSeconds(1));
        await SendAsync(maria, 5);
        (await NoticesAsync()).Count.ShouldBe(2);
    }

    [SkippableFact]
    public async Task A_notice_signals_its_lane()
    {
        Limit(perChat: 1, perPerson: 0);
        var maria = await Core.PersonAsync("5511999990000");
        await SendAsync(maria, 1);
        var lease = (await Core.Scheduler.LeaseAsync(1, CancellationToken.None)).Leases.Single();
        await Core.Scheduler.ReleaseAsync(lease, null, CancellationToken.None);

        await SendAsync(maria, 1);

        (await Core.Scheduler.LeaseAsync(1, CancellationToken.None)).Leases.Single().Lane.ShouldBe(lease.Lane);
    }

    [SkippableFact]
    public async Task A_duplicate_takes_no_token()
    {
        Limit(perChat: 2, perPerson: 2);
        var maria = await Core.PersonAsync("5511999990000");
        var message = MessageBuilder.Message(maria, "hello", Clock.Now);
        await Inbound.AcceptAsync(message, CancellationToken.None);
        for (var i = 0; i < 5; i++)
            (await Inbound.AcceptAsync(message, CancellationToken.None)).ShouldBe(IntakeOutcome.Duplicate);

        Accepted(await SendAsync(maria, 1)).ShouldBe(1);
    }

    [SkippableFact]
    public async Task A_limited_message_that_comes_again_is_a_duplicate()
    {
        Limit(perChat: 1, perPerson: 0);
        var maria = await Core.PersonAsync("5511999990000");
        await SendAsync(maria, 1);
        var message = MessageBuilder.Message(maria, "hello", Clock.Now);

        (await Inbound.AcceptAsync(message, CancellationToken.None)).ShouldBe(IntakeOutcome.Limited);
        Pass(TimeSpan.FromMinutes(10));
        (await Inbound.AcceptAsync(message, CancellationToken.None)).ShouldBe(IntakeOutcome.Duplicate);
    }

    [SkippableFact]
    public async Task What_is_read_back_beside_limited_ones_has_a_row_and_is_told_as_soon_as_more_are_missing_than_were_limited()
    {
        Limit(perChat: 1, perPerson: 0);
        var maria = await Core.PersonAsync("5511999990000");
        await SendAsync(maria, 4);
        // Two of the limited ones have no row; one more was never told.
        var back = Enumerable.Range(0, 3).Select(_ => MessageBuilder.Message(maria, "segredo", Clock.Now) with { IsReadBack = true }).ToList();

        var outcomes = new List<IntakeOutcome?>();
        foreach (var message in back.Concat(back))
            outcomes.Add(await Inbound.AcceptAsync(message, CancellationToken.None));

        outcomes.ShouldBe([
            IntakeOutcome.Limited, IntakeOutcome.Limited, IntakeOutcome.MaybeMissed, IntakeOutcome.Duplicate, IntakeOutcome.Duplicate, IntakeOutcome.Duplicate,
        ]);
        Core.Texts("SELECT reason FROM inbound WHERE state = 'limited' AND content_enc IS NULL ORDER BY inbound_id").ShouldBe(
            ["chat_rate", InboundStore.LimitedOrMissed, InboundStore.LimitedOrMissed, InboundStore.LimitedOrMissed]);
        var journey = Core.Get<JourneyStore>().Find(back[2].RequestId).ShouldNotBeNull();
        (journey.Outcome, journey.Reason).ShouldBe((JourneyOutcome.Limited, InboundStore.LimitedOrMissed));
    }

    [SkippableFact]
    public async Task The_gap_of_what_may_have_been_missed_is_told_by_the_commit_after_which_it_is_known()
    {
        Limit(perChat: 1, perPerson: 0);
        var maria = await Core.PersonAsync("5511999990000");
        await SendAsync(maria, 3);
        var back = Enumerable.Range(0, 4).Select(i => MessageBuilder.Message(maria, "segredo", Clock.Now + TimeSpan.FromSeconds(10 * i)) with { IsReadBack = true }).ToList();
        (await Inbound.AcceptAsync(back[0], CancellationToken.None)).ShouldBe(IntakeOutcome.Limited);

        // As if the process died before the gap: then the row is not there either, and the message is read back again.
        await Core.ExecuteAsync("ALTER TABLE history_gaps RENAME TO no_gaps");
        await Should.ThrowAsync<Exception>(() => Inbound.AcceptAsync(back[1], CancellationToken.None));
        await Core.ExecuteAsync("ALTER TABLE no_gaps RENAME TO history_gaps");
        var gaps = Core.Get<HistoryGaps>();
        gaps.Newest(10).ShouldBeEmpty();

        foreach (var message in back[1..])
            (await Inbound.AcceptAsync(message, CancellationToken.None)).ShouldBe(IntakeOutcome.MaybeMissed);
        (await Inbound.AcceptAsync(back[1], CancellationToken.None)).ShouldBe(IntakeOutcome.Duplicate);

        var gap = gaps.Newest(10).ShouldHaveSingleItem("a minute of a chat is one gap");
        (gap.Session, gap.Reason, gap.Chats).ShouldBe(("default", InboundStore.LimitedOrMissed, 1));
        (gap.From, gap.To).ShouldBe((Clock.Now + TimeSpan.FromSeconds(10), Clock.Now + TimeSpan.FromSeconds(31)));
    }

    [SkippableFact]
    public async Task What_may_have_been_missed_in_two_chats_is_two_gaps()
    {
        Limit(perChat: 1, perPerson: 0);
        var chats = new[] { await Core.PersonAsync("5511999990000"), await Core.PersonAsync("5511999990001") };
        foreach (var (person, at) in chats.Select((person, i) => (person, Clock.Now + TimeSpan.FromSeconds(10 * i))))
        {
            await SendAsync(person, 3);
            for (var i = 0; i < 3; i++)
                await Inbound.AcceptAsync(MessageBuilder.Message(person, "segredo", at) with { IsReadBack = true }, CancellationToken.None);
        }

        Core.Get<HistoryGaps>().Newest(10).Select(gap => (gap.From - Clock.Now).TotalSeconds).ShouldBe([10, 0]);
    }

    private static int Accepted(IEnumerable<IntakeOutcome?> outcomes)
    {
        var all = outcomes.ToList();
        all.ShouldAllBe(outcome => outcome == IntakeOutcome.Accepted || outcome == IntakeOutcome.Limited);
        return all.Count(outcome => outcome == IntakeOutcome.Accepted);
    }

    /// <summary>Lets the buckets' time pass, and the door's.</summary>
    protected virtual void Pass(TimeSpan duration) => Clock.Advance(duration);

    protected void Limit(int perChat, int perPerson)
    {
        var limits = Core.Get<IOptions<LimitsOptions>>().Value;
        (limits.MessagesPerMinutePerChat, limits.MessagesPerMinutePerPerson) = (perChat, perPerson);
    }

    private async Task<List<IntakeOutcome?>> SendAsync(PersonRecord person, int count, string? group = null)
    {
        var outcomes = new List<IntakeOutcome?>();
        for (var i = 0; i < count; i++)
            outcomes.Add(await Inbound.AcceptAsync(MessageBuilder.Message(person, "hello", Clock.Now, group: group), CancellationToken.None));
        return outcomes;
    }

    private async Task<List<string>> NoticesAsync()
    {
        var lane = new LaneId(Core.Number("SELECT lane_id FROM lanes"));
        var work = (await Core.Turns.BeginAsync(lane, CancellationToken.None)).ShouldNotBeNull();
        return [.. work.Outbox.Select(bubble => bubble.Content.Text)];
    }
}
