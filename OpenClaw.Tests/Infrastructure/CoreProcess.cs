using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using OpenClaw.Core;
using OpenClaw.Core.People;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Security;
using OpenClaw.Core.Storage;
using OpenClaw.Core.Storage.Postgres;

namespace OpenClaw.Tests.Infrastructure;

/// <summary>
/// Core as one process has it: its own connections, caches and writer thread. Two of them over the same data are two processes as far
/// as the database can tell.
/// </summary>
public sealed class CoreProcess : IDisposable
{
    private readonly ServiceProvider _services;

    public CoreProcess(string folder, TimeProvider clock, params (string Key, string Value)[] settings)
    {
        var values = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase) { ["Storage:DataDirectory"] = Path.Combine(folder, "data") };
        foreach (var (key, value) in settings)
            values[key] = value;
        var services = new ServiceCollection();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(values).Build();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddSingleton<IHostEnvironment>(new Environment(folder));
        services.AddSingleton(clock);
        services.AddSingleton<INoticeTexts, Notices>();
        services.AddLogging();
        services.AddCore(configuration);
        services.AddSingleton<Reconciler>();
        _services = services.BuildServiceProvider();
    }

    public IDatabase Database => Get<IDatabase>();

    public KeyRing Keys => Get<KeyRing>();

    public PeopleDirectory People => Get<PeopleDirectory>();

    public LaneDirectory Lanes => Get<LaneDirectory>();

    public SqlLaneScheduler Scheduler => Get<SqlLaneScheduler>();

    public InboundStore Inbound => Get<InboundStore>();

    public ChatEventStore Events => Get<ChatEventStore>();

    public TurnStore Turns => Get<TurnStore>();

    public TurnSettlement Settlement => Get<TurnSettlement>();

    public OutboxStore Outbox => Get<OutboxStore>();

    public ConversationStore Conversations => Get<ConversationStore>();

    /// <summary>Commits that this process made.</summary>
    public long Commits => Database switch
    {
        SqliteDatabase files => files.Commits,
        PostgresDatabase server => server.Commits,
        _ => throw new NotSupportedException(),
    };

    public T Get<T>() where T : notnull => _services.GetRequiredService<T>();

    /// <summary>The first column of the first row as a number; 0 when there is none.</summary>
    public long Number(string sql, params (string Name, object? Value)[] parameters) =>
        Database.Read(session => session.QueryFirst(sql, row => row.IsDBNull(0) ? 0 : row.GetInt64(0), parameters));

    /// <summary>The first column of every row as text.</summary>
    public List<string> Texts(string sql, params (string Name, object? Value)[] parameters) =>
        Database.Read(session => session.Query(sql, row => row.IsDBNull(0) ? "" : row.GetString(0), parameters));

    public Task ExecuteAsync(string sql, params (string Name, object? Value)[] parameters) =>
        Database.WriteAsync(session => session.Execute(sql, parameters), CancellationToken.None);

    public void Dispose() => _services.Dispose();

    private sealed class Notices : INoticeTexts
    {
        public string TooManyMessages(string locale) => "too many messages (" + locale + ")";
    }

    private sealed class Environment(string folder) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = "Test";

        public string ApplicationName { get; set; } = "OpenClaw.Tests";

        public string ContentRootPath { get; set; } = folder;

        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
