using Npgsql;
using OpenClaw.Core.Configuration;

namespace OpenClaw.Core.Storage.Postgres;

/// <summary>
/// A lock of the server on the database, held by a connection of its own: the server gives it back when the process is gone. When the
/// connection breaks (a restart of the server), it is taken again.
/// </summary>
internal sealed class PostgresLock : IDisposable
{
    /// <summary>Any number that nothing else in the database locks: "all in 1" in ASCII.</summary>
    private const long Number = 0x616C6C20696E2031;

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);

    /// <summary>The process before may be just ending.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly PostgresConnections _connections;
    private readonly string _take;
    private readonly Timer _watch;
    private readonly Lock _one = new();
    private PostgresSession? _session;
    private bool _disposed;

    /// <param name="connections">The server.</param>
    /// <param name="address">The database, for the sentence.</param>
    /// <param name="isShared">All processes of a split system share it; one that works alone does not.</param>
    /// <param name="period">How often it is looked whether the lock is still held; 10 s by default.</param>
    /// <exception cref="StartupException">Another process has it.</exception>
    public PostgresLock(PostgresConnections connections, PostgresAddress address, bool isShared, TimeSpan? period = null)
    {
        _connections = connections;
        _take = $"SELECT CASE WHEN {(isShared ? "pg_try_advisory_lock_shared" : "pg_try_advisory_lock")}(@number) THEN 1 ELSE 0 END";
        var started = TimeProvider.System.GetTimestamp();
        while (!TryTake())
        {
            if (TimeProvider.System.GetElapsedTime(started) > Patience)
                throw new StartupException($"Another OpenClaw already uses the database {address}{DataDirectoryLock.Kind(isShared)}: stop it, or set ConnectionStrings__openclaw to another database for this one.");
            Thread.Sleep(50);
        }

        _watch = new Timer(_ => Watch(), null, period ?? Period, period ?? Period);
    }

    public void Dispose()
    {
        _watch.Dispose();
        lock (_one)
        {
            _disposed = true;
            _session?.Dispose();
            _connections.Dispose();
        }
    }

    private bool TryTake()
    {
        PostgresSession? session = _connections.Take();
        try
        {
            if (Ask(session, _take, ("@number", Number)) == 1)
            {
                (_session, session) = (session, null);
                return true;
            }

            return false;
        }
        finally
        {
            session?.Dispose();
        }
    }

    private void Watch()
    {
        if (!_one.TryEnter())
            return;
        try
        {
            if (!_disposed && !IsHeld())
                TryTake();
        }
        catch (Exception error) when (error is StorageUnavailableException or NpgsqlException)
        {
            // The server is away; the next look takes it.
        }
        finally
        {
            _one.Exit();
        }
    }

    private bool IsHeld()
    {
        try
        {
            if (_session is not null && Ask(_session, "SELECT 1") == 1)
                return true;
        }
        catch (NpgsqlException)
        {
            // Broken, and the lock with it.
        }

        _session?.Dispose();
        _session = null;
        return false;
    }

    private static long Ask(PostgresSession session, string sql, params ReadOnlySpan<(string Name, object? Value)> parameters)
    {
        session.BeginRead();
        var answer = session.QueryFirst(sql, row => row.GetInt64(0), parameters);
        session.Commit();
        return answer;
    }
}
