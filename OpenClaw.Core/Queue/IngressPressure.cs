using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue;

/// <summary>
/// Whether webhooks are pouring in. WAHA repeats what is not acknowledged and forgets it after half a minute; an answer can wait. So
/// during a flood the worker in the same process, and the Workers that hear of it, hold back.
/// </summary>
public sealed class IngressPressure
{
    /// <summary>Webhooks in one window that make it a flood: 2,000 a second, more than one process ever answers.</summary>
    private const int Flood = 100;

    /// <summary>
    /// Messages in one window on average, beyond the acks of our own ones, that several processes on one machine can hardly answer: 1,000 a second.
    /// Where people write again as soon as they are answered, acks come as often as messages, and holding back would only slow everybody.
    /// </summary>
    private const int StreamIntoFiles = 50;

    /// <summary>The same where a database server has its share of the work: 700 a second.</summary>
    private const int StreamIntoServer = 35;

    // Webhooks that wait for a thread are not counted yet, but they wait all the same.
    private const int HighBacklog = 24;

    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(50);

    /// <summary>Only a process that takes webhooks in has somebody waiting behind its answers.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly Func<long> _backlog;
    private long _windowStart;
    private long? _lastWebhook;
    private long _toldAt;
    private TimeSpan _toldFor;
    private int _count;
    private int _waiting;
    private bool _flooded;

    private readonly int _streamFrom;
    private readonly StreamMeter _stream;

    /// <summary>Counts webhooks of this process and looks at its thread pool.</summary>
    public IngressPressure(TimeProvider time, Deployment deployment)
        : this(time, static () => ThreadPool.PendingWorkItemCount, deployment.UsesServer ? StreamIntoServer : StreamIntoFiles)
    {
    }

    internal IngressPressure(TimeProvider time, Func<long> backlog, int streamFrom = StreamIntoFiles)
    {
        _time = time;
        _streamFrom = streamFrom;
        _backlog = backlog;
        _windowStart = time.GetTimestamp();
        _stream = new StreamMeter(Window, time);
    }

    /// <summary>Whether the worker should hold back: for this process's webhooks, or for another's.</summary>
    public bool IsHigh
    {
        get
        {
            lock (_lock)
            {
                if (_toldFor > TimeSpan.Zero && _time.GetElapsedTime(_toldAt) < _toldFor)
                    return true;
                if (!IsRecent())
                    return false;
                Roll();
                return _flooded || _count >= Flood || _backlog() >= HighBacklog;
            }
        }
    }

    /// <summary>
    /// Whether webhooks pour into this very process and have to wait. Where the Workers have machines of their own, any number may come
    /// without being kept waiting by them; and people who write again as soon as they are answered are no flood.
    /// </summary>
    public bool IsHighHere
    {
        get
        {
            lock (_lock)
            {
                if (!IsRecent())
                    return false;
                var (messages, waiting) = _stream.Look();
                return messages >= _streamFrom * StreamMeter.Windows && (waiting >= HighBacklog || _backlog() >= HighBacklog);
            }
        }
    }

    /// <summary>A webhook arrived.</summary>
    /// <param name="isAck">It tells that one of our own messages arrived somewhere.</param>
    public void Count(bool isAck = false)
    {
        var waiting = Interlocked.Increment(ref _waiting);
        lock (_lock)
        {
            Roll();
            _count++;
            _stream.Add(isAck ? -1 : 1, waiting);
            _lastWebhook = _time.GetTimestamp();
        }
    }

    /// <summary>A webhook that was counted is answered.</summary>
    public void Answered() => Interlocked.Decrement(ref _waiting);

    /// <summary>Another process, which takes the webhooks in, has a flood.</summary>
    public void Told(TimeSpan duration)
    {
        lock (_lock)
            (_toldAt, _toldFor) = (_time.GetTimestamp(), duration);
    }

    private bool IsRecent() => _lastWebhook is { } last && _time.GetElapsedTime(last) <= Recent;

    private void Roll()
    {
        var elapsed = _time.GetElapsedTime(_windowStart);
        if (elapsed < Window)
            return;
        // A window that nobody looked at was an empty one.
        var isLast = elapsed < Window * 2;
        _flooded = isLast && _count >= Flood;
        _count = 0;
        _windowStart = _time.GetTimestamp();
    }
}
