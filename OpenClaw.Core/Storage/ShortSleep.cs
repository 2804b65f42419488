using System.Runtime.InteropServices;

namespace OpenClaw.Core.Storage;

/// <summary>
/// A sleep shorter than a millisecond, which <see cref="Thread.Sleep(TimeSpan)"/> rounds down to none: waiting for another process's commit
/// would then burn the very processor that it needs.
/// </summary>
internal static class ShortSleep
{
    public static void For(TimeSpan duration)
    {
        if (OperatingSystem.IsWindows())
            Thread.Sleep(1);
        else
            _ = Usleep((uint)duration.TotalMicroseconds);
    }

    [DllImport("libc", EntryPoint = "usleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Usleep(uint microseconds);
}
