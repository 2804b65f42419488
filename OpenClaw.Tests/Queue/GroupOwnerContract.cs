using OpenClaw.Core.People;
using OpenClaw.Core.Queue;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Queue;

/// <summary>A group's message that two of our sessions have is one session's to answer.</summary>
public abstract class GroupOwnerContract(CoreFixture fixture) : IDisposable
{
    private const string Group = "120363000000000001";

    private CoreProcess Core => fixture.Core;

    public void Dispose()
    {
        fixture.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task The_session_that_heard_first_of_a_group_answers_in_it_from_then_on()
    {
        (await TakeAsync("sales", "1")).ShouldBe(IntakeOutcome.Accepted);
        (await TakeAsync("default", "1")).ShouldBe(IntakeOutcome.Ignored);

        (await TakeAsync("default", "2")).ShouldBe(IntakeOutcome.Ignored);
        (await TakeAsync("sales", "2")).ShouldBe(IntakeOutcome.Accepted);

        Core.Texts("SELECT session || ':' || state || ':' || reason || ':' || CASE WHEN content_enc IS NULL THEN 'empty' ELSE 'kept' END FROM inbound WHERE state = 'ignored'")
            .Distinct().ShouldBe(["default:ignored:other_session:empty"]);
        Core.Texts("SELECT session FROM group_owners").ShouldBe(["sales"]);
    }

    [Fact]
    public async Task A_copy_that_comes_again_is_a_duplicate()
    {
        await TakeAsync("sales", "1");
        await TakeAsync("default", "1");

        (await TakeAsync("sales", "1")).ShouldBe(IntakeOutcome.Duplicate);
        (await TakeAsync("default", "1")).ShouldBe(IntakeOutcome.Duplicate);
    }

    [Fact]
    public async Task The_one_session_that_was_mentioned_answers_and_the_group_stays_with_its_owner()
    {
        await TakeAsync("sales", "1");

        (await TakeAsync("default", "2", isAlone: true)).ShouldBe(IntakeOutcome.Accepted);

        Core.Texts("SELECT session FROM group_owners").ShouldBe(["sales"]);
    }

    [Fact]
    public async Task A_group_whose_session_is_unfit_passes_to_the_next_and_what_was_taken_is_not_taken_twice()
    {
        await TakeAsync("sales", "1");

        (await TakeAsync("default", "1", unfit: "sales")).ShouldBe(IntakeOutcome.Ignored);
        (await TakeAsync("default", "2", unfit: "sales")).ShouldBe(IntakeOutcome.Accepted);

        Core.Texts("SELECT session FROM group_owners").ShouldBe(["default"]);
        (await TakeAsync("sales", "2")).ShouldBe(IntakeOutcome.Ignored);
        (await TakeAsync("sales", "3")).ShouldBe(IntakeOutcome.Ignored);
    }

    [Fact]
    public async Task A_session_that_left_the_group_loses_it_to_the_one_that_still_hears_it()
    {
        await TakeAsync("sales", "1");
        (await TakeAsync("default", "2")).ShouldBe(IntakeOutcome.Ignored);
        fixture.Clock.Advance(TimeSpan.FromMinutes(3));
        await TakeAsync("sales", "2");
        (await TakeAsync("default", "3")).ShouldBe(IntakeOutcome.Ignored, "the owner heard the last one, if late");

        fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        (await TakeAsync("default", "4")).ShouldBe(IntakeOutcome.Ignored);
        fixture.Clock.Advance(TimeSpan.FromMinutes(1));
        (await TakeAsync("default", "5")).ShouldBe(IntakeOutcome.Accepted);

        Core.Texts("SELECT session FROM group_owners").ShouldBe(["default"]);
        (await TakeAsync("sales", "6")).ShouldBe(IntakeOutcome.Ignored);
    }

    [Fact]
    public async Task A_group_of_a_session_that_is_not_served_any_more_passes_on()
    {
        await TakeAsync("old", "1");

        (await TakeAsync("default", "2")).ShouldBe(IntakeOutcome.Accepted);
    }

    [Fact]
    public async Task What_is_read_back_is_answered_unless_the_other_session_had_it()
    {
        await TakeAsync("sales", "1");

        (await TakeAsync("default", "1", isReadBack: true)).ShouldBe(IntakeOutcome.Ignored);
        (await TakeAsync("default", "2", isReadBack: true)).ShouldBe(IntakeOutcome.Accepted);
        (await TakeAsync("sales", "2", isReadBack: true)).ShouldBe(IntakeOutcome.Ignored);
    }

    [Fact]
    public async Task Of_a_message_that_waits_for_its_author_one_copy_waits()
    {
        var author = await Core.People.EnsureAsync(new SenderIdentity(null, "99911122233344"), "en", "UTC", CancellationToken.None);

        (await Core.Inbound.HoldAsync(Message(author, "sales", "1"), "lid_not_linked", CancellationToken.None)).ShouldBe(IntakeOutcome.Held);
        (await Core.Inbound.HoldAsync(Message(author, "default", "1"), "lid_not_linked", CancellationToken.None)).ShouldBe(IntakeOutcome.Ignored);
    }

    [Fact]
    public async Task Of_two_copies_that_come_at_once_exactly_one_is_taken_whoever_has_the_group()
    {
        var other = fixture.Start();
        var maria = await Core.PersonAsync("5511999990000");

        for (var i = 0; i < 25; i++)
        {
            var id = $"RACE{i}";
            // Each thinks that the other cannot: the worst that can happen.
            var outcomes = await Task.WhenAll(
                Task.Run(() => Core.Inbound.AcceptAsync(Message(maria, "default", id, unfit: "sales"), CancellationToken.None)),
                Task.Run(() => other.Inbound.AcceptAsync(Message(maria, "sales", id, unfit: "default"), CancellationToken.None)));

            outcomes.ShouldBe([IntakeOutcome.Accepted, IntakeOutcome.Ignored], ignoreOrder: true);
        }

        Core.Number("SELECT COUNT(*) FROM group_owners").ShouldBe(1);
        Core.Number("SELECT COUNT(*) FROM inbound WHERE state = 'pending'").ShouldBe(25);
    }

    private async Task<IntakeOutcome?> TakeAsync(string session, string id, bool isAlone = false, string? unfit = null, bool isReadBack = false) =>
        await Core.Inbound.AcceptAsync(Message(await Core.PersonAsync("5511999990000"), session, id, isAlone, unfit, isReadBack), CancellationToken.None);

    private InboundMessage Message(PersonRecord author, string session, string id, bool isAlone = false, string? unfit = null, bool isReadBack = false) =>
        MessageBuilder.Message(author, "openclaw, oi", fixture.Clock.Now, group: Group) with
        {
            Session = session,
            RawId = id,
            IsReadBack = isReadBack,
            Share = new GroupShare(isAlone, session == "default" ? ["sales"] : ["default"], unfit is null ? [] : [unfit]),
        };
}

public sealed class SqliteGroupOwnerTests() : GroupOwnerContract(new CoreFixture());

public sealed class PostgresGroupOwnerTests() : GroupOwnerContract(new CoreFixture(Store.Postgres));
