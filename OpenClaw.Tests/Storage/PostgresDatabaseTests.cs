using Npgsql;
using OpenClaw.Core.Storage;
using OpenClaw.Core.Storage.Postgres;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Storage;

public sealed class PostgresDatabaseTests : DatabaseContract
{
    private static readonly CancellationToken Patience = new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token;
    private readonly PostgresScratch _scratch = new();
    private readonly PostgresDatabase _database;

    public PostgresDatabaseTests()
    {
        _scratch.Execute(Table("BYTEA") + "; CREATE TABLE counters (counter_id BIGINT PRIMARY KEY, n BIGINT NOT NULL); INSERT INTO counters VALUES (1, 0), (2, 0)");
        _database = Open();
    }

    protected override IDatabase Database => _database;

    [Fact]
    public async Task A_unit_that_another_process_was_faster_than_runs_again_on_what_that_one_left()
    {
        using var other = Open();
        var runs = 0;

        await _database.WriteAsync(
            sql =>
            {
                var n = Counter(sql, 1);
                if (++runs == 1)
                    other.WriteAsync(Increment, CancellationToken.None).GetAwaiter().GetResult();
                return sql.Execute("UPDATE counters SET n = @n WHERE counter_id = 1", ("@n", n + 1));
            },
            CancellationToken.None);

        (runs, _database.Read(sql => Counter(sql, 1))).ShouldBe((2, 2));
    }

    [Fact]
    public async Task Nothing_is_lost_however_many_read_and_write_one_row()
    {
        using var other = Open();

        await Task.WhenAll(Enumerable.Range(0, 60).Select(i => (i % 2 == 0 ? _database : other).WriteAsync(
            sql => sql.Execute("UPDATE counters SET n = @n WHERE counter_id = 1", ("@n", Counter(sql, 1) + 1)), CancellationToken.None)));

        _database.Read(sql => Counter(sql, 1)).ShouldBe(60);
    }

    [Fact]
    public async Task Of_two_units_that_wait_for_each_other_one_runs_again()
    {
        using var other = Open();
        using var both = new Barrier(2);
        var runs = 0;

        await Task.WhenAll(CrossAsync(_database, 1, 2), CrossAsync(other, 2, 1));

        runs.ShouldBeGreaterThan(2);
        _database.Read(sql => (Counter(sql, 1), Counter(sql, 2))).ShouldBe((2, 2));

        Task<int> CrossAsync(PostgresDatabase database, long first, long second)
        {
            var again = false;
            return database.WriteAsync(
                sql =>
                {
                    Interlocked.Increment(ref runs);
                    sql.Execute("UPDATE counters SET n = n + 1 WHERE counter_id = @id", ("@id", first));
                    if (!again)
                        both.SignalAndWait(Patience);
                    again = true;
                    return sql.Execute("UPDATE counters SET n = n + 1 WHERE counter_id = @id", ("@id", second));
                },
                CancellationToken.None);
        }
    }

    [Fact]
    public async Task A_unit_that_always_loses_is_told_that_the_row_is_locked()
    {
        using var other = Open();

        var refused = await Should.ThrowAsync<StorageUnavailableException>(_database.WriteAsync(
            sql =>
            {
                var n = Counter(sql, 1);
                other.WriteAsync(Increment, CancellationToken.None).GetAwaiter().GetResult();
                return sql.Execute("UPDATE counters SET n = @n WHERE counter_id = 1", ("@n", n + 1));
            },
            CancellationToken.None));

        refused.Failure.ShouldBe(StorageFailure.Locked);
    }

    [Fact]
    public async Task A_row_of_a_transaction_that_began_later_does_not_break_an_insert_if_absent()
    {
        using var other = Open();
        var runs = 0;

        var seen = await _database.WriteAsync(
            sql =>
            {
                CountIn(sql);
                if (++runs == 1)
                    other.WriteAsync(static sql => sql.Execute("INSERT INTO notes (value, number) VALUES ('shared', 7)"), CancellationToken.None).GetAwaiter().GetResult();
                sql.Post("INSERT INTO notes (value, number) VALUES ('shared', 8) ON CONFLICT DO NOTHING");
                return sql.QueryFirst("SELECT number FROM notes WHERE value = 'shared'", row => row.GetInt64(0));
            },
            CancellationToken.None);

        (runs, seen).ShouldBe((2, 7));
    }

