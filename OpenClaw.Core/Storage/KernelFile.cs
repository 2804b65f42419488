using OpenClaw.Core.Configuration;

namespace OpenClaw.Core.Storage;

/// <summary>
/// The Gateway's kernel as a plain file beside the database: a process on another machine must find out before it opens SQLite's files, because
/// opening and closing them there may already damage what the Gateway writes.
/// </summary>
public sealed class KernelFile(DataDirectory directory, KernelId kernel)
{
    private string Path => System.IO.Path.Combine(directory.Root, "kernel.id");

    /// <summary>Notes the kernel of this process. For the Gateway alone.</summary>
    public void Write() => File.WriteAllText(Path, kernel.Value);

    /// <summary>Whether this process runs where the Gateway does, or no Gateway has been there yet.</summary>
    /// <exception cref="StartupException">The file cannot be read.</exception>
    public bool Fits()
    {
        try
        {
            return !File.Exists(Path) || string.Equals(File.ReadAllText(Path), kernel.Value, StringComparison.Ordinal);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"{Path} cannot be read: give this account the rights of the Gateway's.", error);
        }
    }
}
