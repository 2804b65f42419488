using Microsoft.Extensions.Configuration;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.Storage;
using OpenClaw.Core.Storage.Postgres;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Storage;

/// <summary>Starts on a server that must end with a sentence, and never with the password.</summary>
public sealed class PostgresStartTests : IDisposable
{
    private const string Secret = "hunter2";
    private readonly PostgresDatabases _databases = new();
    private readonly ScratchFolder _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _databases.Dispose();
    }

    [Theory]
    [InlineData("Host=db;Database=a", null, "ConnectionStrings__openclaw-keys is missing: with PostgreSQL")]
    [InlineData("server = db;Database=a", "Data Source=keys.db", "ConnectionStrings__openclaw-keys is missing: with PostgreSQL")]
    [InlineData(null, "Host=db;Database=a", "ConnectionStrings__openclaw is missing: it must be PostgreSQL when")]
    [InlineData("Host=db", "Host=db;Database=b", "ConnectionStrings__openclaw must name a server and a database")]
    [InlineData("Host=;Database=a", "Host=db;Database=b", "ConnectionStrings__openclaw must name a server and a database")]
    [InlineData("Host=db;Database=a;Password=hunter2", "HOST=DB;Port=5432;DB=A;Password=other", "name the same database")]
    [InlineData("Host=db;Database=a;Password=hunter2;oops", "Host=db;Database=b", "ConnectionStrings__openclaw is not a PostgreSQL connection string")]
    [InlineData("Host=db;Database=a;Password=one;hunter2=1", "Host=db;Database=b", "ConnectionStrings__openclaw is not a PostgreSQL connection string")]
    [InlineData("Host=db;Port=five;Database=a;Password=hunter2", "Host=db;Database=b", "ConnectionStrings__openclaw is not a PostgreSQL connection string")]
    [InlineData("Host=db;Database=a;Password=hunter2;Pooling=true;Timeout=60", "Host=db;Database=b", "sets Pooling and Timeout, which OpenClaw decides itself")]
    [InlineData("Host=db;Database=a", "Host=db;Database=b;Include Error Detail=true", "ConnectionStrings__openclaw-keys sets Include Error Detail")]
    public void A_mistake_in_the_connection_strings_is_told_before_anything_is_opened(string? main, string? keys, string sentence)
    {
        using var core = Start(main, keys);

        ShouldRefuse(() => _ = main is null ? core.Get<KeysDatabase>().Database : core.Database, sentence);
    }

    [Fact]
    public void A_server_that_refuses_the_password_is_told_without_it()
    {
        using var core = Start(_databases.Main.Replace("Username=openclaw", $"Username={PostgresServer.Guarded};Password={Secret}", StringComparison.Ordinal), _databases.Keys);

        ShouldRefuse(() => _ = core.Database, $"The PostgreSQL server 127.0.0.1:{PostgresServer.Shared.Port} refuses the user of ConnectionStrings__openclaw");
    }

    [Fact]
    public void A_database_that_is_not_there_is_told_with_how_to_make_it()
    {
        using var core = Start(PostgresServer.Shared.ConnectionString("nowhere"), _databases.Keys);

        ShouldRefuse(() => _ = core.Database, "has no database nowhere: create it (`CREATE DATABASE \"nowhere\"`)");
    }

    [Fact]
    public void A_user_who_may_not_make_tables_is_told()
    {
        using var scratch = new PostgresScratch();
        using var core = Start(scratch.ConnectionString.Replace("Username=openclaw", $"Username={PostgresServer.Guarded};Password=right horse", StringComparison.Ordinal), _databases.Keys);

        ShouldRefuse(() => _ = core.Database, "must be allowed to create tables there");
    }

    [Fact]
    public void A_server_that_does_not_answer_is_waited_for_and_then_told_by_its_address()
    {
        using var core = Start($"Host=127.0.0.1;Port=1;Database=here;Username=me;Password={Secret}", _databases.Keys);

        ShouldRefuse(() => _ = core.Database, "The PostgreSQL server 127.0.0.1:1 (database here) does not answer (SocketException): start it, or correct ConnectionStrings__openclaw.");
    }

    [Fact]
    public void Of_several_servers_the_one_that_can_be_written_is_used()
    {
        using var core = Start(_databases.Main.Replace("Host=127.0.0.1", "Host=127.0.0.1:1,127.0.0.1", StringComparison.Ordinal), _databases.Keys);

        core.Database.ServerTime().ShouldNotBeNull();
    }

    [Fact]
    public void One_process_takes_the_database_for_itself_until_it_is_gone()
    {
        var directory = Path.Combine(_folder.Root, "data");
        using var first = Start(_databases.Main, _databases.Keys);
        using var second = Start(_databases.Main, _databases.Keys);
        var mine = new DatabaseLock(first.Get<DataDirectory>(), first.Get<IConfiguration>(), first.Get<Deployment>());

        ShouldRefuse(
            () => _ = new DatabaseLock(second.Get<DataDirectory>(), second.Get<IConfiguration>(), second.Get<Deployment>()),
            $"Another OpenClaw already uses the database 127.0.0.1:{PostgresServer.Shared.Port}/");
        mine.Dispose();

        new DatabaseLock(second.Get<DataDirectory>(), second.Get<IConfiguration>(), second.Get<Deployment>()).Dispose();
        Directory.EnumerateFiles(directory, "*.lock").ShouldBeEmpty();
    }

    [Fact]
    public async Task A_lock_whose_connection_broke_is_taken_again()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var scratch = new PostgresScratch();
        using var mine = new PostgresLock(scratch.Connections(), PostgresAddress.Parse("openclaw", scratch.ConnectionString), isShared: false, TimeSpan.FromMilliseconds(20));
        var before = Holder();

        scratch.Terminate();
        await Eventually.TrueAsync(() => Holder() is not 0 and var now && now != before, timeout.Token);

        Should.Throw<StartupException>(() => new PostgresLock(scratch.Connections(), PostgresAddress.Parse("openclaw", scratch.ConnectionString), isShared: false));

        long Holder() => scratch.Number("SELECT COALESCE((SELECT MAX(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())), 0)");
    }

    [Fact]
    public async Task Data_is_there_after_a_restart_and_nothing_of_it_in_files()
    {
        using (var first = Start(_databases.Main, _databases.Keys))
            await first.Get<ProcessFacts>().KeysFitAsync([1, 2, 3], CancellationToken.None);
        using var second = Start(_databases.Main, _databases.Keys);

        (await second.Get<ProcessFacts>().KeysFitAsync([3, 2, 1], CancellationToken.None)).ShouldBeFalse();
        _ = second.Keys;
        Directory.EnumerateFiles(Path.Combine(_folder.Root, "data"), "*.db").ShouldBeEmpty();
    }

    private static void ShouldRefuse(Action start, string sentence)
    {
        var refused = Should.Throw<StartupException>(start);

        refused.Message.ShouldContain(sentence);
        refused.Sentences.ShouldHaveSingleItem().ShouldNotContain(Secret);
    }

    private CoreProcess Start(string? main, string? keys) => new(
        _folder.Root, new StepClock(),
        [.. new[] { ("ConnectionStrings:openclaw", main), ("ConnectionStrings:openclaw-keys", keys) }.Where(setting => setting.Item2 is not null).Select(setting => (setting.Item1, setting.Item2!))]);
}
