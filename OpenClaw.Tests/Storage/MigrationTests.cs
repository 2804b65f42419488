using OpenClaw.Core.Configuration;
using OpenClaw.Core.Storage;
using OpenClaw.Core.Storage.Migrations;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Storage;

public sealed class MigrationTests : IDisposable
{
    private static readonly Migration First = new(1, "notes", ["CREATE TABLE notes (note_id {id}, content {blob})"]);
    private static readonly Migration Second = new(2, "titles", ["ALTER TABLE notes ADD COLUMN title TEXT", "UPDATE notes SET title = 'untitled'"]);

    private readonly ScratchFolder _folder = new();
    private readonly SqliteDatabase _database;

    public MigrationTests() => _database = Open();

    private string SnapshotFile => _folder.File("backups/before.db");

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void An_empty_database_gets_every_step_and_no_snapshot()
    {
        Apply(First, Second);

        Steps(_database).ShouldBe(["1 notes", "2 titles"]);
        File.Exists(SnapshotFile).ShouldBeFalse();
    }

    [Fact]
    public async Task Steps_are_applied_once()
    {
        Apply(First);
        await _database.WriteAsync(sql => sql.Execute("INSERT INTO notes (content) VALUES (x'01')"), CancellationToken.None);

        Apply(First);

        Steps(_database).ShouldBe(["1 notes"]);
        Count(_database).ShouldBe(1);
        File.Exists(SnapshotFile).ShouldBeFalse();
    }

    [Fact]
    public async Task A_pending_step_on_existing_data_is_applied_after_a_snapshot_of_the_old_schema()
    {
        Apply(First);
        await _database.WriteAsync(sql => sql.Execute("INSERT INTO notes (content) VALUES (x'01')"), CancellationToken.None);

        Apply(First, Second);

        Steps(_database).ShouldBe(["1 notes", "2 titles"]);
        _database.Read(sql => sql.QueryFirst("SELECT title FROM notes", row => row.GetString(0))).ShouldBe("untitled");
        using var snapshot = new SqliteDatabase("Data Source=" + SnapshotFile);
        Steps(snapshot).ShouldBe(["1 notes"]);
        Count(snapshot).ShouldBe(1);
    }

    [Fact]
    public void An_old_snapshot_of_the_same_name_is_replaced()
    {
        Apply(First);
        Directory.CreateDirectory(_folder.File("backups"));
        File.WriteAllText(SnapshotFile, "left by a start that was cut off");

        Apply(First, Second);

        using var snapshot = new SqliteDatabase("Data Source=" + SnapshotFile);
        Steps(snapshot).ShouldBe(["1 notes"]);
    }

    [Fact]
    public void Data_of_a_newer_version_is_refused_with_what_to_do()
    {
        Apply(First, Second);

        var refused = Should.Throw<StartupException>(() => Apply(First));

        refused.Message.ShouldContain("newer version (schema 2, this one knows 1)");
        Steps(_database).Count.ShouldBe(2);
    }

    [Fact]
    public void A_step_that_fails_leaves_the_old_schema()
    {
        Apply(First);

        Should.Throw<Exception>(() => Apply(First, Second, new Migration(3, "broken", ["CREATE TABLE later (x TEXT)", "INSERT INTO nowhere VALUES (1)"])));

        Steps(_database).ShouldBe(["1 notes"]);
        _database.Read(sql => sql.Query("SELECT name FROM sqlite_master WHERE name = 'later'", row => row.GetString(0))).ShouldBeEmpty();
    }

    [Fact]
    public async Task Two_processes_that_start_together_apply_every_step_once()
    {
        using var other = Open();
        var start = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var starts = new[] { _database, other }.Select(async database =>
        {
            await start.Task;
            SqliteMigrator.Apply(database, [First, Second], _ => SnapshotFile);
        }).ToList();

        start.SetResult();
        await Task.WhenAll(starts);

        Steps(_database).ShouldBe(["1 notes", "2 titles"]);
    }

    [Fact]
    public void The_products_own_steps_are_numbered_without_gaps_and_apply()
    {
        foreach (var all in new[] { MainMigrations.All, KeysMigrations.All })
        {
            all.Select(step => step.Number).ShouldBe(Enumerable.Range(1, all.Count));
            using var database = new SqliteDatabase("Data Source=" + _folder.File(Guid.NewGuid().ToString("N") + ".db"));
            SqliteMigrator.Apply(database, all, _ => SnapshotFile);
            Steps(database).Count.ShouldBe(all.Count);
        }
    }

    private static List<string> Steps(SqliteDatabase database) =>
        database.Read(sql => sql.Query("SELECT number || ' ' || title FROM schema_migrations ORDER BY number", row => row.GetString(0)));

    private static long Count(SqliteDatabase database) => database.Read(sql => sql.QueryFirst("SELECT COUNT(*) FROM notes", row => row.GetInt64(0)));

    private SqliteDatabase Open() => new("Data Source=" + _folder.File("test.db"));

    private void Apply(params Migration[] migrations) => SqliteMigrator.Apply(_database, migrations, schema =>
    {
        schema.ShouldBe(1);
        return SnapshotFile;
    });
}
