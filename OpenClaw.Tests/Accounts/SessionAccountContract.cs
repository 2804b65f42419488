using OpenClaw.Core.Accounts;
using OpenClaw.Core.Queue;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Accounts;

/// <summary>Which numbers are ours, as every process that hears of it knows.</summary>
public abstract class SessionAccountContract(CoreFixture fixture) : IDisposable
{
    private static readonly LinkedAccount Old = new("5511993334444", "77700011112222");
    private static readonly LinkedAccount New = new("5511995556666", "88800011112222");

    private readonly CoreProcess _other = fixture.Start();

    private CoreProcess Core => fixture.Core;

    private StepClock Clock => fixture.Clock;

    public void Dispose()
    {
        fixture.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_number_whose_phone_logged_out_is_ours_no_more_also_to_a_process_that_only_heard_its_messages()
    {
        await TellAsync("WORKING", Old);
        Note(_other, Old);
        (await AccountsAsync()).ShouldBe([Old, Old]);

        await TellAsync("SCAN_QR_CODE", null);
        (await AccountsAsync()).ShouldBe([null, null]);
        // The code expires, and a message of before comes late.
        await TellAsync("FAILED", null);
        Note(_other, Old, Clock.Now - TimeSpan.FromMinutes(1));

        (await AccountsAsync()).ShouldBe([null, null]);
        Core.Number("SELECT COUNT(*) FROM sessions WHERE account_enc IS NOT NULL").ShouldBe(0);
        Core.Events.HasWorked("sales").ShouldBeTrue("its phone can be linked again");
    }

    [Fact]
    public async Task After_another_phone_was_linked_only_its_number_is_ours()
    {
        await TellAsync("WORKING", Old);
        Note(_other, Old);
        await TellAsync("SCAN_QR_CODE", null);

        await TellAsync("WORKING", New);

        (await AccountsAsync()).ShouldBe([New, New]);
    }

    [Fact]
    public async Task What_an_event_tells_counts_until_something_else_is_told_later()
    {
        await TellAsync("WORKING", null);
        Note(_other, Old);
        (await AccountsAsync()).ShouldBe([null, Old]);
        await TellAsync("WORKING", New);
        (await AccountsAsync()).ShouldBe([New, New]);

        // One that is told with a part of its ids keeps the others.
        Note(_other, new LinkedAccount(New.Id, null));

        (await AccountsAsync()).ShouldBe([New, New]);
    }

    private async Task TellAsync(string status, LinkedAccount? account)
    {
        Clock.Advance(TimeSpan.FromSeconds(6));
        await Core.Events.RecordSessionAsync("sales", status, account, Clock.Now, CancellationToken.None);
        Clock.Advance(TimeSpan.FromSeconds(6));
    }

    private void Note(CoreProcess process, LinkedAccount account, DateTimeOffset? at = null) => process.Get<SessionAccounts>().Note("sales", account, at ?? Clock.Now);

    /// <summary>As either process knows it.</summary>
    private async Task<List<LinkedAccount?>> AccountsAsync() =>
    [
        (await Core.Get<SessionAccounts>().AllAsync(CancellationToken.None)).GetValueOrDefault("sales"),
        (await _other.Get<SessionAccounts>().AllAsync(CancellationToken.None)).GetValueOrDefault("sales"),
    ];
}

public sealed class SqliteSessionAccountTests() : SessionAccountContract(new CoreFixture());

public sealed class PostgresSessionAccountTests() : SessionAccountContract(new CoreFixture(Store.Postgres));
