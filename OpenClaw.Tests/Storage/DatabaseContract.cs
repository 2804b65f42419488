using OpenClaw.Core.Storage;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Storage;

/// <summary>What stores rely on, whatever the engine.</summary>
public abstract class DatabaseContract : IDisposable
{
    /// <summary>An empty database with the table that <see cref="Table"/> describes.</summary>
    protected abstract IDatabase Database { get; }

    /// <summary>The table of these tests, in the engine's words.</summary>
    protected static string Table(string blob) => $"CREATE TABLE notes (value TEXT UNIQUE, number BIGINT, data {blob}, share DOUBLE PRECISION)";

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_unit_that_throws_takes_no_other_along()
    {
        using var gate = new ManualResetEventSlim();
        var first = HoldAsync(gate);
        var good = Enumerable.Range(0, 10).Select(i => InsertInOrderAsync("good " + i)).ToList();
        var bad = Database.WriteInOrderAsync<int>(
            1,
            sql =>
            {
                sql.Execute("INSERT INTO notes (value) VALUES (@value)", ("@value", "half of a unit"));
                throw new InvalidOperationException("a fault of the unit");
            },
            CancellationToken.None);
        var after = InsertInOrderAsync("after");

        gate.Set();
        await first;
        await Task.WhenAll([.. good, after]);

        (await Should.ThrowAsync<InvalidOperationException>(bad)).Message.ShouldBe("a fault of the unit");
        Count().ShouldBe(11);
        Database.Read(sql => sql.Query("SELECT 1 FROM notes WHERE value = 'half of a unit'", row => row.GetInt64(0))).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_violated_constraint_is_no_outage_and_takes_nothing_with_it()
    {
        await InsertAsync("taken");

        var refused = await Should.ThrowAsync<System.Data.Common.DbException>(InsertAsync("taken"));

        refused.ToString().ShouldNotContain("taken");
        await InsertAsync("free");
        Count().ShouldBe(2);
    }

    [Fact]
    public async Task A_write_that_is_cancelled_before_it_starts_is_not_done()
    {
        using var gate = new ManualResetEventSlim();
        using var stop = new CancellationTokenSource();
        var first = HoldAsync(gate);
        var cancelled = InsertInOrderAsync("cancelled", stop.Token);
        var kept = InsertInOrderAsync("kept");

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

        var (before, inside, outside) = await Database.WriteAsync(
            sql =>
            {
                var start = CountIn(sql);
                sql.Execute("INSERT INTO notes (value) VALUES (@value)", ("@value", "two"));
                return (start, CountIn(sql), Count());
            },
            CancellationToken.None);

        (before, inside, outside, Count()).ShouldBe((1, 2, 1, 2));
    }

    [Fact]
    public async Task All_queries_of_a_read_see_one_snapshot()
    {
        await InsertAsync("one");

        var (before, after) = Database.Read(sql =>
        {
            var start = CountIn(sql);
            InsertAsync("two").GetAwaiter().GetResult();
            return (start, CountIn(sql));
        });

        (before, after, Count()).ShouldBe((1, 1, 2));
    }

    [Fact]
    public async Task Units_of_a_stripe_are_committed_in_the_order_in_which_they_came()
    {
        const int Stripes = 5;
        var writes = Enumerable.Range(0, 300).Select(i => Database.WriteInOrderAsync(
            i % Stripes,
            sql =>
            {
                var seen = sql.QueryFirst("SELECT COUNT(*) FROM notes WHERE number = @stripe", row => row.GetInt64(0), ("@stripe", i % Stripes));
                sql.Post("INSERT INTO notes (value, number) VALUES (@value, @stripe)", ("@value", "row " + i), ("@stripe", i % Stripes));
                return (Turn: i / Stripes, Seen: seen);
            },
            CancellationToken.None)).ToList();

        (await Task.WhenAll(writes)).ShouldAllBe(write => write.Turn == write.Seen);
    }

    [Fact]
    public async Task Posted_statements_run_in_order_and_before_the_next_answer()
    {
        var counts = await Database.WriteAsync(
            sql =>
            {
                sql.Post("INSERT INTO notes (value, number) VALUES (@value, @number)", ("@value", "a"), ("@number", 1));
                sql.Post("INSERT INTO notes (value, number) VALUES (@value, @number)", ("@value", "b"), ("@number", 1));
                sql.Post("UPDATE notes SET number = number + 1 WHERE value = @value", ("@value", "b"));
                sql.Meet("SELECT 1 FROM notes WHERE value = @value FOR UPDATE", ("@value", "a"));
                sql.Meet("SELECT 1 FROM notes WHERE value = @value FOR UPDATE", ("@value", "b"));
                var sum = sql.QueryFirst("SELECT SUM(number) FROM notes", row => row.GetInt64(0));
                sql.Meet("SELECT 1 FROM notes WHERE value = @value FOR UPDATE", ("@value", "a"));
                var changed = sql.Execute("UPDATE notes SET number = number * 10");
                sql.Post("UPDATE notes SET number = number + 5 WHERE value = @value", ("@value", "a"));
                return (sum, changed);
            },
            CancellationToken.None);

        counts.ShouldBe((3, 2));
        Database.Read(sql => sql.Query("SELECT number FROM notes ORDER BY value", row => row.GetInt64(0))).ShouldBe([15, 20]);
    }

    [Fact]
    public async Task A_posted_statement_that_fails_undoes_its_unit()
    {
        await InsertAsync("taken");

        await Should.ThrowAsync<System.Data.Common.DbException>(Database.WriteAsync(
            sql =>
            {
                sql.Execute("INSERT INTO notes (value) VALUES ('new')");
                sql.Post("INSERT INTO notes (value) VALUES (@value)", ("@value", "taken"));
                return true;
            },
            CancellationToken.None));

        Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_value_may_be_there_or_missing_each_time()
    {
        byte[] data = [0, 1, 255];
        foreach (var (value, number, share, bytes) in new (string?, object?, double?, byte[]?)[]
        {
            (null, null, null, null), ("olá 🌎", 7, 0.25, data), (null, true, null, []), ("x", 5_000_000_000L, 1e300, null),
        })
        {
            await Database.WriteAsync(
                sql => sql.Execute(
                    "INSERT INTO notes (value, number, share, data) SELECT @value, @number, @share, @data WHERE NOT EXISTS (SELECT 1 FROM notes WHERE number = @number)",
                    ("@value", value), ("@number", number), ("@share", share), ("@data", bytes)),
                CancellationToken.None);
        }

        Database.Read(sql => sql.Query(
            "SELECT value, number, share, data FROM notes ORDER BY COALESCE(number, 0)",
            row => (Text(row, 0), row.IsDBNull(1) ? (long?)null : row.GetInt64(1), row.IsDBNull(2) ? (double?)null : row.GetDouble(2), Hex(row, 3))))
            .ShouldBe([(null, null, null, null), (null, 1, null, ""), ("olá 🌎", 7, 0.25, "0001FF"), ("x", 5_000_000_000, 1e300, null)]);

        static string? Text(System.Data.Common.DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

        static string? Hex(System.Data.Common.DbDataReader row, int column) => row.IsDBNull(column) ? null : Convert.ToHexString(row.GetFieldValue<byte[]>(column));
    }

    [Fact]
    public async Task Text_that_no_standard_allows_is_stored_and_found_again()
    {
        foreach (var odd in new[] { "a\0b", "half " + "🌎"[0], "🌎"[1] + " half", "whole 🌎" })
        {
            await InsertAsync(odd);
            Database.Read(sql => sql.QueryFirst("SELECT COUNT(*) FROM notes WHERE value = @value", row => row.GetInt64(0), ("@value", odd))).ShouldBe(1);
        }

        Database.Read(sql => sql.Query("SELECT value FROM notes", row => row.GetString(0))).ShouldContain("whole 🌎");
        Count().ShouldBe(4);
    }

    [Fact]
    public async Task First_of_none_is_the_default_and_first_of_several_leaves_the_rest()
    {
        await InsertAsync("a");
        await InsertAsync("b");

        Database.Read(sql => sql.QueryFirst("SELECT value FROM notes WHERE value = 'c'", row => row.GetString(0))).ShouldBeNull();
        var first = await Database.WriteAsync(
            sql => sql.QueryFirst("UPDATE notes SET number = 1 RETURNING value", row => row.GetString(0)), CancellationToken.None);

        first.ShouldNotBeNull();
        Database.Read(sql => sql.QueryFirst("SELECT COUNT(*) FROM notes WHERE number = 1", row => row.GetInt64(0))).ShouldBe(2);
    }

    [Fact]
    public async Task Volatile_units_and_units_without_a_statement_complete_too()
    {
        (await Database.WriteVolatileAsync(sql => sql.Execute("INSERT INTO notes (value) VALUES ('v')"), CancellationToken.None)).ShouldBe(1);
        (await Database.WriteAsync(_ => 42, CancellationToken.None)).ShouldBe(42);
        (await Database.WriteVolatileAsync(_ => 43, CancellationToken.None)).ShouldBe(43);

        Count().ShouldBe(1);
        Database.PendingWrites.ShouldBe(0);
    }

    [Fact]
    public void A_wrong_query_fails_without_harm_to_the_next()
    {
        Should.Throw<StorageUnavailableException>(() => Database.Read(sql => sql.Query("SELECT * FROM nothing", row => 1))).Failure.ShouldBe(StorageFailure.Unusable);
        Should.Throw<InvalidOperationException>(() => Database.Read<int>(_ => throw new InvalidOperationException("not the database's")));

        Count().ShouldBe(0);
    }

    [Fact]
    public async Task Closing_finishes_what_is_queued_and_refuses_what_comes_after()
    {
        using var gate = new ManualResetEventSlim();
        var first = HoldAsync(gate);
        var queued = Enumerable.Range(0, 20).Select(i => InsertAsync("row " + i)).ToList();
        var inOrder = Enumerable.Range(20, 20).Select(i => InsertInOrderAsync("row " + i)).ToList();
        var closing = Task.Run(((IDisposable)Database).Dispose);

        gate.Set();
        await closing;

        await first;
        (await Task.WhenAll([.. queued, .. inOrder])).Sum().ShouldBe(40);
        (await Should.ThrowAsync<StorageUnavailableException>(() => InsertAsync("late"))).Failure.ShouldBe(StorageFailure.Unusable);
        Should.Throw<ObjectDisposedException>(() => Count());
        ((IDisposable)Database).Dispose();
    }

    protected abstract void Dispose(bool disposing);

    protected static long CountIn(ISqlSession sql) => sql.QueryFirst("SELECT COUNT(*) FROM notes", row => row.GetInt64(0));

    protected long Count() => Database.Read(CountIn);

    protected Task<int> InsertAsync(string value, CancellationToken cancellationToken = default) =>
        Database.WriteAsync(sql => sql.Execute("INSERT INTO notes (value) VALUES (@value)", ("@value", value)), cancellationToken);

    /// <summary>Keeps the writer of the stripe that <see cref="InsertInOrderAsync"/> uses busy.</summary>
    protected Task<bool> HoldAsync(ManualResetEventSlim gate) => Database.WriteInOrderAsync(1, _ => gate.Wait(TimeSpan.FromMinutes(1)), CancellationToken.None);

    private Task<int> InsertInOrderAsync(string value, CancellationToken cancellationToken = default) =>
        Database.WriteInOrderAsync(1, sql => sql.Execute("INSERT INTO notes (value) VALUES (@value)", ("@value", value)), cancellationToken);
}
