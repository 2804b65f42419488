using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Accounts;
using OpenClaw.Core.Caching;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.Flow;
using OpenClaw.Core.Integrations;
using OpenClaw.Core.Jobs;
using OpenClaw.Core.Memory;
using OpenClaw.Core.People;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Queue.Acks;
using OpenClaw.Core.Queue.Budgets;
using OpenClaw.Core.Queue.DeadLetters;
using OpenClaw.Core.Queue.History;
using OpenClaw.Core.Queue.Journeys;
using OpenClaw.Core.Queue.Takeovers;
using OpenClaw.Core.Redis;
using OpenClaw.Core.Security;
using OpenClaw.Core.Startup;
using OpenClaw.Core.Storage;
using OpenClaw.Core.Storage.Migrations;
using OpenClaw.Core.Storage.Postgres;

namespace OpenClaw.Core;

/// <summary>What Gateway and Worker share: the durable record, the keys, the lanes.</summary>
public static class CoreServices
{
    /// <summary>Registers storage, security and queue, with Redis between the processes in split mode. Nothing is opened before it is resolved.</summary>
    public static IServiceCollection AddCore(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddServedOptions<StorageOptions>("Storage");
        services.AddServedOptions<SecurityOptions>("Security");
        services.AddServedOptions<TurnOptions>("Turns");
        services.AddServedOptions<LimitsOptions>("Limits");
        services.AddServedOptions<ServerAckOptions>("Delivery");
        services.AddServedOptions<TakeoverOptions>("Takeover");
        services.AddServedOptions<JobOptions>("Jobs");
        services.AddSingleton<IValidateOptions<StorageOptions>, StorageOptionsValidator>();
        services.AddSingleton<IValidateOptions<SecurityOptions>, SecurityOptionsValidator>();
        services.AddSingleton<IValidateOptions<TurnOptions>, TurnOptionsValidator>();
        services.AddSingleton<IValidateOptions<LimitsOptions>, LimitsOptionsValidator>();
        services.AddSingleton<IValidateOptions<ServerAckOptions>, ServerAckOptionsValidator>();
        services.AddSingleton<IValidateOptions<TakeoverOptions>, TakeoverOptionsValidator>();
        services.AddSingleton<IValidateOptions<JobOptions>, JobOptionsValidator>();

        services.AddIntegrations();
        services.TryAddSingleton(KernelId.Current);
        services.AddSingleton<KernelFile>();
        services.AddSingleton<Deployment>();
        services.AddSingleton<DataStart>();
        services.AddSingleton<StartupFactsSource>();
        services.AddSingleton<DataDirectory>();
        services.AddSingleton<DataDirectoryLock>();
        services.AddSingleton<DatabaseLock>();
        services.AddSingleton<GatewayLock>();
        services.AddSingleton<IDatabase>(OpenMain);
        services.AddSingleton(provider => DatabasePolicy.Of(provider.GetRequiredService<Deployment>()));
        services.AddSingleton(OpenKeys);
        services.AddSingleton<FullDisk>();
        services.AddSingleton<ProcessFacts>();
        services.AddSingleton<MasterKeySource>();
        services.AddSingleton(provider => provider.GetRequiredService<MasterKeySource>().Load());
        services.AddSingleton<KeyRing>();
        services.AddSingleton<PeopleDirectory>();
        services.AddSingleton<ChatKeys>();
        services.AddSingleton<LaneDirectory>();
        services.AddSingleton<SqlLaneScheduler>();
        services.AddSingleton<ILaneScheduler>(provider => provider.GetRequiredService<SqlLaneScheduler>());
        services.AddSingleton<IRateLimits, SqlRateLimits>();
        services.AddSingleton<SqlBubbleBudgets>();
        services.AddSingleton<IBubbleBudgets>(provider => provider.GetRequiredService<SqlBubbleBudgets>());
        services.AddSingleton<BudgetBoard>();
        services.AddSingleton<SqlJobLeases>();
        services.AddSingleton<IJobLeases>(provider => provider.GetRequiredService<SqlJobLeases>());
        services.AddSingleton<IngressPressure>();
        services.TryAddSingleton<IMemoryReader, RuntimeMemory>();
        services.AddSingleton<MemoryPressure>();
        services.AddSingleton<InboundStore>();
        services.AddSingleton<HeldStore>();
        services.AddSingleton<ChatEventStore>();
        services.AddSingleton<TakeoverStore>();
        services.AddSingleton<HistoryMarks>();
        services.AddSingleton<HistoryGaps>();
        services.AddSingleton<KnownMessages>();
        services.AddSingleton<UnreadableChatStore>();
        services.AddSingleton<ChatFacts>();
        services.AddSingleton<TurnStore>();
        services.AddSingleton(provider => TurnRepeats.Policy(provider.GetRequiredService<IOptions<TurnOptions>>().Value));
        services.AddSingleton<TurnSettlement>();
        services.AddSingleton<OutboxStore>();
        services.AddSingleton<UnnamedBubbles>();
        services.AddSingleton<StandInStore>();
        services.AddSingleton<IServerAckHealth, ServerAckHealth>();
        services.AddSingleton<AccountLimitStore>();
        services.AddSingleton<AccountHealth>();
        services.AddSingleton<SessionAccounts>();
        services.AddSingleton<SessionNews>();
        services.AddSingleton<SessionNotices>();
        services.AddSingleton<FlowStore>();
        services.AddSingleton<WorkBacklog>();
        services.AddSingleton<ConversationStore>();
        services.AddSingleton<SkillAuditStore>();
        services.AddSingleton<IDeadLetterKind, DeadTurns>();
        services.AddSingleton<IDeadLetterKind, DeadBubbles>();
        services.AddSingleton<IDeadLetterKind, DeadJobs>();
        services.AddSingleton<DeadLetterStore>();
        services.AddSingleton<JobWake>();
        services.AddSingleton<JobStore>();
        services.AddSingleton<PersonJobs>();
        services.AddSingleton<JourneyStore>();
        services.AddSingleton<ICacheStore>(provider => new MemoryCacheStore(provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IPersonCache, PersonCache>();
        if (SplitMode.IsOn(configuration))
            services.AddRedis();
        return services;
    }

    private static IDatabase OpenMain(IServiceProvider services)
    {
        var configuration = services.GetRequiredService<IConfiguration>();
        if (DatabaseServer.IsUsed(configuration))
            return PostgresStart.OpenMain(configuration);
        var directory = services.GetRequiredService<DataDirectory>();
        var database = Open(services, "openclaw", directory.DatabaseFile);
        Migrator.Apply(new SqliteSchema(database, schema => Path.Combine(directory.Root, "backups", $"openclaw-before-schema-{schema + 1}.db")), MainMigrations.All);
        return database;
    }

    private static KeysDatabase OpenKeys(IServiceProvider services)
    {
        var configuration = services.GetRequiredService<IConfiguration>();
        var directory = services.GetRequiredService<DataDirectory>();
        // First the master key: a keys database without one means that the key was lost, not that this is a first start.
        services.GetRequiredService<MasterKey>();
        if (DatabaseServer.IsUsed(configuration) || DatabaseServer.IsUsed(configuration, "openclaw-keys"))
            return new KeysDatabase(PostgresStart.OpenKeys(configuration));
        var database = Open(services, "openclaw-keys", directory.KeysFile);
        Migrator.Apply(new SqliteSchema(database, schema => Path.Combine(directory.Root, "backups-keys", $"keys-before-schema-{schema + 1}.db")), KeysMigrations.All);
        return new KeysDatabase(database);
    }

    /// <summary>A new file belongs to this account alone; SQLite gives its log and index the mode of the file.</summary>
    private static void OwnerOnly(string file)
    {
        if (OperatingSystem.IsWindows() || file.Length == 0 || file == ":memory:" || File.Exists(file) || !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(file))))
            return;
        using var created = new FileStream(
            file, new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite });
    }

    /// <exception cref="StartupException">The connection string is not SQLite's.</exception>
    internal static string DataSource(IConfiguration configuration, string name, string file)
    {
        if (configuration.GetConnectionString(name) is not { Length: > 0 } configured)
            return file;
        try
        {
            return new Microsoft.Data.Sqlite.SqliteConnectionStringBuilder(configured).DataSource;
        }
        catch (ArgumentException error)
        {
            throw NotSqlite(name, error);
        }
    }

    private static StartupException NotSqlite(string name, ArgumentException error) => new(
        $"ConnectionStrings__{name} is not a SQLite connection string; write `Data Source=<file>`, or for PostgreSQL begin with `Host=<server>;`.", error);

    private static void RefuseUnusable(IServiceProvider services, string name)
    {
        var directory = services.GetRequiredService<DataDirectory>();
        var configuration = services.GetRequiredService<IConfiguration>();
        var main = DataSource(configuration, "openclaw", directory.DatabaseFile);
        var keys = DataSource(configuration, "openclaw-keys", directory.KeysFile);
        if ((name == "openclaw" ? main : keys) is "" or ":memory:")
            throw new StartupException($"ConnectionStrings__{name} must name a file, or nothing would outlive the process: write `Data Source=<file>`.");
        if (string.Equals(Path.GetFullPath(main), Path.GetFullPath(keys), StringComparison.Ordinal))
            throw new StartupException("ConnectionStrings__openclaw and ConnectionStrings__openclaw-keys name the same file: the keys must lie apart from what they protect.");
    }

    private static SqliteDatabase Open(IServiceProvider services, string name, string file)
    {
        var configured = services.GetRequiredService<IConfiguration>().GetConnectionString(name);
        try
        {
            RefuseUnusable(services, name);
            OwnerOnly(DataSource(services.GetRequiredService<IConfiguration>(), name, file));
            return new SqliteDatabase(string.IsNullOrWhiteSpace(configured) ? $"Data Source={file}" : configured);
        }
        catch (ArgumentException error)
        {
            throw NotSqlite(name, error);
        }
        catch (StorageUnavailableException error)
        {
            throw new StartupException($"The database {name} cannot be opened ({error.Failure}): check that its folder is writable, has space left and is not locked by another program.", error);
        }
    }
}
