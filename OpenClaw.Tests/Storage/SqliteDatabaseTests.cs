using OpenClaw.Core.Storage;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Storage;

public sealed class SqliteDatabaseTests : DatabaseContract
{
    private readonly ScratchFolder _folder = new();
    private readonly SqliteDatabase _database;

    public SqliteDatabaseTests()
    {
        _database = new SqliteDatabase("Data Source=" + _folder.File("test.db"));
        _database.WriteAsync(sql => sql.Execute(Table("BLOB")), CancellationToken.None).GetAwaiter().GetResult();
    }

    protected override IDatabase Database => _database;

    [Fact]
    public async Task Concurrent_writes_share_commits_and_all_are_there()
    {
        using var gate = new ManualResetEventSlim();
        var commits = _database.Commits;
        // Holds the writer, so that what follows gathers behind it.
        var first = HoldAsync(gate);
        var writes = Enumerable.Range(0, 200).Select(i => InsertAsync("row " + i)).ToList();

        gate.Set();
        await first;
        var changed = await Task.WhenAll(writes);

        changed.ShouldAllBe(rows => rows == 1);
        Count().ShouldBe(200);
        (_database.Commits - commits).ShouldBeLessThan(100);
        _database.PendingWrites.ShouldBe(0);
    }

    [Fact]
    public async Task Every_connection_writes_ahead_syncs_fully_and_checks_foreign_keys()
    {
        foreach (var pragmas in new[] { _database.Read(Pragmas), await _database.WriteAsync(Pragmas, CancellationToken.None) })
            pragmas.ShouldBe("wal, synchronous 2, foreign keys 1");

        static string Pragmas(ISqlSession sql) =>
            sql.QueryFirst("PRAGMA journal_mode", row => row.GetString(0))
            + ", synchronous " + sql.QueryFirst("PRAGMA synchronous", row => row.GetInt64(0))
            + ", foreign keys " + sql.QueryFirst("PRAGMA foreign_keys", row => row.GetInt64(0));
    }

    [Theory]
    [InlineData("no such folder/test.db")]
    [InlineData("garbage.db")]
    public void A_file_that_cannot_be_a_database_is_unusable(string file)
    {
        File.WriteAllText(_folder.File("garbage.db"), string.Concat(Enumerable.Repeat("this is no database. ", 500)));

        Should.Throw<StorageUnavailableException>(() => new SqliteDatabase("Data Source=" + _folder.File(file))).Failure.ShouldBe(StorageFailure.Unusable);
    }

    protected override void Dispose(bool disposing)
    {
        _database.Dispose();
        _folder.Dispose();
    }
}
