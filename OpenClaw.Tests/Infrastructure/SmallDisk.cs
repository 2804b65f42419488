using System.Diagnostics;

namespace OpenClaw.Tests.Infrastructure;

/// <summary>A folder on a file system of its own, that can be filled to the last byte. Mounted, so it takes Linux and root.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SmallDisk(int megabytes)
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess || !Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", _folder.Path))
        {
            _folder.Dispose();
            Skip.If(true, "No file system may be mounted here.");
        }
    }

    public string Path => _folder.Path;

    private string Filler => System.IO.Path.Combine(Path, "filler");

    public void Fill()
    {
        using var file = new FileStream(Filler, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        // The largest pieces first, or the last bytes would stay free.
        for (var piece = 1024 * 1024; piece > 0; piece /= 2)
            WriteUntilFull(file, piece);
    }

    public void MakeRoom() => File.Delete(Filler);

    public void Dispose()
    {
        // A process that is still ending may have a file open.
        Run("umount", "--lazy", Path);
        _folder.Dispose();
    }

    private static void WriteUntilFull(FileStream file, int piece)
    {
        var bytes = new byte[piece];
        try
        {
            while (true)
                file.Write(bytes);
        }
        catch (IOException)
        {
            // No space left on device.
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
