namespace OpenClaw.Core.Queue;

/// <summary>
/// Whether webhooks are pouring in. WAHA repeats what is not acknowledged and forgets it after half a minute; an answer can wait. So
/// during a flood the worker in the same process holds back.
/// </summary>
public sealed class IngressPressure(TimeProvider time)
{
    /// <summary>Webhooks in one window that make it a flood: 2,000 a second, more than one process ever answers.</summary>
    private const int Flood = 100;

    // Webhooks that wait for a thread are not counted yet, but they wait all the same.
    private const int HighBacklog = 24;

    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(50);
    private readonly Lock _lock = new();
    private long _windowStart = time.GetTimestamp();
    private int _count;
    private bool _flooded;

    /// <summary>Whether the worker should hold back.</summary>
    public bool IsHigh
    {
        get
        {
            if (ThreadPool.PendingWorkItemCount >= HighBacklog)
                return true;
            lock (_lock)
            {
                Roll();
                return _flooded || _count >= Flood;
            }
        }
    }

    /// <summary>A webhook arrived.</summary>
    public void Count()
    {
        lock (_lock)
        {
            Roll();
            _count++;
        }
    }

    private void Roll()
    {
        var elapsed = time.GetElapsedTime(_windowStart);
        if (elapsed < Window)
            return;
        // A window that nobody looked at was an empty one.
        _flooded = elapsed < Window * 2 && _count >= Flood;
        _count = 0;
        _windowStart = time.GetTimestamp();
    }
}
