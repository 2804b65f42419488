namespace OpenClaw.Benchmarks.Load.Processes;

/// <summary>Runs the Gateway under strace and counts the syncs it has asked the disk for.</summary>
internal static class SyncTrace
{
    /// <summary>
    /// The tracer's command for a run in <paramref name="folder"/>: one line a sync, written as it happens, so that phases can be told
    /// apart (strace's own <c>-c</c> tells one sum at the end). The filter runs in the kernel, so other calls are not slowed down.
    /// </summary>
    public static IReadOnlyList<string> Command(string folder) =>
        ["strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=fdatasync,fsync", "-e", "signal=none", "-o", FileOf(folder)];

    /// <summary>How many syncs were begun so far.</summary>
    public static int Count(string folder)
    {
        using var reader = new StreamReader(new FileStream(FileOf(folder), FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        var count = 0;
        while (reader.ReadLine() is { } line)
        {
            // A call that another thread interrupts has a second line, "<... fdatasync resumed>".
            count += line.Contains("sync(", StringComparison.Ordinal) ? 1 : 0;
        }

        return count;
    }

    private static string FileOf(string folder) => Path.Combine(folder, "syncs.txt");
}
