using OpenClaw.Core.Queue;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Queue;

public abstract class ChatEventStoreContract(CoreFixture fixture) : IDisposable
{

    private CoreProcess Core => fixture.Core;

    public void Dispose()
    {
        fixture.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task An_own_message_is_kept_once_for_its_chat_partner()
    {
        var maria = await Core.PersonAsync("5511999990000");
        var own = new ChatEventContent("5511999990000@c.us", "RAW1", "typed on the phone", "app", null);

        (await RecordAsync("own_message", own, maria.Scope)).ShouldBe(IntakeOutcome.Recorded);
        (await RecordAsync("own_message", own, maria.Scope)).ShouldBe(IntakeOutcome.Duplicate);

        Core.Number("SELECT COUNT(*) FROM chat_events WHERE key_id = @key", ("@key", maria.Key.Value)).ShouldBe(1);
    }

    [Fact]
    public async Task A_reaction_and_a_message_with_the_same_id_are_two_events()
    {
        var content = new ChatEventContent("5511999990000@c.us", "RAW1", "👍", null, "RAW0");

        (await RecordAsync("own_message", content, null)).ShouldBe(IntakeOutcome.Recorded);
        (await RecordAsync("reaction", content, null)).ShouldBe(IntakeOutcome.Recorded);

        Core.Number("SELECT COUNT(*) FROM chat_events WHERE key_id = @key", ("@key", Core.Keys.System.Value)).ShouldBe(2);
    }

    [Fact]
    public async Task An_older_session_state_that_arrives_late_changes_nothing()
    {
        (await SessionAsync("STARTING", 0)).ShouldBe(IntakeOutcome.Recorded);
        (await SessionAsync("WORKING", 10, new LinkedAccount("5511988887777", null))).ShouldBe(IntakeOutcome.Recorded);
        (await SessionAsync("SCAN_QR_CODE", 5)).ShouldBe(IntakeOutcome.Duplicate);
        (await SessionAsync("WORKING", 10)).ShouldBe(IntakeOutcome.Duplicate);
        (await SessionAsync("FAILED", 20)).ShouldBe(IntakeOutcome.Recorded);
        (await SessionAsync("WORKING", 30)).ShouldBe(IntakeOutcome.Recorded);

        Core.Texts("SELECT status FROM sessions").ShouldBe(["WORKING"]);
        Core.Number("SELECT status_at - first_working_at FROM sessions").ShouldBe(20_000_000);
        Core.Number("SELECT COUNT(*) FROM sessions WHERE account_enc IS NOT NULL").ShouldBe(1);
    }

    private Task<IntakeOutcome> RecordAsync(string kind, ChatEventContent content, Core.People.PersonScope? partner) =>
        Core.Events.RecordAsync("default", kind, content, partner, fixture.Clock.Now, CancellationToken.None);

    private Task<IntakeOutcome> SessionAsync(string status, double at, LinkedAccount? account = null) =>
        Core.Events.RecordSessionAsync("default", status, account, fixture.Clock.Now + TimeSpan.FromSeconds(at), CancellationToken.None);
}
