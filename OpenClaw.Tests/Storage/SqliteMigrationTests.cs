using OpenClaw.Core.Storage;
using OpenClaw.Core.Storage.Migrations;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Storage;

public sealed class SqliteMigrationTests : MigrationContract
{
    private readonly ScratchFolder _folder = new();
    private readonly List<int> _copied = [];
    private readonly SqliteDatabase _database;

    public SqliteMigrationTests() => _database = Open();

    protected override IDatabase Database => _database;

    protected override IReadOnlyList<int> CopiedSchemas => _copied;

    private string CopyFile => _folder.File("backups/before.db");

    [Fact]
    public async Task A_pending_step_on_existing_data_is_applied_after_a_copy_of_the_old_schema()
    {
        Apply(First);
        await InsertAsync();

        Apply(First, Second);

        CopiedSchemas.ShouldBe([1]);
        using var copy = new SqliteDatabase("Data Source=" + CopyFile);
        Steps(copy).ShouldBe(["1 notes"]);
        Count(copy).ShouldBe(1);
    }

    [Fact]
    public void An_old_copy_of_the_same_name_is_replaced()
    {
        Apply(First);
        Directory.CreateDirectory(_folder.File("backups"));
        File.WriteAllText(CopyFile, "left by a start that was cut off");

        Apply(First, Second);

        using var copy = new SqliteDatabase("Data Source=" + CopyFile);
        Steps(copy).ShouldBe(["1 notes"]);
    }

    private protected override void Apply(params Migration[] migrations) => Migrator.Apply(
        new SqliteSchema(_database, schema =>
        {
            _copied.Add(schema);
            return CopyFile;
        }),
        migrations);

    private protected override void ApplyAsAnotherProcess(params Migration[] migrations)
    {
        using var other = Open();
        Migrator.Apply(new SqliteSchema(other, _ => CopyFile), migrations);
    }

    private protected override List<string> StepsOfFresh(IReadOnlyList<Migration> migrations)
    {
        using var database = new SqliteDatabase("Data Source=" + _folder.File(Guid.NewGuid().ToString("N") + ".db"));
        Migrator.Apply(new SqliteSchema(database, _ => CopyFile), migrations);
        return Steps(database);
    }

    protected override void Dispose(bool disposing)
    {
        _database.Dispose();
        _folder.Dispose();
    }

    private SqliteDatabase Open() => new("Data Source=" + _folder.File("test.db"));
}
