using System.Diagnostics;

namespace OpenClaw.Benchmarks.Load.Traffic;

/// <summary>A set of durations and its percentiles.</summary>
internal sealed class Latencies
{
    private readonly long[] _sorted;

    /// <param name="ticks">Stopwatch ticks.</param>
    public Latencies(IEnumerable<long> ticks)
    {
        _sorted = [.. ticks];
        Array.Sort(_sorted);
    }

    /// <summary>How many durations there are.</summary>
    public int Count => _sorted.Length;

    /// <summary>The given percentile (0 to 100, nearest rank) in milliseconds; not a number when the set is empty.</summary>
    public double Milliseconds(double percentile)
    {
        if (_sorted.Length == 0)
        {
            return double.NaN;
        }

        var rank = (int)Math.Ceiling(percentile / 100 * _sorted.Length) - 1;
        return Stopwatch.GetElapsedTime(0, _sorted[Math.Clamp(rank, 0, _sorted.Length - 1)]).TotalMilliseconds;
    }
}
