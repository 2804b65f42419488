namespace OpenClaw.Core.Storage;

/// <summary>The durable record. Writes are grouped into commits; reads see the last commit.</summary>
public interface IDatabase
{
    /// <summary>
    /// Runs <paramref name="unit"/> inside a transaction and completes after its commit is on the disk. Several units share one
    /// commit. A unit may run twice (another unit of its group failed), so it must have no effect but its statements, and must be
    /// short: encryption and parsing belong before it.
    /// </summary>
    /// <exception cref="StorageUnavailableException">The commit did not happen: locked, disk full, input/output error.</exception>
    Task<T> WriteAsync<T>(Func<ISqlSession, T> unit, CancellationToken cancellationToken);

    /// <summary>
    /// Like <see cref="WriteAsync{T}"/>; units of one stripe (a lane's id, for example) are committed in the order in which this process gave
    /// them, where others may overtake each other.
    /// </summary>
    Task<T> WriteInOrderAsync<T>(long stripe, Func<ISqlSession, T> unit, CancellationToken cancellationToken);

    /// <summary>
    /// Like <see cref="WriteAsync{T}"/>, for what a power failure may undo (leases): it does not wait for the disk on its own account. It is
    /// never undone without everything that was committed after it.
    /// </summary>
    Task<T> WriteVolatileAsync<T>(Func<ISqlSession, T> unit, CancellationToken cancellationToken);

    /// <summary>
    /// Like <see cref="WriteAsync{T}"/> in two steps, for what happens often: units that wait together all ask before the first of them decides, so
    /// the questions of many travel to a server at once.
    /// </summary>
    /// <param name="kind">Only units of one kind ask together, and of different stripes unless they are arrivals: what one of them asks must not depend on what another decides.</param>
    /// <param name="stripe">As for <see cref="WriteInOrderAsync{T}"/>, or null.</param>
    /// <param name="ask">Statements that depend on no answer.</param>
    /// <param name="decide">What follows from their answers.</param>
    /// <param name="cancellationToken">Ends the wait before the commit starts.</param>
    Task<T> WriteInStepsAsync<TAsked, T>(
        UnitKind kind, long? stripe, Func<ISqlSession, TAsked> ask, Func<ISqlSession, TAsked, T> decide, CancellationToken cancellationToken) =>
        stripe is { } number
            ? WriteInOrderAsync(number, sql => decide(sql, ask(sql)), cancellationToken)
            : WriteAsync(sql => decide(sql, ask(sql)), cancellationToken);

    /// <summary>Runs queries on a read connection, on the calling thread; all of them see the same commit.</summary>
    /// <exception cref="StorageUnavailableException">The database cannot be read now.</exception>
    T Read<T>(Func<ISqlSession, T> query);

    /// <summary>Like <see cref="Read{T}"/>, for what happens often: where a server must be waited for, no thread of the pool does, and every query sees the last commit.</summary>
    /// <exception cref="StorageUnavailableException">The database cannot be read now.</exception>
    ValueTask<T> ReadAsync<T>(Func<ISqlSession, T> query, CancellationToken cancellationToken) => ValueTask.FromResult(Read(query));

    /// <summary>Units of work that wait for the writer now.</summary>
    int PendingWrites { get; }

    /// <summary>Units of work that were refused because there is no space, since the start of this process.</summary>
    long RefusedForSpace { get; }

    /// <summary>The engine's own check of its files; minutes on a large database, so it runs beside the work.</summary>
    /// <returns><c>ok</c>, the first finding, or null where the server looks after its files itself.</returns>
    string? CheckIntegrity();

    /// <summary>The clock of the database server; null where it is this kernel's own.</summary>
    /// <exception cref="StorageUnavailableException">The server does not answer.</exception>
    DateTimeOffset? ServerTime();
}

/// <summary>Units of work that may ask together.</summary>
public enum UnitKind
{
    /// <summary>A unit of one step.</summary>
    Plain,

    /// <summary>
    /// Messages and events as they arrive; a message has its lane as its stripe. Those of one stripe may ask together, in their order: to ask is to insert a row,
    /// and whether it was there before is for the decision.
    /// </summary>
    Arrival,

    /// <summary>What became of sent bubbles; the raw id is the stripe.</summary>
    Ack,

    /// <summary>A worker's steps through a turn and its outbox; the lane is the stripe.</summary>
    Turn,
}

/// <summary>Why the database could not be used.</summary>
public enum StorageFailure
{
    /// <summary>Another process holds the write lock for too long.</summary>
    Locked,

    /// <summary>No space left, or a quota is reached.</summary>
    DiskFull,

    /// <summary>The file was deleted, moved or replaced under the running process.</summary>
    Moved,

    /// <summary>Input/output error, read-only file system, corrupt page, closed while stopping.</summary>
    Unusable,

    /// <summary>The server does not answer, or the connection broke. Whether a commit that was under way took place is not known.</summary>
    Unreachable,
}

/// <summary>Nothing is known to be committed; the same unit may be tried again.</summary>
public sealed class StorageUnavailableException : Exception
{
    /// <summary>Creates the exception.</summary>
    public StorageUnavailableException(StorageFailure failure, Exception? innerException = null)
        : base($"The database cannot be used now ({failure}).", innerException) => Failure = failure;

    /// <summary>Required by convention.</summary>
    public StorageUnavailableException() : this(StorageFailure.Unusable)
    {
    }

    /// <summary>Required by convention.</summary>
    public StorageUnavailableException(string message) : base(message) => Failure = StorageFailure.Unusable;

    /// <summary>Required by convention.</summary>
    public StorageUnavailableException(string message, Exception innerException)
        : base(message, innerException) => Failure = StorageFailure.Unusable;

    /// <summary>Why.</summary>
    public StorageFailure Failure { get; }
}
