using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;
using Npgsql;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.Storage.Migrations;

namespace OpenClaw.Core.Storage.Postgres;

/// <summary>Opens the two databases of a server at the start of a process; whatever is wrong becomes a sentence. The driver is not loaded before.</summary>
internal static class PostgresStart
{
    private const string Main = "openclaw";
    private const string Keys = "openclaw-keys";

    /// <summary>Servers and processes are started together; one that is just coming up is waited for.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>More than webhooks and lanes are looked up at once; they are made when they are needed.</summary>
    private const int ReadyThreads = 256;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <exception cref="StartupException">It cannot be used.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static IDatabase OpenMain(IConfiguration configuration)
    {
        // Reads block their thread for as long as the server takes, and the driver needs free ones to go on: on few cores the pool would add them
        // one by one, slower than the time-outs.
        ThreadPool.GetMinThreads(out var workers, out var completion);
        ThreadPool.SetMinThreads(Math.Max(workers, ReadyThreads), completion);
        return Open(Main, Addresses(configuration).Main, MainMigrations.All, connections: 8);
    }

    /// <summary>Keys are made and read once each and then cached: fewer connections do.</summary>
    /// <exception cref="StartupException">It cannot be used.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static IDatabase OpenKeys(IConfiguration configuration) => Open(Keys, Addresses(configuration).Keys, KeysMigrations.All, connections: 2);

    /// <summary>Takes the database for one process that works alone, or for one of those that share it.</summary>
    /// <exception cref="StartupException">Another process has it, or it cannot be used.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static IDisposable Lock(IConfiguration configuration, bool isShared)
    {
        var address = Addresses(configuration).Main;
        return Reach(Main, address, server => new PostgresLock(server, address, isShared));
    }

    /// <summary>Server and name of the main database, without anything else of its connection string.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static string Describe(IConfiguration configuration) => Addresses(configuration).Main.ToString();

    private static (PostgresAddress Main, PostgresAddress Keys) Addresses(IConfiguration configuration)
    {
        var main = Address(configuration, Main, "it must be PostgreSQL when ConnectionStrings__openclaw-keys is");
        var keys = Address(configuration, Keys, "with PostgreSQL the data keys lie in a database of their own, so that a backup of one is worthless without the other");
        return main.IsSameDatabase(keys)
            ? throw new StartupException($"ConnectionStrings__{Main} and ConnectionStrings__{Keys} name the same database: the keys must lie apart from what they protect. Create another one, for example `CREATE DATABASE \"{Keys}\"`.")
            : (main, keys);
    }

    private static PostgresAddress Address(IConfiguration configuration, string name, string why) => DatabaseServer.IsUsed(configuration, name)
        ? PostgresAddress.Parse(name, configuration.GetConnectionString(name)!)
        : throw new StartupException($"ConnectionStrings__{name} is missing: {why}. Write `Host=<server>;Database={name};Username=<user>;Password=<password>`.");

    private static PostgresDatabase Open(string name, PostgresAddress address, IReadOnlyList<Migration> migrations, int connections) => Reach(name, address, server =>
    {
        Migrator.Apply(new PostgresSchema(server), migrations);
        return new PostgresDatabase(server, connections, connections);
    });

    private static T Reach<T>(string name, PostgresAddress address, Func<PostgresConnections, T> begin)
    {
        var server = new PostgresConnections(address);
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return begin(server);
            }
            catch (Exception error) when (error is NpgsqlException or StorageUnavailableException)
            {
                if ((error as PostgresException ?? error.InnerException as PostgresException) is { } told && Explain(told, name, address) is { } sentence)
                    throw new StartupException(sentence, error);
                if (TimeProvider.System.GetElapsedTime(started) > Patience)
                    throw new StartupException($"The PostgreSQL server {address.Servers} (database {address.Database}) does not answer ({Reason(error)}): start it, or correct ConnectionStrings__{name}.", error);
                Thread.Sleep(Pause);
            }
        }
    }

    private static string? Explain(PostgresException error, string name, PostgresAddress address) => error.SqlState switch
    {
        ['2', '8', ..] => $"The PostgreSQL server {address.Servers} refuses the user of ConnectionStrings__{name}: correct Username and Password, or the server's pg_hba.conf.",
        PostgresErrorCodes.InvalidCatalogName =>
            $"The PostgreSQL server {address.Servers} has no database {address.Database}: create it (`CREATE DATABASE \"{address.Database}\"`), or correct ConnectionStrings__{name}.",
        ['4', '2', ..] => $"The tables of {address} cannot be brought up to date ({error.SqlState}): the user of ConnectionStrings__{name} must be allowed to create tables there.",
        _ => null,
    };

    private static string Reason(Exception error) => (error as PostgresException)?.SqlState ?? error.GetBaseException().GetType().Name;
}
