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

    /// <summary>Runs queries on a read connection, on the calling thread.</summary>
    /// <exception cref="StorageUnavailableException">The database cannot be read now.</exception>
    T Read<T>(Func<ISqlSession, T> query);

    /// <summary>Units of work that wait for the writer now.</summary>
    int PendingWrites { get; }

    /// <summary>The engine's own check of its files; minutes on a large database, so it runs beside the work.</summary>
    /// <returns><c>ok</c>, the first finding, or null where the server looks after its files itself.</returns>
    string? CheckIntegrity();

    /// <summary>The clock of the database server; null where it is this kernel's own.</summary>
    /// <exception cref="StorageUnavailableException">The server does not answer.</exception>
    DateTimeOffset? ServerTime();
}

/// <summary>Why the database could not be used.</summary>
public enum StorageFailure
{
    /// <summary>Another process holds the write lock for too long.</summary>
    Locked,

    /// <summary>No space left, or a quota is reached.</summary>
    DiskFull,

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
