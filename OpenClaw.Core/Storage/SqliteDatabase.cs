using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace OpenClaw.Core.Storage;

/// <summary>
/// SQLite in WAL mode with <c>synchronous=FULL</c>: one writer thread per process that commits groups of units, and a small set
/// of read connections. While one group is being synced to the disk the next one gathers, so the cost of a sync is shared.
/// </summary>
public sealed class SqliteDatabase : IDatabase, IDisposable
{
    private const int MaxUnitsPerCommit = 256;
    private static readonly TimeSpan MaxTimeUnderLock = TimeSpan.FromMilliseconds(5);

    /// <summary>How long a commit waits for another process's lock before it is refused, unless told otherwise.</summary>
    internal static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(2);

    private readonly string _connectionString;
    private readonly string? _folder;
    private readonly TimeSpan _lockPatience;
    private readonly SpaceRefusals _refusals = new();
    private readonly UnitQueue<IWriteUnit> _queue = new(MaxUnitsPerCommit);
    private readonly ConcurrentBag<SqliteSession> _readers = [];
    private readonly SqliteSession _writer;
    private readonly Thread _thread;
    private readonly SqliteCheckpointer _checkpointer;
    private volatile bool _disposed;
    private bool _durable = true;

    static SqliteDatabase() => SQLitePCL.Batteries_V2.Init();

    /// <summary>Opens (or creates) the database and starts its writer.</summary>
    /// <param name="connectionString">A SQLite connection string, <c>Data Source=...</c>.</param>
    /// <param name="lockPatience">How long a commit waits for another process's lock before it is refused. Default 2 s.</param>
    public SqliteDatabase(string connectionString, TimeSpan? lockPatience = null)
    {
        _lockPatience = lockPatience ?? LockPatience;
        // Pooling off: connections are ours and live as long as we do. A timeout of 1 s only bounds the driver's own retries.
        var settings = new SqliteConnectionStringBuilder(connectionString) { Pooling = false, DefaultTimeout = 1 };
        _connectionString = settings.ToString();
        _folder = settings.DataSource.Length == 0 ? null : Path.GetDirectoryName(Path.GetFullPath(settings.DataSource));
        _writer = Open(forWriting: true);
        _thread = new Thread(Run) { IsBackground = true, Name = "sqlite-writer" };
        _thread.Start();
        _checkpointer = new SqliteCheckpointer(Open(), () => Commits);
    }

    /// <inheritdoc />
    public int PendingWrites => _queue.Count;

    /// <inheritdoc />
    public long RefusedForSpace => _refusals.Count;

    /// <summary>Commits so far; a group counts once.</summary>
    public long Commits { get; private set; }

    /// <inheritdoc />
    public Task<T> WriteAsync<T>(Func<ISqlSession, T> unit, CancellationToken cancellationToken) => Enqueue(new PlainUnit<T>(unit, durable: true, cancellationToken));

    /// <inheritdoc />
    public Task<T> WriteInOrderAsync<T>(long stripe, Func<ISqlSession, T> unit, CancellationToken cancellationToken) => WriteAsync(unit, cancellationToken);

    /// <inheritdoc />
    public Task<T> WriteVolatileAsync<T>(Func<ISqlSession, T> unit, CancellationToken cancellationToken) => Enqueue(new PlainUnit<T>(unit, durable: false, cancellationToken));

    /// <inheritdoc />
    public T Read<T>(Func<ISqlSession, T> query)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        var session = _readers.TryTake(out var idle) ? idle : Open();
        try
        {
            session.Control("BEGIN");
            var result = query(session);
            session.Control("COMMIT");
            _readers.Add(session);
            return result;
        }
        catch (SqliteException error)
        {
            session.Dispose();
            throw Translate(error.SqliteErrorCode, error);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <inheritdoc />
    public string? CheckIntegrity() => Read(sql => sql.QueryFirst("PRAGMA quick_check(1)", row => row.GetString(0)));

    /// <inheritdoc />
    public DateTimeOffset? ServerTime() => null;

    /// <summary>Finishes what is queued, then closes.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _queue.Close();
        _thread.Join();
        _checkpointer.Dispose();
        while (_readers.TryTake(out var reader))
            reader.Dispose();
        _writer.Dispose();
    }

    private Task<T> Enqueue<T>(WriteUnit<T> item)
    {
        item.Refusals = _refusals;
        return _queue.TryAdd(item) ? item.Task : throw new StorageUnavailableException(StorageFailure.Unusable);
    }

