using Npgsql;

namespace OpenClaw.Core.Storage.Postgres;

/// <summary>What a unit that failed may do next.</summary>
internal enum PostgresFault
{
    /// <summary>It is as wrong the next time.</summary>
    Final,

    /// <summary>Another transaction was first: run it again on what that one left.</summary>
    Conflict,

    /// <summary>A constraint refuses it, perhaps because of a row that its snapshot cannot see: once more.</summary>
    Constraint,

    /// <summary>This connection is of no use any more, another one is.</summary>
    Connection,
}

/// <summary>What PostgreSQL's error codes mean for a unit of work.</summary>
internal static class PostgresErrors
{
    public static PostgresFault FaultOf(Exception error, bool connectionBroken) => error switch
    {
        PostgresException postgres => FaultOf(postgres),
        _ => connectionBroken ? PostgresFault.Connection : PostgresFault.Final,
    };

    /// <summary>What the caller of a unit is told. A violated constraint, and what the unit itself throws, stays what it is.</summary>
    public static Exception Translate(Exception error, bool connectionBroken) => error switch
    {
        StorageUnavailableException => error,
        PostgresException { SqlState: ['2', '3', ..] } => error,
        PostgresException postgres => new StorageUnavailableException(FailureOf(postgres), error),
        NpgsqlException => new StorageUnavailableException(connectionBroken ? StorageFailure.Unreachable : StorageFailure.Unusable, error),
        _ when connectionBroken => new StorageUnavailableException(StorageFailure.Unreachable, error),
        _ => error,
    };

    // The driver leaves a connection after more than these, also where the server is well and another one would hear the same (a full disk).
    private static bool EndsConnection(PostgresException error) => error.SqlState is ['5', '7', 'P', ..] or ['0', '8', ..];

    private static PostgresFault FaultOf(PostgresException error) => error.SqlState switch
    {
        PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected => PostgresFault.Conflict,
        PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.ForeignKeyViolation => PostgresFault.Constraint,
        // The server is a standby now, or another version of the program changed a table under a prepared statement.
        PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.InvalidSqlStatementName => PostgresFault.Connection,
        PostgresErrorCodes.FeatureNotSupported when error.Routine == "RevalidateCachedQuery" => PostgresFault.Connection,
        _ => EndsConnection(error) ? PostgresFault.Connection : PostgresFault.Final,
    };

    private static StorageFailure FailureOf(PostgresException error) => error.SqlState switch
    {
        PostgresErrorCodes.DiskFull => StorageFailure.DiskFull,
        PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected => StorageFailure.Locked,
        PostgresErrorCodes.ReadOnlySqlTransaction => StorageFailure.Unreachable,
        _ => EndsConnection(error) ? StorageFailure.Unreachable : StorageFailure.Unusable,
    };
}
