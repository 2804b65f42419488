using Microsoft.Data.Sqlite;
using OpenClaw.Core.Storage;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Storage;

/// <summary>What happens to the database in real life: somebody else's lock, no space left, a killed process.</summary>
public sealed class StorageFailureTests : IDisposable
{
    private readonly ScratchFolder _folder = new();
    private readonly SqliteDatabase _database;

    public StorageFailureTests()
    {
        _database = new SqliteDatabase("Data Source=" + File("test.db"), lockPatience: TimeSpan.FromMilliseconds(50));
        _database.WriteAsync(sql => sql.Execute("CREATE TABLE rows (id INTEGER PRIMARY KEY, value BLOB NOT NULL)"), CancellationToken.None).GetAwaiter().GetResult();
    }

    public void Dispose()
    {
        _database.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_lock_that_another_process_keeps_refuses_writes_and_lets_reads_through_until_it_is_given_back()
    {
        await InsertAsync(1);
        using var other = Connect("test.db");
        Execute(other, "BEGIN IMMEDIATE");

        (await Should.ThrowAsync<StorageUnavailableException>(InsertAsync(1))).Failure.ShouldBe(StorageFailure.Locked);
        Count().ShouldBe(1);
        Execute(other, "ROLLBACK");

        await InsertAsync(1);
        Count().ShouldBe(2);
    }

    [Fact]
    public async Task A_lock_that_is_given_back_in_time_delays_a_write_only()
    {
        using var patient = new SqliteDatabase("Data Source=" + File("test.db"), lockPatience: TimeSpan.FromMinutes(1));
        using var other = Connect("test.db");
        Execute(other, "BEGIN IMMEDIATE");
        var write = patient.WriteAsync(sql => sql.Execute("INSERT INTO rows (value) VALUES (x'00')"), CancellationToken.None);
        // The unit has left the queue: the writer is at the lock.
        while (patient.PendingWrites > 0)
            await Task.Yield();

        var waited = !write.IsCompleted;
        Execute(other, "COMMIT");
        await write;

        waited.ShouldBeTrue();
        Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_full_disk_refuses_the_write_keeps_what_was_committed_and_recovers_when_there_is_space()
    {
        await InsertAsync(1000);
        await LimitAsync(pages: 20);

        var refused = await Should.ThrowAsync<StorageUnavailableException>(async () =>
        {
            for (var i = 0; i < 1000; i++)
                await InsertAsync(4000);
        });
        var stored = Count();

        refused.Failure.ShouldBe(StorageFailure.DiskFull);
        stored.ShouldBeGreaterThan(1);
        // A small write of the same moment fits or is refused, but never breaks the file.
        _database.Read(sql => sql.QueryFirst("PRAGMA quick_check(1)", row => row.GetString(0))).ShouldBe("ok");
        await LimitAsync(pages: 100_000);
        await InsertAsync(4000);
        Count().ShouldBe(stored + 1);
    }

    [Fact]
    public async Task On_a_full_disk_a_unit_that_fits_is_committed_beside_one_that_does_not()
    {
        await LimitAsync(pages: 20);
        using var gate = new ManualResetEventSlim();
        var first = _database.WriteAsync(sql => gate.Wait(TimeSpan.FromMinutes(1)), CancellationToken.None);
        var small = InsertAsync(10);
        var large = InsertAsync(400_000);
        var alsoSmall = InsertAsync(10);

        gate.Set();
        await first;
        await small;
        await alsoSmall;

        (await Should.ThrowAsync<StorageUnavailableException>(large)).Failure.ShouldBe(StorageFailure.DiskFull);
        Count().ShouldBe(2);
    }

    [Fact]
    public async Task What_was_acknowledged_is_in_the_files_whenever_the_process_is_killed()
    {
        var acknowledged = 0;
        using var stop = new CancellationTokenSource();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var writers = Enumerable.Range(0, 4).Select(writer => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                await InsertAsync(20);
                if (Interlocked.Increment(ref acknowledged) == 50)
                    started.SetResult();
            }
        })).ToList();
        await started.Task;

        // What a kill leaves behind: the files as they are between two instructions. Main file first: the log only grows.
        var before = Volatile.Read(ref acknowledged);
        System.IO.File.Copy(File("test.db"), File("killed.db"));
        System.IO.File.Copy(File("test.db-wal"), File("killed.db-wal"));
        await stop.CancelAsync();
        await Task.WhenAll(writers);

        using var reopened = new SqliteDatabase("Data Source=" + File("killed.db"));
        reopened.Read(CountIn).ShouldBeGreaterThanOrEqualTo(before);
        reopened.CheckIntegrity().ShouldBe("ok");
    }

    [Fact]
    public async Task A_torn_end_of_the_log_costs_only_what_was_never_acknowledged()
    {
        for (var i = 0; i < 10; i++)
            await InsertAsync(20);
        System.IO.File.Copy(File("test.db"), File("killed.db"));
        System.IO.File.Copy(File("test.db-wal"), File("killed.db-wal"));
        using (var log = new FileStream(File("killed.db-wal"), FileMode.Append))
            log.Write(new byte[2000]);

        using var reopened = new SqliteDatabase("Data Source=" + File("killed.db"));

        reopened.Read(CountIn).ShouldBe(10);
    }

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_file_that_is_moved_or_replaced_while_it_is_open_takes_nothing_until_it_is_back(bool isReplaced)
    {
        Skip.If(OperatingSystem.IsWindows(), "An open file cannot be moved there.");
        await InsertAsync(1);
        System.IO.File.Move(File("test.db"), File("away.db"));
        if (isReplaced)
            System.IO.File.Copy(File("away.db"), File("test.db"));

        (await Should.ThrowAsync<StorageUnavailableException>(InsertAsync(1))).Failure.ShouldBe(StorageFailure.Moved);

        System.IO.File.Move(File("away.db"), File("test.db"), overwrite: true);
        var stored = Count();
        await InsertAsync(1);
        Count().ShouldBe(stored + 1);
    }

    [Fact]
    public void Every_failure_has_a_kind()
    {
        new StorageUnavailableException().Failure.ShouldBe(StorageFailure.Unusable);
        new StorageUnavailableException("said").Failure.ShouldBe(StorageFailure.Unusable);
        new StorageUnavailableException("said", new IOException()).Failure.ShouldBe(StorageFailure.Unusable);
        new StorageUnavailableException(StorageFailure.DiskFull).Message.ShouldContain("DiskFull");
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static long CountIn(ISqlSession sql) => sql.QueryFirst("SELECT COUNT(*) FROM rows", row => row.GetInt64(0));

    private string File(string name) => _folder.File(name);

    private SqliteConnection Connect(string name)
    {
        var connection = new SqliteConnection($"Data Source={File(name)};Pooling=False");
        connection.Open();
        return connection;
    }

    private long Count() => _database.Read(CountIn);

    private Task LimitAsync(int pages) =>
        _database.WriteAsync(sql => sql.QueryFirst($"PRAGMA max_page_count = {pages}", row => row.GetInt64(0)), CancellationToken.None);

    private Task<int> InsertAsync(int bytes)
    {
        var value = new byte[bytes];
        return _database.WriteAsync(sql => sql.Execute("INSERT INTO rows (value) VALUES (@value)", ("@value", value)), CancellationToken.None);
    }
}
