using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Configuration;

namespace OpenClaw.Core.Storage;

/// <summary>Where data lies on this machine. Section <c>Storage</c>.</summary>
public sealed class StorageOptions
{
    /// <summary>
    /// Folder of the SQLite files, keys, backups and people's files. A relative path is taken from the nearest ancestor of the
    /// content root that holds OpenClaw.sln, else from the content root. Default <c>data</c>.
    /// </summary>
    public string DataDirectory { get; set; } = "data";
}

internal sealed class StorageOptionsValidator : IValidateOptions<StorageOptions>
{
    public ValidateOptionsResult Validate(string? name, StorageOptions options) => string.IsNullOrWhiteSpace(options.DataDirectory)
        ? ValidateOptionsResult.Fail("Storage__DataDirectory must name a folder, for example data or /var/lib/openclaw.")
        : ValidateOptionsResult.Success;
}

/// <summary>The data directory: exists, is writable; a new one only this account may enter, an existing one keeps its mode.</summary>
public sealed class DataDirectory
{
    /// <summary>Creates the folder when needed and proves that it can be written.</summary>
    /// <exception cref="StartupException">It cannot be created or written.</exception>
    public DataDirectory(IOptions<StorageOptions> options, IHostEnvironment environment)
    {
        Root = Path.GetFullPath(options.Value.DataDirectory, BaseFor(environment.ContentRootPath));
        try
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(Root);
            else
                Directory.CreateDirectory(Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            Probe(Path.Combine(Root, ".probe-" + Path.GetRandomFileName()));
        }
        catch (IOException error) when (FullDisk.RoomIn(Root) < FullDisk.LeastRoom)
        {
            throw new StartupException($"The disk of the data directory {Root} is full: make room, then start again. Nothing was changed.", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The data directory {Root} cannot be written: make it writable for this account or set Storage__DataDirectory to a folder that is.", error);
        }
    }

    /// <summary>Full path.</summary>
    public string Root { get; }

    /// <summary>The main SQLite file.</summary>
    public string DatabaseFile => Path.Combine(Root, "openclaw.db");

    /// <summary>The SQLite file of the data keys.</summary>
    public string KeysFile => Path.Combine(Root, "keys.db");

    /// <summary>People's files, one folder each.</summary>
    public string FilesDirectory => Path.Combine(Root, "files");

    private static void Probe(string file)
    {
        try
        {
            File.WriteAllText(file, "probe");
        }
        finally
        {
            // On a full disk the file is there without what was to be in it.
            File.Delete(file);
        }
    }

    private static string BaseFor(string contentRoot)
    {
        for (var folder = new DirectoryInfo(contentRoot); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "OpenClaw.sln")))
                return folder.FullName;
        }

        return contentRoot;
    }
}
