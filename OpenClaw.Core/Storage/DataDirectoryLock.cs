using Microsoft.Extensions.Configuration;
using OpenClaw.Core.Configuration;

namespace OpenClaw.Core.Storage;

/// <summary>
/// One all-in-one process per data directory: it alone schedules the lanes there. The operating system gives the lock back when the
/// process dies, however it dies.
/// </summary>
public sealed class DataDirectoryLock : IDisposable
{
    private readonly FileStream _file;

    /// <summary>Takes the lock.</summary>
    /// <exception cref="StartupException">Another process has it.</exception>
    public DataDirectoryLock(DataDirectory directory) => _file = Take(
        Path.Combine(directory.Root, "openclaw.lock"),
        $"Another OpenClaw already uses the data directory {directory.Root}: stop it, or set Storage__DataDirectory to another folder for this one.");

    /// <inheritdoc />
    public void Dispose() => _file.Dispose();

    internal static FileStream Take(string path, string sentence)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException error)
        {
            throw new StartupException(sentence, error);
        }
    }
}

/// <summary>The same for the database file itself, which a connection string may put outside the data directory.</summary>
public sealed class DatabaseLock : IDisposable
{
    private readonly FileStream _file;

    /// <summary>Takes the lock.</summary>
    /// <exception cref="StartupException">Another process has it.</exception>
    public DatabaseLock(DataDirectory directory, IConfiguration configuration)
    {
        var file = Path.GetFullPath(CoreServices.DataSource(configuration, "openclaw", directory.DatabaseFile));
        _file = DataDirectoryLock.Take(
            file + ".lock", $"Another OpenClaw already uses the database {file}: stop it, or set ConnectionStrings__openclaw to another file for this one.");
    }

    /// <inheritdoc />
    public void Dispose() => _file.Dispose();
}