    [Fact]
    public async Task A_violation_by_a_row_that_the_snapshot_could_not_see_is_looked_at_again()
    {
        using var other = Open();
        var runs = 0;

        var changed = await _database.WriteAsync(
            sql =>
            {
                var taken = sql.QueryFirst("SELECT 1 FROM notes WHERE value = 'shared'", row => row.GetInt64(0)) == 1;
                if (++runs == 1)
                    other.WriteAsync(static sql => sql.Execute("INSERT INTO notes (value) VALUES ('shared')"), CancellationToken.None).GetAwaiter().GetResult();
                return taken ? 0 : sql.Execute("INSERT INTO notes (value) VALUES ('shared')");
            },
            CancellationToken.None);

        (runs, changed).ShouldBe((2, 0));
    }

    [Fact]
    public async Task A_connection_that_ends_in_the_middle_of_a_unit_costs_another_run()
    {
        var runs = 0;

        await _database.WriteAsync(
            sql =>
            {
                sql.Execute("INSERT INTO notes (value) VALUES ('once')");
                if (++runs == 1)
                    _scratch.Terminate();
                return sql.Execute("UPDATE notes SET number = 1");
            },
            CancellationToken.None);

        (runs, Count()).ShouldBe((2, 1));
    }

    [Fact]
    public async Task Connections_that_ended_while_nobody_used_them_are_not_noticed()
    {
        await InsertAsync("before");
        Count().ShouldBe(1);

        _scratch.Terminate();

        await InsertAsync("after");
        Count().ShouldBe(2);
    }

