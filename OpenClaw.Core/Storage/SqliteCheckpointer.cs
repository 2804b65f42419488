namespace OpenClaw.Core.Storage;

/// <summary>
/// Moves the write-ahead log into the database file from a thread of its own. Done by the writer, as SQLite does it by default, every
/// few thousand pages a commit would wait for the whole transfer.
/// </summary>
internal sealed class SqliteCheckpointer : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly SqliteSession _session;
    private readonly Func<long> _commits;
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;

    /// <param name="session">A connection of its own; closed with this object.</param>
    /// <param name="commits">How many commits there were: nothing is done while it stands still.</param>
    public SqliteCheckpointer(SqliteSession session, Func<long> commits)
    {
        _session = session;
        _commits = commits;
        _thread = new Thread(Run) { IsBackground = true, Name = "sqlite-checkpoint" };
        _thread.Start();
    }

    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        _session.Dispose();
        _stop.Dispose();
    }

    private void Run()
    {
        var done = 0L;
        while (!_stop.Wait(Period))
        {
            var commits = _commits();
            if (commits == done)
                continue;

            // PASSIVE never waits for readers or the writer. A result that is not OK (busy, disk full) is tried again a second later:
            // the log itself is durable, only longer.
            if (_session.Control("PRAGMA wal_checkpoint(PASSIVE)") == SQLitePCL.raw.SQLITE_OK)
                done = commits;
        }
    }
}
