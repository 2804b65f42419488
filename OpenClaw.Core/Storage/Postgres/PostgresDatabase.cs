namespace OpenClaw.Core.Storage.Postgres;

/// <summary>
/// PostgreSQL: a few writers, each of which commits what waits for it in one transaction, and a bounded number of reads beside them. The server
/// shares the sync of the log among the commits of all of them. Connections are opened when they are needed and opened again when they broke.
/// </summary>
public sealed class PostgresDatabase : IDatabase, IDisposable
{
    private static readonly TimeSpan ReadPatience = TimeSpan.FromSeconds(5);

    private readonly PostgresConnections _connections;
    private readonly PostgresQueue<IWriteUnit> _queue;
    private readonly PostgresWriter[] _writers;
    private readonly PostgresReaders _readers;
    private readonly SemaphoreSlim _readSlots;
    private readonly SpaceRefusals _refusals = new();
    private volatile bool _disposed;

    /// <summary>Starts the writers; nothing is opened yet.</summary>
    /// <param name="connections">The server.</param>
    /// <param name="writers">Units that are run side by side.</param>
    /// <param name="readers">Reads that are run side by side; more wait.</param>
    internal PostgresDatabase(PostgresConnections connections, int writers = 4, int readers = 8)
    {
        _connections = connections;
        _queue = new PostgresQueue<IWriteUnit>(writers);
        _readSlots = new SemaphoreSlim(readers);
        _readers = new PostgresReaders(Math.Max(1, readers / 2), ReadPatience);
        _writers = [.. Enumerable.Range(0, writers).Select(number => new PostgresWriter(number, _queue, connections))];
    }

    /// <inheritdoc />
    public int PendingWrites => _queue.Count;

    /// <inheritdoc />
    public long RefusedForSpace => _refusals.Count;

    /// <summary>Units that were committed.</summary>
    public long Commits => _writers.Sum(static writer => writer.Commits);

    /// <inheritdoc />
    public Task<T> WriteAsync<T>(Func<ISqlSession, T> unit, CancellationToken cancellationToken) => Enqueue(new PlainUnit<T>(unit, durable: true, cancellationToken), null);

    /// <inheritdoc />
    public Task<T> WriteInOrderAsync<T>(long stripe, Func<ISqlSession, T> unit, CancellationToken cancellationToken) =>
        Enqueue(new PlainUnit<T>(unit, durable: true, cancellationToken), stripe);

    /// <inheritdoc />
    public Task<T> WriteVolatileAsync<T>(Func<ISqlSession, T> unit, CancellationToken cancellationToken) => Enqueue(new PlainUnit<T>(unit, durable: false, cancellationToken), null);

    /// <inheritdoc />
    public Task<T> WriteInStepsAsync<TAsked, T>(
        UnitKind kind, long? stripe, Func<ISqlSession, TAsked> ask, Func<ISqlSession, TAsked, T> decide, CancellationToken cancellationToken) =>
        Enqueue(new SteppedUnit<TAsked, T>(ask, decide, cancellationToken), stripe, kind);

    /// <inheritdoc />
    public ValueTask<T> ReadAsync<T>(Func<ISqlSession, T> query, CancellationToken cancellationToken) => new(_readers.RunAsync(() => Read(query, static session => session.BeginSingleReads()), cancellationToken));

    /// <inheritdoc />
    public T Read<T>(Func<ISqlSession, T> query) => Read(query, static session => session.BeginRead());

    /// <inheritdoc />
    public string? CheckIntegrity() => null;

    /// <inheritdoc />
    public DateTimeOffset? ServerTime() => Read(static sql => UnixMicroseconds.FromUnixTimeMicroseconds(
        sql.QueryFirst("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT)", row => row.GetInt64(0))));

    /// <summary>Finishes what is queued, then closes.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        _queue.Close();
        foreach (var writer in _writers)
            writer.Join();
        _readers.Dispose();
        _connections.Dispose();
    }

    private T Read<T>(Func<ISqlSession, T> query, Action<PostgresSession> begin)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_readSlots.Wait(ReadPatience))
            throw new StorageUnavailableException(StorageFailure.Locked);
        try
        {
            var started = TimeProvider.System.GetTimestamp();
            return TryRead(_connections.Take(started), begin, query, orAnother: true, out var result)
                || TryRead(_connections.Take(started), begin, query, orAnother: false, out result)
                ? result
                : throw new StorageUnavailableException(StorageFailure.Unreachable);
        }
        finally
        {
            _readSlots.Release();
        }
    }

    private Task<T> Enqueue<T>(WriteUnit<T> unit, long? stripe, UnitKind kind = UnitKind.Plain)
    {
        unit.Refusals = _refusals;
        return _queue.TryAdd(unit, stripe, kind) ? unit.Task : throw new StorageUnavailableException(StorageFailure.Unusable);
    }

    /// <returns>False when the connection was of no use from the start, and another one may be tried.</returns>
    private bool TryRead<T>(PostgresSession session, Action<PostgresSession> begin, Func<ISqlSession, T> query, bool orAnother, out T result)
    {
        try
        {
            begin(session);
            result = query(session);
            session.Commit();
            _connections.GiveBack(session);
            return true;
        }
        catch (Exception error)
        {
            var broken = session.IsBroken;
            var useless = broken || PostgresErrors.FaultOf(error, broken) == PostgresFault.Connection;
            if (useless)
            {
                _connections.Abandon(session);
            }
            else
            {
                session.Rollback();
                _connections.GiveBack(session);
            }

            result = default!;
            if (useless && orAnother && session.Answers == 0)
                return false;
            if (PostgresErrors.Translate(error, broken) is StorageUnavailableException unavailable)
                throw unavailable;
            throw;
        }
    }
}
