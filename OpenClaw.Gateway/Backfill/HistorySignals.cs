using System.Collections.Concurrent;

namespace OpenClaw.Gateway.Backfill;

/// <summary>Why a session's history is compared as a whole.</summary>
internal enum ReadBackCause
{
    /// <summary>This process started: nobody listened before.</summary>
    Start,

    /// <summary>The session works again.</summary>
    BackToWork,

    /// <summary>Webhooks were refused, because they could not be stored.</summary>
    Refused,

    /// <summary>A look found a message that did not come.</summary>
    Gap,

    /// <summary>The last one is a while ago: a look sees the newest message of a chat only.</summary>
    Routine,
}

/// <summary>Something happened after which messages may be missing. Told by webhooks, so nothing here blocks or fails.</summary>
internal sealed class HistorySignals
{
    private readonly ConcurrentDictionary<string, Bell> _works = new(StringComparer.Ordinal);
    private long _refusals;

    /// <summary>How many webhooks were refused so far. WAHA repeats them for a while, so nobody is woken: the next look compares.</summary>
    public long Refusals => Interlocked.Read(ref _refusals);

    /// <summary>A webhook was refused, because it could not be stored.</summary>
    public void Refused() => Interlocked.Increment(ref _refusals);

    /// <summary>The session came back to work.</summary>
    public void Works(string session) => BellOf(session).Ring();

    /// <summary>Whether the session came back to work since the last time.</summary>
    public bool TakeWorks(string session) => BellOf(session).Take();

    /// <summary>Returns when the session comes back to work, or when the time is over.</summary>
    public Task WaitAsync(string session, TimeSpan longest, TimeProvider time, CancellationToken cancellationToken) => BellOf(session).WaitAsync(longest, time, cancellationToken);

    private Bell BellOf(string session) => _works.GetOrAdd(session, static _ => new Bell());

    private sealed class Bell
    {
        private TaskCompletionSource _rung = New();

        public void Ring() => Volatile.Read(ref _rung).TrySetResult();

        public bool Take()
        {
            if (!Volatile.Read(ref _rung).Task.IsCompleted)
                return false;
            Volatile.Write(ref _rung, New());
            return true;
        }

        public async Task WaitAsync(TimeSpan longest, TimeProvider time, CancellationToken cancellationToken)
        {
            try
            {
                await Volatile.Read(ref _rung).Task.WaitAsync(longest, time, cancellationToken);
            }
            catch (TimeoutException)
            {
                // Time to look anyway.
            }
        }

        private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
