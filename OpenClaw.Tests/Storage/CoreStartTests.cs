using Microsoft.Extensions.Options;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Storage;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Storage;

/// <summary>Core as the hosts register it: first start, restart, and starts that must end with a sentence.</summary>
public sealed class CoreStartTests : IDisposable
{
    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Data_is_there_after_a_restart()
    {
        using (var core = Start())
            await core.Inbound.AcceptAsync(MessageBuilder.Message(await core.PersonAsync("5511999990000"), "hello", DateTimeOffset.UnixEpoch), CancellationToken.None);

        using var again = Start();

        var person = await again.PersonAsync("5511999990000");
        var lane = await again.Lanes.EnsureAsync("default", person, null, "5511999990000@c.us", CancellationToken.None);
        var work = (await again.Turns.BeginAsync(lane, CancellationToken.None)).ShouldNotBeNull();
        work.Turn!.Messages.Single().Content.Text.ShouldBe("hello");
    }

    [Theory]
    [InlineData("the keys first")]
    [InlineData("the database first")]
    public async Task A_first_start_does_not_depend_on_what_is_asked_for_first(string order)
    {
        using var core = Start();
        if (order == "the keys first")
            _ = core.Keys;
        else
            _ = core.Database;

        (await core.People.FindAsync(new Core.People.SenderIdentity("5511999990000", null), CancellationToken.None)).ShouldBeNull();
        File.Exists(_folder.File("data/master.key")).ShouldBeTrue();
    }

    [Fact]
    public void A_connection_string_moves_the_files()
    {
        using var core = Start(("ConnectionStrings:openclaw", "Data Source=" + _folder.File("elsewhere.db")), ("ConnectionStrings:openclaw-keys", "Data Source=" + _folder.File("keys-elsewhere.db")));
        _ = core.Keys;
        _ = core.Database;

        File.Exists(_folder.File("elsewhere.db")).ShouldBeTrue();
        File.Exists(_folder.File("keys-elsewhere.db")).ShouldBeTrue();
        File.Exists(_folder.File("data/openclaw.db")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("Username=me;Host=localhost;Database=openclaw", "for PostgreSQL begin with `Host=<server>;`")]
    [InlineData("nonsense", "is not a SQLite connection string")]
    [InlineData("Data Source=/no/such/folder/openclaw.db", "cannot be opened")]
    public void A_connection_string_that_cannot_be_used_ends_the_start_with_a_sentence(string text, string sentence)
    {
        using var core = Start(("ConnectionStrings:openclaw", text));

        var refused = Should.Throw<StartupException>(() => core.Database);

        refused.Message.ShouldContain(sentence);
        refused.Message.ShouldContain("openclaw");
    }

    [Fact]
    public void A_file_that_is_no_database_ends_the_start_with_a_sentence()
    {
        Directory.CreateDirectory(_folder.File("data"));
        File.WriteAllText(_folder.File("data/openclaw.db"), string.Concat(Enumerable.Repeat("this is no database. ", 500)));
        using var core = Start();

        Should.Throw<StartupException>(() => core.Database).Message.ShouldContain("openclaw cannot be opened");
    }

    [Fact]
    public async Task A_start_tells_the_first_a_clean_and_an_unclean_one_apart()
    {
        using var core = Start();
        var facts = core.Get<ProcessFacts>();

        (await facts.MarkStartedAsync(CancellationToken.None)).ShouldBeFalse();
        core.Texts("SELECT value FROM facts WHERE name = 'gateway_started_at'").ShouldBeEmpty();
        (await facts.MarkStartedAsync(CancellationToken.None)).ShouldBeTrue();
        await facts.MarkStoppedAsync(CancellationToken.None);
        (await facts.MarkStartedAsync(CancellationToken.None)).ShouldBeFalse();
        core.Texts("SELECT value FROM facts WHERE name = 'gateway_started_at'").Single().ShouldNotBeEmpty();
        core.Texts("SELECT value FROM facts WHERE name = 'boot_id'").Single().ShouldNotBeEmpty();
        core.Database.CheckIntegrity().ShouldBe("ok");
    }

    [Theory]
    [InlineData("Turns:QuietPeriod", "00:00:06", "Turns__QuietPeriod")]
    [InlineData("Turns:QuietPeriod", "-00:00:01", "Turns__QuietPeriod")]
    [InlineData("Turns:MaxAttempts", "0", "Turns__MaxAttempts")]
    [InlineData("Turns:StartGrace", "01:00:00", "Turns__StartGrace")]
    [InlineData("Turns:RetryDelay", "00:00:00", "Turns__RetryDelay")]
    public void A_setting_out_of_bounds_is_refused_by_its_name(string key, string value, string named)
    {
        using var core = Start((key, value));

        Should.Throw<OptionsValidationException>(() => core.Get<IOptions<TurnOptions>>().Value).Message.ShouldContain(named);
    }

    [Fact]
    public void Served_options_are_listed_with_their_sections()
    {
        using var core = Start();

        core.Get<IEnumerable<ServedOptions>>().Select(served => served.Section).ShouldBe(["Storage", "Security", "Turns", "Limits", "Delivery", "Takeover", "Jobs", "Resilience"], ignoreOrder: true);
    }

    private CoreProcess Start(params (string Key, string Value)[] settings) => new(_folder.Root, new StepClock(), [("Turns:QuietPeriod", "00:00:00"), .. settings]);
}
