namespace OpenClaw.Core.Queue;

/// <summary>
/// How many messages came lately, and how many had to wait at once: over several windows, because those that wait for one commit are answered
/// together and come again together, and between two slow commits nothing comes at all. Not synchronised.
/// </summary>
/// <param name="window">Length of a window.</param>
/// <param name="time">Clock.</param>
internal sealed class StreamMeter(TimeSpan window, TimeProvider time)
{
    /// <summary>So many windows are looked at: 400 ms of 50 ms each.</summary>
    public const int Windows = 8;

    private readonly long _start = time.GetTimestamp();
    private readonly (int Messages, int Waiting)[] _ring = new (int, int)[Windows];
    private long _current;

    /// <summary>Counts one.</summary>
    /// <param name="messages">1 for a message, -1 for what tells that one of our own arrived.</param>
    /// <param name="waiting">How many wait now.</param>
    public void Add(int messages, int waiting)
    {
        Roll();
        ref var slot = ref _ring[_current % Windows];
        slot = (slot.Messages + messages, Math.Max(slot.Waiting, waiting));
    }

    /// <summary>Sum of the messages and the most that waited at once.</summary>
    public (int Messages, int Waiting) Look()
    {
        Roll();
        var (messages, waiting) = (0, 0);
        foreach (var slot in _ring)
            (messages, waiting) = (messages + slot.Messages, Math.Max(waiting, slot.Waiting));
        return (messages, waiting);
    }

    private void Roll()
    {
        var now = time.GetElapsedTime(_start) / window;
        var passed = (long)now - _current;
        for (var i = 1; i <= Math.Min(passed, Windows); i++)
            _ring[(_current + i) % Windows] = default;
        _current += Math.Max(0, passed);
    }
}
