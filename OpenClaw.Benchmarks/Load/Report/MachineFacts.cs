using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using OpenClaw.Benchmarks.Load.Traffic;

namespace OpenClaw.Benchmarks.Load.Report;

/// <summary>What the figures depend on: printed above every table, because a figure without its machine says nothing.</summary>
internal static class MachineFacts
{
    private const int Probes = 200;

    public static void Print(TextWriter output, string dataFolder)
    {
        var syncs = ProbeSync(dataFolder);
        output.WriteLine($"cores   {System.Environment.ProcessorCount} ({FirstLine("/proc/cpuinfo", "model name")})");
        output.WriteLine($"memory  {FirstLine("/proc/meminfo", "MemTotal")}");
        output.WriteLine($"kernel  {RuntimeInformation.OSDescription}, {RuntimeInformation.ProcessArchitecture}");
        output.WriteLine($"runtime {RuntimeInformation.FrameworkDescription}");
        output.WriteLine($"load    {ReadOrUnknown("/proc/loadavg")}");
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"disk    {DiskFormat(dataFolder)} at {dataFolder}: write 4 KB + fsync p50 {syncs.Milliseconds(50):F2} ms, p99 {syncs.Milliseconds(99):F2} ms"));
    }

    private static Latencies ProbeSync(string folder)
    {
        var path = Path.Combine(folder, "openclaw-sync-probe-" + Guid.NewGuid().ToString("N"));
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.DeleteOnClose);
        var block = new byte[4096];
        var ticks = new long[Probes];
        for (var i = 0; i < Probes; i++)
        {
            var start = Stopwatch.GetTimestamp();
            RandomAccess.Write(file, block, (long)i * block.Length);
            RandomAccess.FlushToDisk(file);
            ticks[i] = Stopwatch.GetTimestamp() - start;
        }

        return new Latencies(ticks);
    }

    private static string DiskFormat(string folder) =>
        DriveInfo.GetDrives()
            .Where(d => folder.StartsWith(d.RootDirectory.FullName, StringComparison.Ordinal))
            .OrderByDescending(d => d.RootDirectory.FullName.Length)
            .FirstOrDefault()?.DriveFormat ?? "unknown file system";

    private static string FirstLine(string path, string key) =>
        File.Exists(path) && File.ReadLines(path).FirstOrDefault(l => l.StartsWith(key, StringComparison.Ordinal)) is { } line
            ? line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim()
            : "unknown";

    private static string ReadOrUnknown(string path) => File.Exists(path) ? File.ReadAllText(path).Trim() : "unknown";
}