    [Fact]
    public async Task A_connection_that_ends_during_the_commit_is_told_and_the_unit_is_not_run_again()
    {
        _scratch.Execute(
            """
            CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(600); RETURN NULL; END';
            CREATE CONSTRAINT TRIGGER slow AFTER INSERT ON notes DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slow()
            """);
        var runs = 0;
        var unit = _database.WriteAsync(
            sql =>
            {
                runs++;
                return sql.Execute("INSERT INTO notes (value) VALUES ('nobody knows')");
            },
            CancellationToken.None);
        await Eventually.TrueAsync(() => _scratch.Number("SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'") == 1, Patience);

        _scratch.Terminate("wait_event = 'PgSleep'");

        (await Should.ThrowAsync<StorageUnavailableException>(unit)).Failure.ShouldBe(StorageFailure.Unreachable);
        runs.ShouldBe(1);
        _scratch.Execute("DROP TRIGGER slow ON notes");
        await InsertAsync("known");
        Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_table_that_a_newer_version_changed_meanwhile_is_read_and_written_on()
    {
        for (var i = 0; i < 5; i++)
        {
            await _database.WriteAsync(static sql => sql.Query("SELECT * FROM counters", row => row.GetInt64(0)), CancellationToken.None);
            _database.Read(static sql => sql.Query("SELECT * FROM counters", row => row.GetInt64(0)));
        }

        _scratch.Execute("ALTER TABLE counters ADD COLUMN more TEXT");

        (await _database.WriteAsync(static sql => sql.Query("SELECT * FROM counters", row => row.FieldCount), CancellationToken.None)).ShouldBe([3, 3]);
        _database.Read(static sql => sql.Query("SELECT * FROM counters", row => row.FieldCount)).ShouldBe([3, 3]);
    }

    [Fact]
    public async Task A_row_that_somebody_keeps_locked_refuses_the_unit_and_only_that_one()
    {
        using var holder = PostgresServer.Shared.Connect(_scratch.Name);
        using var transaction = holder.BeginTransaction();
        using var command = new NpgsqlCommand("UPDATE counters SET n = n + 1 WHERE counter_id = 1", holder, transaction);
        command.ExecuteNonQuery();

        var refused = _database.WriteAsync(Increment, CancellationToken.None);
        await _database.WriteAsync(static sql => sql.Execute("UPDATE counters SET n = n + 1 WHERE counter_id = 2"), CancellationToken.None);

        (await Should.ThrowAsync<StorageUnavailableException>(refused)).Failure.ShouldBe(StorageFailure.Locked);
        await transaction.RollbackAsync(CancellationToken.None);
        await _database.WriteAsync(Increment, CancellationToken.None);
    }

    [Theory]
    [InlineData("53100", StorageFailure.DiskFull)]
    [InlineData("55P03", StorageFailure.Locked)]
    [InlineData("57014", StorageFailure.Unusable)]
    [InlineData("XX001", StorageFailure.Unusable)]
    public async Task A_refusal_of_the_server_has_a_kind(string code, StorageFailure failure)
    {
        _scratch.Execute($"CREATE FUNCTION refuse() RETURNS BIGINT LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION USING ERRCODE = ''{code}''; END'");

        var write = await Should.ThrowAsync<StorageUnavailableException>(
            _database.WriteAsync(static sql => sql.QueryFirst("SELECT refuse()", row => row.GetInt64(0)), CancellationToken.None));
        var read = Should.Throw<StorageUnavailableException>(() => _database.Read(static sql => sql.QueryFirst("SELECT refuse()", row => row.GetInt64(0))));

        (write.Failure, read.Failure).ShouldBe((failure, failure));
        await InsertAsync("next");
        Count().ShouldBe(1);
    }

    [Fact]
    public async Task A_unit_that_hides_a_failed_statement_is_not_committed()
    {
        await Should.ThrowAsync<InvalidOperationException>(_database.WriteAsync(
            static sql =>
            {
                sql.Execute("INSERT INTO notes (value) VALUES ('half')");
                try
                {
                    sql.Execute("INSERT INTO nowhere VALUES (1)");
                }
                catch (PostgresException)
                {
                    // What a unit must not do.
                }

                return true;
            },
            CancellationToken.None));

        Count().ShouldBe(0);
    }

    [Fact]
    public async Task Units_see_one_snapshot_have_bounds_and_wait_for_the_disk_unless_they_are_volatile()
    {
        const string Settings =
            """
            SELECT current_setting('transaction_isolation') || '|' || current_setting('transaction_read_only') || '|' || current_setting('synchronous_commit')
            || '|' || current_setting('lock_timeout') || '|' || current_setting('statement_timeout') || '|' || current_setting('idle_in_transaction_session_timeout')
            """;
        const string Bounds = "|2s|10s|30s";

        (await _database.WriteAsync(Shown, CancellationToken.None)).ShouldBe("repeatable read|off|on" + Bounds);
        (await _database.WriteVolatileAsync(Shown, CancellationToken.None)).ShouldBe("repeatable read|off|off" + Bounds);
        (await _database.WriteInOrderAsync(1, Shown, CancellationToken.None)).ShouldBe("repeatable read|off|on" + Bounds);
        _database.Read(Shown).ShouldBe("repeatable read|on|on" + Bounds);

        static string? Shown(ISqlSession sql) => sql.QueryFirst(Settings, row => row.GetString(0));
    }

    [Fact]
    public async Task Reads_beyond_the_bound_wait_for_a_connection()
    {
        const int Readers = 3;
        using var bounded = new PostgresDatabase(_scratch.Connections(), writers: 1, readers: Readers);
        using var full = new CountdownEvent(Readers);
        using var gate = new ManualResetEventSlim();
        var (inside, most) = (0, 0);

        var reads = Enumerable.Range(0, 10).Select(_ => Task.Factory.StartNew(
            () => bounded.Read(sql =>
            {
                var now = Interlocked.Increment(ref inside);
                lock (full)
                {
                    most = Math.Max(most, now);
                    if (full.CurrentCount > 0)
                        full.Signal();
                }

                gate.Wait(Patience);
                Interlocked.Decrement(ref inside);
                return CountIn(sql);
            }),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToList();
        full.Wait(Patience);
        gate.Set();
        await Task.WhenAll(reads);

        most.ShouldBe(Readers);
    }

    [Fact]
    public async Task A_process_with_little_to_do_uses_few_connections()
    {
        for (var i = 0; i < 40; i++)
        {
            await _database.WriteInOrderAsync(i, sql => sql.Execute("INSERT INTO notes (number) VALUES (@i)", ("@i", i)), CancellationToken.None);
            Count().ShouldBe(i + 1);
        }

        // One for all of that, and the one that counts.
        _scratch.Number("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database()").ShouldBe(2);
    }

    [Fact]
    public async Task Statements_are_prepared_once()
    {
        for (var i = 0; i < 20; i++)
            await _database.WriteAsync(sql => sql.Execute("INSERT INTO notes (number, value) VALUES (@i, @value)", ("@i", i), ("@value", i % 2 == 0 ? null : "odd " + i)), CancellationToken.None);

        var executions = await _database.WriteAsync(
            static sql => sql.QueryFirst("SELECT SUM(generic_plans + custom_plans) FROM pg_prepared_statements WHERE statement LIKE 'INSERT INTO notes%'", row => row.GetInt64(0)),
            CancellationToken.None);

        executions.ShouldBeGreaterThan(15);
    }

    [Fact]
    public async Task Units_that_wait_together_share_a_commit_and_none_goes_down_with_another()
    {
        using var single = new PostgresDatabase(_scratch.Connections(), writers: 1);
        using var gate = new ManualResetEventSlim();
        await InsertAsync("note 7");
        var busy = HoldUp();
        var notes = Enumerable.Range(0, 20).Where(i => i != 7).Select(NoteAsync).ToList();
        gate.Set();

        await busy;
        (await Task.WhenAll(notes)).Sum(inserted => inserted.Value).ShouldBe(19);
        single.Commits.ShouldBe(2);

        gate.Reset();
        busy = HoldUp();
        notes = [.. Enumerable.Range(7, 1).Concat(Enumerable.Range(20, 5)).Select(NoteAsync)];
        gate.Set();

        await busy;
        (await Should.ThrowAsync<PostgresException>(notes[0])).SqlState.ShouldBe(PostgresErrorCodes.UniqueViolation);
        (await Task.WhenAll(notes[1..])).Sum(inserted => inserted.Value).ShouldBe(5);
        Count().ShouldBe(25);

        Task<int> HoldUp() => single.WriteAsync(
            _ =>
            {
                gate.Wait(Patience);
                return 0;
            },
            CancellationToken.None);

        Task<Deferred<int>> NoteAsync(int number) => single.WriteInStepsAsync(
            UnitKind.Arrival,
            number,
            sql => sql.DeferExecute("INSERT INTO notes (value) VALUES (@value)", ("@value", $"note {number}")),
            (_, inserted) => inserted,
            CancellationToken.None);
    }

    [Fact]
    public void The_servers_clock_is_told()
    {
        var now = _database.ServerTime().ShouldNotBeNull();

        (now - TimeProvider.System.GetUtcNow()).Duration().ShouldBeLessThan(TimeSpan.FromMinutes(1));
        _database.CheckIntegrity().ShouldBeNull("the server looks after its files itself");
    }

    protected override void Dispose(bool disposing)
    {
        _database.Dispose();
        _scratch.Dispose();
    }

    private static int Increment(ISqlSession sql) => sql.Execute("UPDATE counters SET n = n + 1 WHERE counter_id = 1");

    private static long Counter(ISqlSession sql, long id) => sql.QueryFirst("SELECT n FROM counters WHERE counter_id = @id", row => row.GetInt64(0), ("@id", id));

    private PostgresDatabase Open() => new(_scratch.Connections());
}
