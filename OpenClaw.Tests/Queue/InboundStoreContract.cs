using OpenClaw.Core.People;
using OpenClaw.Core.Queue;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Queue;

public abstract class InboundStoreContract(CoreFixture fixture) : IDisposable
{

    private CoreProcess Core => fixture.Core;

    private StepClock Clock => fixture.Clock;

    public void Dispose()
    {
        fixture.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_new_message_is_stored_pending_and_its_lane_is_signalled()
    {
        (await AcceptAsync(await MariaAsync())).ShouldBe(IntakeOutcome.Accepted);

        States().ShouldBe(["pending"]);
        (await LeaseAsync()).Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_same_raw_id_of_both_names_of_a_sender_is_one_message()
    {
        var phone = await Core.PersonAsync("5511999990000");
        var linked = await Core.PersonAsync("5511999990000", "112233445566778");

        (await AcceptAsync(phone, "RAW1")).ShouldBe(IntakeOutcome.Accepted);
        (await AcceptAsync(linked, "RAW1", chat: "112233445566778@lid")).ShouldBe(IntakeOutcome.Duplicate);

        States().ShouldBe(["pending"]);
    }

    [Fact]
    public async Task The_same_raw_id_in_another_session_or_direction_is_another_event()
    {
        var maria = await MariaAsync();
        await AcceptAsync(maria, "RAW1");

        (await AcceptAsync(maria, "RAW1", session: "second")).ShouldBe(IntakeOutcome.Accepted);
        var own = MessageBuilder.Dropped(Clock.Now, "own_message", rawId: "RAW1") with { FromMe = true };
        (await Core.Inbound.DropAsync(own, CancellationToken.None)).ShouldBe(IntakeOutcome.Ignored);

        States().Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_duplicate_of_an_unsettled_message_signals_its_lane_again()
    {
        var maria = await MariaAsync();
        await AcceptAsync(maria, "RAW1");
        var lease = (await LeaseAsync()).Single();
        var work = (await Core.Turns.BeginAsync(lease.Lane, CancellationToken.None)).ShouldNotBeNull();
        await Core.Scheduler.ReleaseAsync(lease, null, CancellationToken.None);

        (await AcceptAsync(maria, "RAW1")).ShouldBe(IntakeOutcome.Duplicate);
        lease = (await LeaseAsync()).Single();
        await Core.Settlement.CompleteAsync(
            work, new TurnReply([new BubbleContent("c", "t", null)], "u", "t", ClaimFirst: false, Clock.Now, Clock.Now), CancellationToken.None);
        await Core.Scheduler.ReleaseAsync(lease, null, CancellationToken.None);
        (await AcceptAsync(maria, "RAW1")).ShouldBe(IntakeOutcome.Duplicate);

        (await LeaseAsync()).Single().Lane.ShouldBe(lease.Lane);
        Core.Number("SELECT COUNT(*) FROM inbound").ShouldBe(1);
    }

    [Fact]
    public async Task A_duplicate_that_names_its_sender_otherwise_signals_the_lane_of_the_message()
    {
        await AcceptAsync(await MariaAsync(), "RAW1");
        var lease = (await LeaseAsync()).Single();
        await Core.Scheduler.ReleaseAsync(lease, null, CancellationToken.None);

        (await AcceptAsync(await Core.PersonAsync(null, "112233445566778"), "RAW1")).ShouldBe(IntakeOutcome.Duplicate);

        (await LeaseAsync()).Single().Lane.ShouldBe(lease.Lane);
    }

    [Fact]
    public async Task A_duplicate_of_a_settled_message_signals_nothing()
    {
        var maria = await MariaAsync();
        await AcceptAsync(maria, "RAW1");
        await Core.Scheduler.ReleaseAsync((await LeaseAsync()).Single(), null, CancellationToken.None);
        await Core.ExecuteAsync("UPDATE inbound SET state = 'sent'");

        (await AcceptAsync(maria, "RAW1")).ShouldBe(IntakeOutcome.Duplicate);

        (await LeaseAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_message_of_an_unlinked_hidden_id_is_held_outside_any_lane_with_its_text()
    {
        var hidden = await Core.PersonAsync(null, "112233445566778");
        var message = MessageBuilder.Message(hidden, "who am I", Clock.Now, "RAW1", chat: "112233445566778@lid");

        (await Core.Inbound.HoldAsync(message, "unlinked_lid", CancellationToken.None)).ShouldBe(IntakeOutcome.Held);
        (await Core.Inbound.HoldAsync(message, "unlinked_lid", CancellationToken.None)).ShouldBe(IntakeOutcome.Duplicate);

        Core.Texts("SELECT state || ':' || reason FROM inbound WHERE lane_id IS NULL AND content_enc IS NOT NULL").ShouldBe(["held:unlinked_lid"]);
        Core.Number("SELECT COUNT(*) FROM lanes").ShouldBe(0);
        (await LeaseAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_dropped_event_keeps_its_reason_and_no_text()
    {
        (await Core.Inbound.DropAsync(MessageBuilder.Dropped(Clock.Now), CancellationToken.None)).ShouldBe(IntakeOutcome.Ignored);
        (await Core.Inbound.DropAsync(MessageBuilder.Dropped(Clock.Now, "not_allowed", "denied"), CancellationToken.None)).ShouldBe(IntakeOutcome.Denied);

        Core.Texts("SELECT state || ':' || reason FROM inbound WHERE content_enc IS NULL AND key_id IS NULL AND person_id IS NULL ORDER BY inbound_id")
            .ShouldBe(["ignored:status_post", "denied:not_allowed"]);
    }

    [Fact]
    public async Task Repeats_of_a_reason_in_a_chat_and_minute_are_counted_on_one_row()
    {
        for (var i = 0; i < 100; i++)
            (await Core.Inbound.DropAsync(MessageBuilder.Dropped(Clock.Now), CancellationToken.None)).ShouldBe(IntakeOutcome.Ignored);
        Core.Texts("SELECT '' || repeats FROM inbound").ShouldBe(["99"]);

        await Core.Inbound.DropAsync(MessageBuilder.Dropped(Clock.Now, "newsletter"), CancellationToken.None);
        await Core.Inbound.DropAsync(MessageBuilder.Dropped(Clock.Now, chat: "other@c.us"), CancellationToken.None);
        Clock.Advance(TimeSpan.FromMinutes(1));
        await Core.Inbound.DropAsync(MessageBuilder.Dropped(Clock.Now), CancellationToken.None);

        Core.Texts("SELECT '' || repeats FROM inbound ORDER BY inbound_id").ShouldBe(["99", "0", "0", "0"]);
    }

    [Fact]
    public async Task A_dropped_event_that_comes_again_is_a_duplicate_and_not_a_repeat()
    {
        var dropped = MessageBuilder.Dropped(Clock.Now, rawId: "RAW1");
        await Core.Inbound.DropAsync(dropped, CancellationToken.None);

        (await Core.Inbound.DropAsync(dropped, CancellationToken.None)).ShouldBe(IntakeOutcome.Duplicate);
        Clock.Advance(TimeSpan.FromMinutes(5));
        (await Core.Inbound.DropAsync(dropped, CancellationToken.None)).ShouldBe(IntakeOutcome.Duplicate);

        Core.Texts("SELECT '' || repeats FROM inbound").ShouldBe(["0"]);
    }

    [Fact]
    public async Task A_message_of_a_record_that_was_merged_away_is_taken_after_a_fresh_look_up()
    {
        using var other = fixture.Start();
        var stale = await other.PersonAsync(null, "112233445566778");
        await Core.PersonAsync("5511999990000");
        var merged = await Core.PersonAsync("5511999990000", "112233445566778");
        merged.Person.ShouldNotBe(stale.Person);

        var message = MessageBuilder.Message(stale, "hello", Clock.Now, "RAW1");
        (await other.Inbound.AcceptAsync(message, CancellationToken.None)).ShouldBeNull();
        var fresh = await other.PersonAsync(null, "112233445566778");
        (await other.Inbound.AcceptAsync(message with { Person = fresh }, CancellationToken.None)).ShouldBe(IntakeOutcome.Accepted);

        fresh.Person.ShouldBe(merged.Person);
        Core.Number("SELECT COUNT(*) FROM inbound WHERE person_id = @person", ("@person", merged.Person.Value)).ShouldBe(1);
    }

    [Fact]
    public async Task A_held_message_of_a_record_that_was_merged_away_is_not_lost_as_a_duplicate()
    {
        using var other = fixture.Start();
        var stale = await other.PersonAsync(null, "112233445566778");
        await Core.PersonAsync("5511999990000");
        await Core.PersonAsync("5511999990000", "112233445566778");

        var message = MessageBuilder.Message(stale, "hello", Clock.Now, "RAW1");
        (await other.Inbound.HoldAsync(message, "unlinked_lid", CancellationToken.None)).ShouldBeNull();

        var fresh = (await other.People.FindAsync(new SenderIdentity(null, "112233445566778"), CancellationToken.None)).ShouldNotBeNull();
        fresh.HasPhone.ShouldBeTrue();
        (await other.Inbound.AcceptAsync(message with { Person = fresh }, CancellationToken.None)).ShouldBe(IntakeOutcome.Accepted);
    }

    private Task<PersonRecord> MariaAsync() => Core.PersonAsync("5511999990000");

    private Task<IntakeOutcome?> AcceptAsync(PersonRecord person, string? rawId = null, string chat = "5511999990000@c.us", string session = "default") =>
        Core.Inbound.AcceptAsync(MessageBuilder.Message(person, "hello", Clock.Now, rawId, chat: chat, session: session), CancellationToken.None);

    private async Task<IReadOnlyList<LaneLease>> LeaseAsync() => (await Core.Scheduler.LeaseAsync(10, CancellationToken.None)).Leases;

    private List<string> States() => Core.Texts("SELECT state FROM inbound ORDER BY inbound_id");
}
