using System.Collections.Concurrent;

namespace OpenClaw.Core.Storage.Postgres;

/// <summary>Threads that wait for the server in the place of those of the pool, which have requests to serve.</summary>
internal sealed class PostgresReaders : IDisposable
{
    private readonly BlockingCollection<Action> _queue = [];
    private readonly TimeSpan _patience;
    private readonly Thread[] _threads;

    /// <param name="count">Reads that are run side by side.</param>
    /// <param name="patience">How long a read waits for its turn.</param>
    public PostgresReaders(int count, TimeSpan patience)
    {
        _patience = patience;
        _threads = [.. Enumerable.Range(0, count).Select(Start)];
    }

    /// <exception cref="StorageUnavailableException">It did not get its turn in time, or the database is closed.</exception>
    public Task<T> RunAsync<T>(Func<T> read, CancellationToken cancellationToken)
    {
        var completion = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = TimeProvider.System.GetTimestamp();
        try
        {
            _queue.Add(Run, CancellationToken.None);
        }
        catch (InvalidOperationException)
        {
            throw new StorageUnavailableException(StorageFailure.Unusable);
        }

        return completion.Task;

        void Run()
        {
            if (cancellationToken.IsCancellationRequested)
            {
                completion.TrySetCanceled(cancellationToken);
                return;
            }

            try
            {
                completion.TrySetResult(TimeProvider.System.GetElapsedTime(asked) < _patience ? read() : throw new StorageUnavailableException(StorageFailure.Locked));
            }
            catch (Exception error)
            {
                completion.TrySetException(error);
            }
        }
    }

    public void Dispose()
    {
        _queue.CompleteAdding();
        foreach (var thread in _threads)
            thread.Join();
        _queue.Dispose();
    }

    private Thread Start(int number)
    {
        var thread = new Thread(Work) { IsBackground = true, Name = $"postgres-reader-{number}" };
        thread.Start();
        return thread;
    }

    private void Work()
    {
        foreach (var read in _queue.GetConsumingEnumerable())
            read();
    }
}
