using System.Diagnostics;
using System.Globalization;

namespace OpenClaw.Benchmarks.Load.Report;

/// <summary>
/// How much of the machine others took during a run (other processes and, on a virtual machine, its host): without it a bad figure of a
/// busy machine looks like a bad Gateway.
/// </summary>
internal sealed class ForeignCpu
{
    // Linux counts both files in ticks of 10 ms.
    private const double TicksPerSecond = 100;

    private readonly long _startedAt = Stopwatch.GetTimestamp();
    private readonly long _othersBefore = OthersTicks();

    /// <summary>Percent of all cores since this object was made. Every child must have been waited for.</summary>
    public double Percent() =>
        Math.Max(0, OthersTicks() - _othersBefore) / TicksPerSecond / Stopwatch.GetElapsedTime(_startedAt).TotalSeconds / Environment.ProcessorCount * 100;

    // All busy time less our own and that of our children that have ended.
    private static long OthersTicks()
    {
        // cpu  user nice system idle iowait irq softirq steal guest guest_nice (guest is in user already)
        var all = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var busy = new[] { 1, 2, 3, 6, 7, 8 }.Sum(i => Number(all[i]));
        // After the name in brackets: state is field 3; utime, stime, cutime, cstime are 14 to 17.
        var stat = File.ReadAllText("/proc/self/stat");
        var own = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return busy - own[11..15].Sum(Number);
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
