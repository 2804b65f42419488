using Npgsql;
using OpenClaw.Core.Integrations;

namespace OpenClaw.Core.Storage.Postgres;

/// <summary>
/// A thread that runs units: those that wait together share a transaction and its trips to the server. What cannot be done together is done
/// one by one; what another transaction was faster at, and what lost its connection before the commit was sent, is run again for a while.
/// </summary>
internal sealed class PostgresWriter
{
    /// <summary>More would hold their locks for long, and be run again when one of them fails.</summary>
    private const int MaxUnitsPerCommit = 64;

    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(32);

    /// <summary>A unit that met another transaction, or whose connection was lost before the commit was sent. Each pause is random up to what is told here.</summary>
    public static readonly RepeatRule Repeats = new("database_writer", TimeSpan.FromMilliseconds(1), LongestPause);

    /// <summary>On a machine that is too busy the time may be over before a unit had its chances.</summary>
    private const int MinAttempts = 16;

    private readonly int _number;
    private readonly PostgresQueue<IWriteUnit> _queue;
    private readonly PostgresConnections _connections;
    private readonly Thread _thread;

    public PostgresWriter(int number, PostgresQueue<IWriteUnit> queue, PostgresConnections connections)
    {
        _number = number;
        _queue = queue;
        _connections = connections;
        _thread = new Thread(Run) { IsBackground = true, Name = $"postgres-writer-{number}" };
        _thread.Start();
    }

    public long Commits { get; private set; }

    /// <summary>Waits until the closed queue is empty.</summary>
    public void Join() => _thread.Join();

    private void Run()
    {
        var group = new List<IWriteUnit>(MaxUnitsPerCommit);
        while (_queue.TryTake(_number, group, MaxUnitsPerCommit))
        {
            group.RemoveAll(static unit => unit.CancelledBeforeStart());
            if (group.Count > 1 && TrySettle(group))
                continue;
            foreach (var unit in group)
                Settle(unit);
        }
    }

    /// <returns>False when nothing was committed: one of the units failed, or another transaction was faster.</returns>
    private bool TrySettle(List<IWriteUnit> group)
    {
        if (TryTakeConnection() is not { } session)
            return false;
        try
        {
            Commit(session, group);
            return true;
        }
        catch (Exception error)
        {
            var (_, refusal, isUnknown) = Undo(session, error);
            if (!isUnknown)
                return false;
            foreach (var unit in group)
                unit.Fail(refusal);
            return true;
        }
    }

    private void Commit(PostgresSession session, List<IWriteUnit> group)
    {
        session.BeginWrite(group.Exists(static unit => unit.IsDurable));
        foreach (var unit in group)
            unit.Ask(session);
        foreach (var unit in group)
            unit.Run(session);
        session.Commit();
        Commits++;
        _connections.GiveBack(session);
        foreach (var unit in group)
            unit.Complete();
    }

    private void Settle(IWriteUnit unit)
    {
        var started = TimeProvider.System.GetTimestamp();
        var violated = false;
        for (var attempt = 1; ; attempt++)
        {
            if (TakeConnection(unit, started) is not { } session)
                return;
            try
            {
                Commit(session, [unit]);
                return;
            }
            catch (Exception error)
            {
                var (fault, refusal, _) = Undo(session, error);
                var isEarly = TimeProvider.System.GetElapsedTime(started) < PostgresConnections.Patience;
                var again = fault switch
                {
                    PostgresFault.Conflict => isEarly || attempt < MinAttempts,
                    PostgresFault.Connection => isEarly,
                    PostgresFault.Constraint => !violated,
                    _ => false,
                };
                if (!again)
                {
                    unit.Fail(refusal);
                    return;
                }

                violated |= fault == PostgresFault.Constraint;
            }

            // Jitter keeps two units from meeting at the same row again and again; most conflicts are over after the first wait for the lock.
            if (attempt > 1)
                Thread.Sleep(TimeSpan.FromMicroseconds(Random.Shared.Next(100, 1000 * Math.Min(attempt, (int)LongestPause.TotalMilliseconds))));
        }
    }

    private PostgresSession? TryTakeConnection()
    {
        try
        {
            return _connections.Take();
        }
        catch (StorageUnavailableException)
        {
            return null;
        }
    }

    /// <returns>Null when there is none: then the unit is refused, and with it whatever waits behind it where that would only hear the same later.</returns>
    private PostgresSession? TakeConnection(IWriteUnit unit, long started)
    {
        try
        {
            return _connections.Take(started);
        }
        catch (StorageUnavailableException unreachable)
        {
            unit.Fail(unreachable);
            foreach (var next in _connections.IsAway ? _queue.TakeAll() : [])
                next.Fail(unreachable);
            return null;
        }
    }

    /// <summary>Rolls back, or leaves the connection, and tells what the failure means.</summary>
    private (PostgresFault Fault, Exception Refusal, bool IsUnknown) Undo(PostgresSession session, Exception error)
    {
        var broken = session.IsBroken;
        var fault = PostgresErrors.FaultOf(error, broken);
        var refusal = PostgresErrors.Translate(error, broken);
        // The commit may have taken place: nobody may run the unit again without looking. What the server itself refuses has not.
        var isUnknown = session.CommitSent && (broken || error is not PostgresException);
        if (isUnknown)
            fault = PostgresFault.Final;
        if (broken || fault == PostgresFault.Connection)
        {
            _connections.Abandon(session);
        }
        else
        {
            session.Rollback();
            _connections.GiveBack(session);
        }

        return (fault, refusal, isUnknown);
    }
}
