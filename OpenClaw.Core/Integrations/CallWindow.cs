namespace OpenClaw.Core.Integrations;

/// <summary>How many calls succeeded and failed lately, in ten slices of the sampling duration. Not safe for threads: its owner locks.</summary>
internal sealed class CallWindow(TimeSpan duration, TimeProvider time)
{
    private const int Slices = 10;
    private readonly TimeSpan _slice = duration / Slices;
    private readonly (long Slice, int Succeeded, int Failed)[] _counts = new (long, int, int)[Slices];
    private readonly long _start = time.GetTimestamp();

    public void Add(bool failed)
    {
        var now = Now();
        ref var count = ref _counts[now % Slices];
        if (count.Slice != now)
            count = (now, 0, 0);
        if (failed)
            count.Failed++;
        else
            count.Succeeded++;
    }

    public (int Calls, int Failed) Sum()
    {
        var oldest = Now() - Slices;
        var (calls, failed) = (0, 0);
        foreach (var count in _counts)
        {
            if (count.Slice <= oldest)
                continue;
            calls += count.Succeeded + count.Failed;
            failed += count.Failed;
        }

        return (calls, failed);
    }

    public void Clear() => Array.Clear(_counts);

    // Counted from Slices on, so that a cleared entry (slice 0) is old at once.
    private long Now() => Slices + (time.GetElapsedTime(_start).Ticks / _slice.Ticks);
}
