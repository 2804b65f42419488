using System.Globalization;

namespace OpenClaw.Benchmarks.Load.Processes;

/// <summary>What <c>/proc</c> tells about a process.</summary>
internal static class ProcessFacts
{
    // Linux counts processor time in ticks of 10 ms.
    private const double TicksPerSecond = 100;

    public static bool Exists(int id) => Directory.Exists($"/proc/{id}");

    /// <summary>VmRSS in megabytes (10^6 bytes).</summary>
    public static double ResidentMegabytes(int id)
    {
        var line = File.ReadLines($"/proc/{id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line["VmRSS:".Length..^"kB".Length], CultureInfo.InvariantCulture) * 1024 / 1_000_000;
    }

    /// <summary>Processor seconds so far of a process, its living descendants and its children that have ended.</summary>
    public static double ProcessorSeconds(int id) =>
        DescendantsOf(id).Append(id).Sum(i => Stat(i) is { } stat ? stat[11..15].Sum(Number) : 0) / TicksPerSecond;

    /// <summary>Its living children, their children and so on.</summary>
    public static IEnumerable<int> DescendantsOf(int id)
    {
        var parents = Directory.EnumerateDirectories("/proc")
            .Select(d => int.TryParse(Path.GetFileName(d), NumberStyles.None, CultureInfo.InvariantCulture, out var found) ? found : 0)
            .Where(found => found > 0)
            .Select(found => (Id: found, Stat: Stat(found)))
            .Where(p => p.Stat is not null)
            .ToLookup(p => (int)Number(p.Stat![1]), p => p.Id);
        return Below(id);

        IEnumerable<int> Below(int parent) => parents[parent].SelectMany(child => Below(child).Prepend(child));
    }

    // From the field after the name in brackets on: state, parent, ...; utime, stime, cutime, cstime are at 11 to 14. Null = it is gone.
    private static string[]? Stat(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
