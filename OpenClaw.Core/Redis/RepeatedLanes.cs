using OpenClaw.Core.Queue;

namespace OpenClaw.Core.Redis;

/// <summary>
/// Lanes that are told again and again, held until the end of a window: a chat that floods then costs a few dozen calls a second, however much
/// it writes. Nobody who waits for an answer writes so fast.
/// </summary>
internal sealed class RepeatedLanes : IDisposable
{
    /// <summary>How often a lane is told in a window before it is held.</summary>
    public const int Often = 4;

    public static readonly TimeSpan Window = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly Dictionary<LaneId, int> _told = [];
    private readonly Dictionary<LaneId, LaneSignal> _held = [];
    private readonly Action<LaneSignal> _again;
    private readonly ITimer _windowEnd;
    private bool _isOver;

    /// <param name="again">Takes what was held; called for each lane at the end of its window.</param>
    /// <param name="time">The windows.</param>
    public RepeatedLanes(Action<LaneSignal> again, TimeProvider time)
    {
        _again = again;
        _windowEnd = time.CreateTimer(_ => EndWindow(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <returns>Whether the signal is told later, so that nobody needs to tell it now.</returns>
    public bool TryHold(LaneSignal signal)
    {
        lock (_lock)
        {
            if (_isOver)
                return false;
            if (_told.Count == 0)
                _windowEnd.Change(Window, Timeout.InfiniteTimeSpan);
            var times = _told.GetValueOrDefault(signal.Lane) + 1;
            _told[signal.Lane] = times;
            if (times <= Often)
                return false;
            KeepEarliest(_held, signal);
            return true;
        }
    }

    /// <summary>Tells what is held, and holds nothing more: nobody must wait for a process that ends.</summary>
    public void Dispose()
    {
        lock (_lock)
            _isOver = true;
        _windowEnd.Dispose();
        EndWindow();
    }

    public static void KeepEarliest(Dictionary<LaneId, LaneSignal> signals, LaneSignal signal)
    {
        if (!signals.TryGetValue(signal.Lane, out var known) || signal.ReadyAt < known.ReadyAt)
            signals[signal.Lane] = signal;
    }

    private void EndWindow()
    {
        LaneSignal[] held;
        lock (_lock)
        {
            held = [.. _held.Values];
            _held.Clear();
            _told.Clear();
        }

        foreach (var signal in held)
            _again(signal);
    }
}
