using OpenClaw.Core.Configuration;

namespace OpenClaw.Core.Storage.Migrations;

/// <summary>Brings a SQLite file to the newest schema, forward only, with a snapshot before it touches existing data.</summary>
internal static class SqliteMigrator
{
    /// <param name="database">An open database.</param>
    /// <param name="migrations">All known steps, in order.</param>
    /// <param name="snapshotFile">Where the copy goes; only written when a step is pending on a database that has one already.</param>
    /// <exception cref="StartupException">The file was written by a newer version.</exception>
    public static void Apply(IDatabase database, IReadOnlyList<Migration> migrations, Func<int, string> snapshotFile)
    {
        database.WriteAsync(sql => sql.Execute("CREATE TABLE IF NOT EXISTS schema_migrations (number BIGINT NOT NULL PRIMARY KEY, title TEXT NOT NULL)"), CancellationToken.None).GetAwaiter().GetResult();
        var applied = Newest(database);
        if (applied > migrations[^1].Number)
        {
            throw new StartupException(
                $"The data was written by a newer version (schema {applied}, this one knows {migrations[^1].Number}): start that version, or restore the snapshot that was taken before the upgrade.");
        }

        var pending = migrations.Where(migration => migration.Number > applied).ToList();
        if (pending.Count == 0)
            return;
        if (applied > 0)
            Snapshot(database, snapshotFile(applied));

        // One transaction for all steps: two processes that start together apply them once, and a failed step leaves the old schema.
        database.WriteAsync(sql => ApplyPending(sql, pending), CancellationToken.None).GetAwaiter().GetResult();
    }

    private static int ApplyPending(ISqlSession sql, List<Migration> pending)
    {
        var applied = Newest(sql);
        foreach (var migration in pending.Where(step => step.Number > applied))
        {
            foreach (var statement in migration.Statements)
                sql.Execute(ForSqlite(statement));
            sql.Execute("INSERT INTO schema_migrations (number, title) VALUES (@number, @title)", ("@number", migration.Number), ("@title", migration.Title));
        }

        return pending.Count;
    }

    private static void Snapshot(IDatabase database, string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.Delete(file);
        database.Read(sql =>
        {
            // VACUUM runs outside of a transaction only, and a read is one.
            sql.Execute("COMMIT");
            return sql.Execute("VACUUM INTO @file", ("@file", file));
        });
    }

    private static int Newest(IDatabase database) => database.Read(Newest);

    private static int Newest(ISqlSession sql) =>
        sql.QueryFirst("SELECT COALESCE(MAX(number), 0) FROM schema_migrations", row => row.GetInt32(0));

    private static string ForSqlite(string statement) => statement
        .Replace("{id}", "INTEGER PRIMARY KEY", StringComparison.Ordinal)
        .Replace("{blob}", "BLOB", StringComparison.Ordinal);
}
