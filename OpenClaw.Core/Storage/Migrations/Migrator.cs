using OpenClaw.Core.Configuration;

namespace OpenClaw.Core.Storage.Migrations;

/// <summary>Brings a database to the newest schema, forward only, with a copy before it touches existing data where the engine makes one.</summary>
internal static class Migrator
{
    /// <param name="engine">An open database.</param>
    /// <param name="migrations">All known steps, in order.</param>
    /// <exception cref="StartupException">The data was written by a newer version.</exception>
    public static void Apply(ISchemaEngine engine, IReadOnlyList<Migration> migrations)
    {
        var applied = engine.InTurn(static sql =>
        {
            sql.Execute("CREATE TABLE IF NOT EXISTS schema_migrations (number BIGINT NOT NULL PRIMARY KEY, title TEXT NOT NULL)");
            return Newest(sql);
        });
        if (applied > migrations[^1].Number)
        {
            throw new StartupException(
                $"The data was written by a newer version (schema {applied}, this one knows {migrations[^1].Number}): start that version, or restore the copy that was made before the upgrade.");
        }

        if (applied == migrations[^1].Number)
            return;
        if (applied > 0)
            engine.KeepCopy(applied);

        // One transaction for all steps: two processes that start together apply them once, and a failed step leaves the old schema.
        engine.InTurn(sql => ApplyPending(sql, engine, migrations));
    }

    private static int ApplyPending(ISqlSession sql, ISchemaEngine engine, IReadOnlyList<Migration> migrations)
    {
        var applied = Newest(sql);
        foreach (var migration in migrations.Where(step => step.Number > applied))
        {
            foreach (var statement in migration.Statements)
                sql.Execute(engine.Dialect(statement));
            sql.Execute("INSERT INTO schema_migrations (number, title) VALUES (@number, @title)", ("@number", migration.Number), ("@title", migration.Title));
        }

        return applied;
    }

    private static int Newest(ISqlSession sql) =>
        sql.QueryFirst("SELECT COALESCE(MAX(number), 0) FROM schema_migrations", row => row.GetInt32(0));
}
