using Microsoft.Data.Sqlite;
using OpenClaw.Core.Storage;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Storage;

public sealed class SqliteDatabaseTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly SqliteDatabase _database;

    public SqliteDatabaseTests()
    {
        _database = new SqliteDatabase("Data Source=" + _folder.File("test.db"));
        _database.WriteAsync(sql => sql.Execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, value TEXT NOT NULL UNIQUE)"), CancellationToken.None).GetAwaiter().GetResult();
    }

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Concurrent_writes_share_commits_and_all_are_there()
    {
        using var gate = new ManualResetEventSlim();
        var commits = _database.Commits;
        // Holds the writer, so that what follows gathers behind it.
        var first = _database.WriteAsync(sql => Hold(gate), CancellationToken.None);
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
    public async Task A_unit_that_throws_takes_no_other_of_its_group_along()
    {
        using var gate = new ManualResetEventSlim();
        var first = _database.WriteAsync(sql => Hold(gate), CancellationToken.None);
        var good = Enumerable.Range(0, 10).Select(i => InsertAsync("good " + i)).ToList();
        var bad = _database.WriteAsync<int>(
            sql =>
            {
                sql.Execute("INSERT INTO rows (value) VALUES (@value)", ("@value", "half of a unit"));
                throw new InvalidOperationException("a fault of the unit");
            },
            CancellationToken.None);
        var constraint = InsertAsync("good 3");
        var after = InsertAsync("after");

        gate.Set();
        await first;
        await Task.WhenAll([.. good, after]);

        (await Should.ThrowAsync<InvalidOperationException>(bad)).Message.ShouldBe("a fault of the unit");
        (await Should.ThrowAsync<SqliteException>(constraint)).SqliteErrorCode.ShouldBe(19);
        Count().ShouldBe(11);
        _database.Read(sql => sql.Query("SELECT 1 FROM rows WHERE value = 'half of a unit'", row => row.GetInt64(0))).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_write_that_is_cancelled_before_it_starts_is_not_done()
    {
        using var gate = new ManualResetEventSlim();
        using var stop = new CancellationTokenSource();
        var first = _database.WriteAsync(sql => Hold(gate), CancellationToken.None);
        var cancelled = InsertAsync("cancelled", stop.Token);
        var kept = InsertAsync("kept");

        await stop.CancelAsync();
        gate.Set();
        await first;
        await kept;

        await Should.ThrowAsync<OperationCanceledException>(cancelled);
        Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_unit_sees_the_units_before_it_and_a_read_sees_the_last_commit()
    {
        await InsertAsync("one");

        var (before, inside, outside) = await _database.WriteAsync(
            sql =>
            {
                var start = CountIn(sql);
                sql.Execute("INSERT INTO rows (value) VALUES (@value)", ("@value", "two"));
                return (start, CountIn(sql), Count());
            },
            CancellationToken.None);

        (before, inside, outside, Count()).ShouldBe((1, 2, 1, 2));
    }

    [Fact]
    public async Task All_queries_of_a_read_see_one_snapshot()
    {
        await InsertAsync("one");

        var (before, after) = _database.Read(sql =>
        {
            var start = CountIn(sql);
            InsertAsync("two").GetAwaiter().GetResult();
            return (start, CountIn(sql));
        });

        (before, after, Count()).ShouldBe((1, 1, 2));
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

    [Fact]
    public void A_wrong_query_fails_without_harm_to_the_next()
    {
        Should.Throw<StorageUnavailableException>(() => _database.Read(sql => sql.Query("SELECT * FROM nothing", row => 1))).Failure.ShouldBe(StorageFailure.Unusable);
        Should.Throw<InvalidOperationException>(() => _database.Read<int>(_ => throw new InvalidOperationException("not the database's")));

        Count().ShouldBe(0);
    }

    [Fact]
    public async Task Closing_finishes_what_is_queued_and_refuses_what_comes_after()
    {
        using var gate = new ManualResetEventSlim();
        var first = _database.WriteAsync(sql => Hold(gate), CancellationToken.None);
        var queued = Enumerable.Range(0, 20).Select(i => InsertAsync("row " + i)).ToList();
        var closing = Task.Run(_database.Dispose);

        gate.Set();
        await closing;

        await first;
        (await Task.WhenAll(queued)).Sum().ShouldBe(20);
        (await Should.ThrowAsync<StorageUnavailableException>(() => InsertAsync("late"))).Failure.ShouldBe(StorageFailure.Unusable);
        Should.Throw<ObjectDisposedException>(() => Count());
        _database.Dispose();
    }

    [Theory]
    [InlineData("no such folder/test.db")]
    [InlineData("garbage.db")]
    public void A_file_that_cannot_be_a_database_is_unusable(string file)
    {
        File.WriteAllText(_folder.File("garbage.db"), string.Concat(Enumerable.Repeat("this is no database. ", 500)));

        Should.Throw<StorageUnavailableException>(() => new SqliteDatabase("Data Source=" + _folder.File(file))).Failure.ShouldBe(StorageFailure.Unusable);
    }

    private static bool Hold(ManualResetEventSlim gate) => gate.Wait(TimeSpan.FromMinutes(1));

    private static long CountIn(ISqlSession sql) => sql.QueryFirst("SELECT COUNT(*) FROM rows", row => row.GetInt64(0));

    private long Count() => _database.Read(CountIn);

    private Task<int> InsertAsync(string value, CancellationToken cancellationToken = default) =>
        _database.WriteAsync(sql => sql.Execute("INSERT INTO rows (value) VALUES (@value)", ("@value", value)), cancellationToken);
}
