using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.People;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Security;
using OpenClaw.Core.Storage;
using OpenClaw.Core.Storage.Migrations;

namespace OpenClaw.Core;

/// <summary>What Gateway and Worker share: the durable record, the keys, the lanes.</summary>
public static class CoreServices
{
    /// <summary>Registers storage, security and queue. Nothing is opened before it is resolved.</summary>
    public static IServiceCollection AddCore(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddServedOptions<StorageOptions>("Storage");
        services.AddServedOptions<SecurityOptions>("Security");
        services.AddServedOptions<TurnOptions>("Turns");
        services.AddServedOptions<LimitsOptions>("Limits");
        services.AddSingleton<IValidateOptions<StorageOptions>, StorageOptionsValidator>();
        services.AddSingleton<IValidateOptions<SecurityOptions>, SecurityOptionsValidator>();
        services.AddSingleton<IValidateOptions<TurnOptions>, TurnOptionsValidator>();
        services.AddSingleton<IValidateOptions<LimitsOptions>, LimitsOptionsValidator>();

        services.AddSingleton<DataDirectory>();
        services.AddSingleton<DataDirectoryLock>();
        services.AddSingleton<DatabaseLock>();
        services.AddSingleton<IDatabase>(OpenMain);
        services.AddSingleton(OpenKeys);
        services.AddSingleton<ProcessFacts>();
        services.AddSingleton<MasterKeySource>();
        services.AddSingleton(provider => provider.GetRequiredService<MasterKeySource>().Load());
        services.AddSingleton<KeyRing>();
        services.AddSingleton<PeopleDirectory>();
        services.AddSingleton<LaneDirectory>();
        services.AddSingleton<SqlLaneScheduler>();
        services.AddSingleton<ILaneScheduler>(provider => provider.GetRequiredService<SqlLaneScheduler>());
        services.AddSingleton<IngressPressure>();
        services.AddSingleton<InboundStore>();
        services.AddSingleton<HeldStore>();
        services.AddSingleton<ChatEventStore>();
        services.AddSingleton<TurnStore>();
        services.AddSingleton<TurnSettlement>();
        services.AddSingleton<OutboxStore>();
        services.AddSingleton<ConversationStore>();
        services.AddSingleton<SkillAuditStore>();
        return services;
    }

    private static IDatabase OpenMain(IServiceProvider services)
    {
        var directory = services.GetRequiredService<DataDirectory>();
        var database = Open(services, "openclaw", directory.DatabaseFile);
        SqliteMigrator.Apply(database, MainMigrations.All, schema => Path.Combine(directory.Root, "backups", $"openclaw-before-schema-{schema + 1}.db"));
        return database;
    }

    private static KeysDatabase OpenKeys(IServiceProvider services)
    {
        var directory = services.GetRequiredService<DataDirectory>();
        // First the master key: a keys database without one means that the key was lost, not that this is a first start.
        services.GetRequiredService<MasterKey>();
        var database = Open(services, "openclaw-keys", directory.KeysFile);
        SqliteMigrator.Apply(database, KeysMigrations.All, schema => Path.Combine(directory.Root, "backups-keys", $"keys-before-schema-{schema + 1}.db"));
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

    internal static string DataSource(IConfiguration configuration, string name, string file) =>
        configuration.GetConnectionString(name) is { Length: > 0 } configured
            ? new Microsoft.Data.Sqlite.SqliteConnectionStringBuilder(configured).DataSource
            : file;

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
        if (configured is not null && configured.TrimStart().StartsWith("Host=", StringComparison.OrdinalIgnoreCase))
            throw new StartupException($"ConnectionStrings__{name}: PostgreSQL is not served yet by this version; unset it or write `Data Source=<file>`.");
        try
        {
            RefuseUnusable(services, name);
            OwnerOnly(DataSource(services.GetRequiredService<IConfiguration>(), name, file));
            return new SqliteDatabase(string.IsNullOrWhiteSpace(configured) ? $"Data Source={file}" : configured);
        }
        catch (ArgumentException error)
        {
            throw new StartupException($"ConnectionStrings__{name} is not a SQLite connection string; write `Data Source=<file>`.", error);
        }
        catch (StorageUnavailableException error)
        {
            throw new StartupException($"The database {name} cannot be opened ({error.Failure}): check that its folder is writable, has space left and is not locked by another program.", error);
        }
    }
}
