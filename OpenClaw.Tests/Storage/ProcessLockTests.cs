using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.Storage;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Storage;

/// <summary>Who may use the same data at the same time. Locks of one process exclude each other as those of two do: they belong to the open file.</summary>
public sealed class ProcessLockTests : IDisposable
{
    private static readonly Deployment Alone = Deploy();
    private static readonly Deployment Split = Deploy(("ConnectionStrings:redis", "localhost:6379"));

    private readonly ScratchFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_process_that_works_alone_has_the_folder_for_itself()
    {
        using (Directory(Alone))
        {
            Should.Throw<StartupException>(() => Directory(Alone)).Message.ShouldStartWith($"Another OpenClaw already uses the data directory {_folder.File("data")}: stop it");
            Should.Throw<StartupException>(() => Directory(Split)).Message.ShouldContain("for itself, without ConnectionStrings__redis: stop it");
        }

        Directory(Alone).Dispose();
    }

    [Fact]
    public void Processes_of_a_split_system_share_it_and_keep_others_out()
    {
        var gateway = Directory(Split);
        var worker = Directory(Split);
        gateway.Dispose();

        Should.Throw<StartupException>(() => Directory(Alone)).Message.ShouldContain("Another OpenClaw already uses the data directory");

        worker.Dispose();
        Directory(Alone).Dispose();
    }

    [Fact]
    public void A_database_outside_of_the_folder_has_the_same_lock()
    {
        (string, string)[] elsewhere = [("ConnectionStrings:openclaw", $"Data Source={_folder.File("elsewhere.db")}")];
        using var alone = Database(elsewhere);

        Should.Throw<StartupException>(() => Database([.. elsewhere, ("ConnectionStrings:redis", "localhost")])).Message.ShouldContain($"the database {_folder.File("elsewhere.db")}");
        alone.Dispose();

        using var one = Database([.. elsewhere, ("ConnectionStrings:redis", "localhost")]);
        using var two = Database([.. elsewhere, ("ConnectionStrings:redis", "localhost")]);
        Should.Throw<StartupException>(() => Database(elsewhere));
    }

    [Fact]
    public void A_database_of_a_server_has_the_same_lock_there()
    {
        using var databases = new PostgresDatabases();
        (string, string)[] server = [("ConnectionStrings:openclaw", databases.Main), ("ConnectionStrings:openclaw-keys", databases.Keys)];
        using (Database(server))
        {
            Should.Throw<StartupException>(() => Database(server)).Message.ShouldContain("Another OpenClaw already uses the database 127.0.0.1:");
            Should.Throw<StartupException>(() => Database([.. server, ("ConnectionStrings:redis", "localhost")])).Message.ShouldContain("for itself, without ConnectionStrings__redis: stop it");
        }

        using var one = Database([.. server, ("ConnectionStrings:redis", "localhost")]);
        using var two = Database([.. server, ("ConnectionStrings:redis", "localhost")]);
        Should.Throw<StartupException>(() => Database(server));
        System.IO.Directory.EnumerateFiles(_folder.Root, "*.lock", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("Username=me;Host=db;Database=openclaw")]
    public void A_connection_string_of_no_kind_is_refused_by_name(string text) => Should.Throw<StartupException>(() => Database(("ConnectionStrings:openclaw", text)))
        .Message.ShouldStartWith("ConnectionStrings__openclaw is not a SQLite connection string");

    [Fact]
    public void A_process_on_another_kernel_is_found_out_by_a_plain_file()
    {
        new KernelFile(Folder(), new KernelId("here")).Fits().ShouldBeTrue("no Gateway was there yet");
        new KernelFile(Folder(), new KernelId("here")).Write();

        new KernelFile(Folder(), new KernelId("here")).Fits().ShouldBeTrue();
        new KernelFile(Folder(), new KernelId("elsewhere")).Fits().ShouldBeFalse();
    }

    [Fact]
    public void One_Gateway_serves_a_data_directory()
    {
        using (new GatewayLock(Folder()))
            Should.Throw<StartupException>(() => new GatewayLock(Folder())).Message.ShouldContain("PostgreSQL (ConnectionStrings__openclaw=Host=...)");

        new GatewayLock(Folder()).Dispose();
    }

    [Theory]
    [InlineData(null, null, true, false)]
    [InlineData(null, "localhost", false, true)]
    [InlineData("Host=db", null, true, false)]
    [InlineData(" host=db;Port=1", "localhost", false, false)]
    [InlineData("Data Source=/x.db", "localhost", false, true)]
    public void One_process_is_alone_and_several_share_what_is_not_a_servers(string? database, string? redis, bool alone, bool sharesFiles)
    {
        var deployment = Deploy([("ConnectionStrings:openclaw", database ?? ""), ("ConnectionStrings:redis", redis ?? "")]);

        (deployment.IsAlone, deployment.SharesFiles).ShouldBe((alone, sharesFiles));
    }

    [Fact]
    public void The_database_is_described_without_its_credentials()
    {
        Deploy(("ConnectionStrings:openclaw", "Host=db;Port=6543;Database=main;Username=planted;Password=planted"), ("ConnectionStrings:openclaw-keys", "Host=db;Database=keys;Password=planted"))
            .Describe(Folder()).ShouldBe("PostgreSQL, db:6543/main");
        Split.Describe(Folder()).ShouldBe($"SQLite, {_folder.File("data/openclaw.db")}");
    }

    private DataDirectoryLock Directory(Deployment deployment) => new(Folder(), deployment);

    private DatabaseLock Database(params (string Key, string Value)[] settings)
    {
        var configuration = Configuration(settings);
        return new(Folder(), configuration, new Deployment(configuration));
    }

    private DataDirectory Folder() => new(Options.Create(new StorageOptions { DataDirectory = _folder.File("data") }), new Host(_folder.Root));

    private static Deployment Deploy(params (string Key, string Value)[] settings) => new(Configuration(settings));

    private static IConfiguration Configuration(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build();

    private sealed class Host(string contentRoot) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = "Test";

        public string ApplicationName { get; set; } = "OpenClaw.Tests";

        public string ContentRootPath { get; set; } = contentRoot;

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
