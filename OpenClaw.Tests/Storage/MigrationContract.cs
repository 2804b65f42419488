using OpenClaw.Core.Configuration;
using OpenClaw.Core.Storage;
using OpenClaw.Core.Storage.Migrations;

namespace OpenClaw.Tests.Storage;

/// <summary>How a database comes to the newest schema, whatever the engine.</summary>
public abstract class MigrationContract : IDisposable
{
    private protected static readonly Migration First = new(1, "notes", ["CREATE TABLE notes (note_id {id}, content {blob})"]);
    private protected static readonly Migration Second = new(2, "titles", ["ALTER TABLE notes ADD COLUMN title TEXT", "UPDATE notes SET title = 'untitled'"]);

    /// <summary>A database that begins empty.</summary>
    protected abstract IDatabase Database { get; }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void An_empty_database_gets_every_step()
    {
        Apply(First, Second);

        Steps(Database).ShouldBe(["1 notes", "2 titles"]);
        CopiedSchemas.ShouldBeEmpty();
    }

    [Fact]
    public async Task Steps_are_applied_once()
    {
        Apply(First);
        await InsertAsync();

        Apply(First);

        Steps(Database).ShouldBe(["1 notes"]);
        Count(Database).ShouldBe(1);
        CopiedSchemas.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_pending_step_keeps_the_data()
    {
        Apply(First);
        await InsertAsync();

        Apply(First, Second);

        Steps(Database).ShouldBe(["1 notes", "2 titles"]);
        Database.Read(sql => sql.QueryFirst("SELECT title FROM notes", row => row.GetString(0))).ShouldBe("untitled");
    }

    [Fact]
    public void Data_of_a_newer_version_is_refused_with_what_to_do()
    {
        Apply(First, Second);

        var refused = Should.Throw<StartupException>(() => Apply(First));

        refused.Message.ShouldContain("newer version (schema 2, this one knows 1)");
        Steps(Database).Count.ShouldBe(2);
    }

    [Fact]
    public void A_step_that_fails_leaves_the_old_schema()
    {
        Apply(First);

        Should.Throw<Exception>(() => Apply(First, Second, new Migration(3, "broken", ["CREATE TABLE later (x TEXT)", "INSERT INTO nowhere VALUES (1)"])));

        Steps(Database).ShouldBe(["1 notes"]);
        Should.Throw<StorageUnavailableException>(() => Database.Read(sql => sql.Query("SELECT x FROM later", row => row.GetString(0))));
    }

    [Fact]
    public async Task Processes_that_start_together_apply_every_step_once()
    {
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var starts = Enumerable.Range(0, 4).Select(async _ =>
        {
            await start.Task;
            ApplyAsAnotherProcess(First, Second);
        }).ToList();

        start.SetResult();
        await Task.WhenAll(starts);

        Steps(Database).ShouldBe(["1 notes", "2 titles"]);
    }

    [Fact]
    public void The_products_own_steps_are_numbered_without_gaps_and_apply()
    {
        foreach (var all in new[] { MainMigrations.All, KeysMigrations.All })
        {
            all.Select(step => step.Number).ShouldBe(Enumerable.Range(1, all.Count));
            StepsOfFresh(all).Count.ShouldBe(all.Count);
        }
    }

    protected static List<string> Steps(IDatabase database) =>
        database.Read(sql => sql.Query("SELECT number || ' ' || title FROM schema_migrations ORDER BY number", row => row.GetString(0)));

    protected static long Count(IDatabase database) => database.Read(sql => sql.QueryFirst("SELECT COUNT(*) FROM notes", row => row.GetInt64(0)));

    /// <summary>Which schemas' data was copied before steps touched it.</summary>
    protected abstract IReadOnlyList<int> CopiedSchemas { get; }

    private protected abstract void Apply(params Migration[] migrations);

    /// <summary>The same from connections of its own.</summary>
    private protected abstract void ApplyAsAnotherProcess(params Migration[] migrations);

    /// <summary>What a database of its own has after all these steps.</summary>
    private protected abstract List<string> StepsOfFresh(IReadOnlyList<Migration> migrations);

    protected abstract void Dispose(bool disposing);

    protected Task InsertAsync() =>
        Database.WriteAsync(sql => sql.Execute("INSERT INTO notes (content) VALUES (@content)", ("@content", new byte[] { 1 })), CancellationToken.None);
}
