using System.Collections.Concurrent;

namespace OpenClaw.Gateway.Sessions;

/// <summary>WAHA told something of a session: whoever watches it looks at once instead of waiting for the next poll.</summary>
internal sealed class SessionSignals
{
    private readonly ConcurrentDictionary<string, bool> _told = new(StringComparer.Ordinal);
    private TaskCompletionSource _any = New();

    /// <summary>Never blocks and never fails: a webhook waits for it.</summary>
    public void Tell(string session)
    {
        _told[session] = true;
        Volatile.Read(ref _any).TrySetResult();
    }

    /// <summary>Whether something was told of this session since the last time.</summary>
    public bool Take(string session) => _told.TryRemove(session, out _);

    /// <summary>Returns when something is told, or when the time is over.</summary>
    public async Task WaitAsync(TimeSpan longest, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await _any.Task.WaitAsync(longest, time, cancellationToken);
            Volatile.Write(ref _any, New());
        }
        catch (TimeoutException)
        {
            // Time to look anyway.
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
