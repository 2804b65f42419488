using System.Collections.Concurrent;
using Npgsql;
using OpenClaw.Core.Storage.Migrations;
using OpenClaw.Core.Storage.Postgres;

namespace OpenClaw.Tests.Infrastructure;

/// <summary>
/// An empty pair of databases with the newest schema on the shared server, for one test at a time. Emptying a pair that an earlier test is
/// done with is quicker than making one.
/// </summary>
public sealed class PostgresDatabases : IDisposable
{
    private static readonly ConcurrentBag<Pair> Idle = [];
    private static readonly Lazy<bool> Templates = new(MakeTemplates);
    private static int _made;
    private readonly Pair _pair;

    public PostgresDatabases()
    {
        _ = Server;
        _pair = Idle.TryTake(out var idle) ? idle : Make();
    }

    public string Main => Server.ConnectionString(_pair.Main.Database);

    public string Keys => Server.ConnectionString(_pair.Keys.Database);

    private static PostgresServer Server => PostgresServer.Shared;

    public void Dispose()
    {
        try
        {
            Empty(_pair.Main);
            Empty(_pair.Keys);
            Idle.Add(_pair);
        }
        catch (NpgsqlException)
        {
            // The test left a transaction open, or took tables away: nobody gets this pair again.
            _pair.Main.Dispose();
            _pair.Keys.Dispose();
        }
    }

    private static Pair Make()
    {
        _ = Templates.Value;
        var number = Interlocked.Increment(ref _made);
        foreach (var kind in new[] { "main", "keys" })
            Server.Execute("postgres", $"CREATE DATABASE {kind}_{number} TEMPLATE template_{kind} STRATEGY FILE_COPY");
        return new Pair(Server.Connect($"main_{number}"), Server.Connect($"keys_{number}"));
    }

    private static bool MakeTemplates()
    {
        foreach (var (name, migrations) in new[] { ("template_main", MainMigrations.All), ("template_keys", KeysMigrations.All) })
        {
            Server.Execute("postgres", $"CREATE DATABASE {name} STRATEGY FILE_COPY");
            using var connections = new PostgresConnections(PostgresAddress.Parse("openclaw", Server.ConnectionString(name)));
            Migrator.Apply(new PostgresSchema(connections), migrations);
        }

        return true;
    }

    private static void Empty(NpgsqlConnection database)
    {
        using var command = new NpgsqlCommand(
            """
            SET lock_timeout = '5s'; SET session_replication_role = replica;
            DO $$ DECLARE t text; BEGIN
                FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_migrations' LOOP
                    EXECUTE format('DELETE FROM %I', t);
                END LOOP;
            END $$
            """,
            database);
        command.ExecuteNonQuery();
    }

    /// <summary>The connections that empty them.</summary>
    private sealed record Pair(NpgsqlConnection Main, NpgsqlConnection Keys);
}