    private SqliteSession Open(bool forWriting = false)
    {
        SqliteSession? session = null;
        try
        {
            session = new SqliteSession(_connectionString);
            session.Execute("PRAGMA synchronous=FULL");
            session.Execute("PRAGMA foreign_keys=ON");
            session.Execute("PRAGMA busy_timeout=0");
            session.Execute("PRAGMA temp_store=MEMORY");
            session.Execute("PRAGMA cache_size=-8000");
            if (forWriting)
            {
                session.Execute("PRAGMA journal_mode=WAL");
                // The checkpointer moves the log into the file beside the writer; this is for when it cannot keep up.
                session.Execute("PRAGMA wal_autocheckpoint=20000");
                session.Execute("PRAGMA journal_size_limit=67108864");
            }

            return session;
        }
        catch (SqliteException error)
        {
            session?.Dispose();
            throw Translate(error.SqliteErrorCode, error);
        }
    }

    private void Run()
    {
        var group = new List<IWriteUnit>(MaxUnitsPerCommit);
        while (_queue.TakeInto(group))
        {
            Commit(group);
            group.Clear();
        }
    }

    private void Commit(List<IWriteUnit> group)
    {
        group.RemoveAll(unit => unit.CancelledBeforeStart());
        while (group.Count > 0)
        {
            var done = 0;
            try
            {
                Begin(durable: group.Exists(unit => unit.IsDurable));
                var started = TimeProvider.System.GetTimestamp();
                do
                {
                    group[done].Run(_writer);
                    done++;
                }
                while (done < group.Count && TimeProvider.System.GetElapsedTime(started) < MaxTimeUnderLock);
                End();
            }
            catch (Exception error)
            {
                Rollback();
                RecoverFrom(error, group);
                return;
            }

            for (var i = 0; i < done; i++)
                group[i].Complete();
            group.RemoveRange(0, done);
        }
    }

    /// <summary>A unit that throws must not take its group along: each is run again in a transaction of its own.</summary>
    private void RecoverFrom(Exception error, List<IWriteUnit> group)
    {
        if (group.Count == 1 || error is StorageUnavailableException)
        {
            foreach (var unit in group)
                unit.Fail(Translate(error));
            return;
        }

        foreach (var unit in group)
        {
            try
            {
                Begin(unit.IsDurable);
                unit.Run(_writer);
                End();
                unit.Complete();
            }
            catch (Exception alone)
            {
                Rollback();
                unit.Fail(Translate(alone));
            }
        }
    }

    private void Begin(bool durable)
    {
        // NORMAL writes the log without a sync; the next durable commit syncs it along.
        if (durable != _durable)
        {
            _writer.Control(durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
            _durable = durable;
        }

        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var result = _writer.Control("BEGIN IMMEDIATE");
            if (result == SQLITE_OK)
                return;
            if (result != SQLITE_BUSY || TimeProvider.System.GetElapsedTime(started) > _lockPatience)
                throw Translate(result, null);
            // Jitter keeps two processes from meeting at the lock again and again.
            ShortSleep.For(TimeSpan.FromMicroseconds(Random.Shared.Next(200, 1000)));
        }
    }

    private void End()
    {
        var result = _writer.Control("COMMIT");
        if (result != SQLITE_OK)
            throw Translate(result, null);
        Commits++;
        // After the commit: whoever is told of it may rely on finding it again.
        if (SqliteFile.HasMoved(_writer.Connection))
            throw new StorageUnavailableException(StorageFailure.Moved);
    }

    private void Rollback()
    {
        if (sqlite3_get_autocommit(_writer.Connection.Handle) == 0)
            _writer.Control("ROLLBACK");
    }

    private Exception Translate(Exception error) =>
        error is SqliteException sqlite && sqlite.SqliteErrorCode != SQLITE_CONSTRAINT ? Translate(sqlite.SqliteErrorCode, error) : error;

    private StorageUnavailableException Translate(int code, Exception? error) => new(
        (code & 0xff) switch
        {
            SQLITE_BUSY or SQLITE_LOCKED => StorageFailure.Locked,
            SQLITE_FULL => StorageFailure.DiskFull,
            // The index of the log cannot grow, or what the log wrote cannot be synced: SQLite does not say why.
            SQLITE_IOERR when FullDisk.RoomIn(_folder) < FullDisk.LeastRoom => StorageFailure.DiskFull,
            _ => StorageFailure.Unusable,
        },
        error);
}
