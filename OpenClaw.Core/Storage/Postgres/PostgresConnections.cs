using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Sockets;
using Npgsql;

namespace OpenClaw.Core.Storage.Postgres;

/// <summary>
/// The connections of a process to one database. Whoever is done with one gives it back, and the next one takes what was used last: there are
/// as many as were ever needed at once. Remembers that the server is away: the first ones try for a while, those that come later fail at
/// once, all with one attempt in a quarter of a second between them.
/// </summary>
internal sealed class PostgresConnections(PostgresAddress address) : IDisposable
{
    /// <summary>How long a unit is repeated, and a connection tried, before the caller is told.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>How long a statement waits for a row that another transaction holds.</summary>
    public static readonly TimeSpan LockTimeout = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>What is acknowledged is on the server's disk, whatever the role's default is. A session that hangs, or whose process is gone, gives its locks back: the server ends it, whatever became of us.</summary>
    private static readonly string Settings = string.Create(
        CultureInfo.InvariantCulture,
        $"""
        SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'; SET lock_timeout = '{LockTimeout.TotalSeconds}s'; SET statement_timeout = '10s'; SET idle_in_transaction_session_timeout = '30s';
        SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; SET client_min_messages = warning
        """);

    private readonly Func<NpgsqlConnection> _open = address.Opener();
    private readonly ConcurrentDictionary<string, PostgresText> _texts = new(SqlTextComparer.Instance);
    private readonly ConcurrentStack<PostgresSession> _idle = new();
    private readonly Lock _oneAttempt = new();
    private Exception? _failure;
    private long _failedAt;
    private volatile bool _away;
    private int _inUse;
    private volatile bool _disposed;

    /// <summary>No connection can be opened, and none is left: nobody's unit can be run now. At the server's limit, those that are open go on.</summary>
    public bool IsAway => _away;

    /// <summary>A connection, with some patience unless the server is known to be away.</summary>
    /// <param name="started">When the caller's patience began, a timestamp of the system's clock.</param>
    /// <exception cref="StorageUnavailableException">There is none and none can be opened.</exception>
    public PostgresSession Take(long started)
    {
        while (true)
        {
            try
            {
                return Take();
            }
            catch (StorageUnavailableException) when (!_away && TimeProvider.System.GetElapsedTime(started) < Patience)
            {
                Thread.Sleep(Random.Shared.Next(20, 100));
            }
            catch (StorageUnavailableException)
            {
                _away = Volatile.Read(ref _inUse) == 0;
                throw;
            }
        }
    }

    /// <summary>A connection, with one attempt to open it.</summary>
    /// <exception cref="StorageUnavailableException">There is none and none can be opened.</exception>
    public PostgresSession Take()
    {
        var session = _idle.TryPop(out var idle) ? idle : Open();
        Interlocked.Increment(ref _inUse);
        return session;
    }

    /// <summary>For the next one. A broken one is left.</summary>
    public void GiveBack(PostgresSession session)
    {
        if (session.IsBroken)
        {
            Abandon(session);
            return;
        }

        Interlocked.Decrement(ref _inUse);

        _idle.Push(session);
        if (_disposed)
            CloseIdle();
    }

    /// <summary>Leaves a connection that is of no use any more, and those that nobody uses: what ended one has mostly ended them all.</summary>
    public void Abandon(PostgresSession session)
    {
        Interlocked.Decrement(ref _inUse);
        session.Dispose();
        CloseIdle();
    }

    public void Dispose()
    {
        _disposed = true;
        CloseIdle();
    }

    private void CloseIdle()
    {
        while (_idle.TryPop(out var idle))
            idle.Dispose();
    }

    private PostgresSession Open()
    {
        lock (_oneAttempt)
        {
            if (_failure is not null && TimeProvider.System.GetElapsedTime(_failedAt) < Pause)
                throw new StorageUnavailableException(StorageFailure.Unreachable, _failure);
            try
            {
                var session = Connect();
                (_failure, _away) = (null, false);
                return session;
            }
            catch (Exception error) when (error is NpgsqlException or SocketException or TimeoutException or IOException)
            {
                (_failure, _failedAt) = (error, TimeProvider.System.GetTimestamp());
                throw new StorageUnavailableException(StorageFailure.Unreachable, error);
            }
        }
    }

    private PostgresSession Connect()
    {
        var connection = _open();
        try
        {
            using var command = new NpgsqlCommand(Settings, connection);
            command.ExecuteNonQuery();
            return new PostgresSession(connection, _texts);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
