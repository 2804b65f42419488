using System.Security;
using Microsoft.Win32.SafeHandles;

namespace OpenClaw.Worker.Skills.Files;

/// <summary>
/// The same rules with what .NET offers on every system: each part of the path is looked at before use, and again after opening.
/// Weaker than <see cref="LinuxFileTree"/> only against somebody who swaps folders in between.
/// </summary>
internal sealed class PortableFileTree(string root) : IFileTree
{
    /// <inheritdoc />
    public FolderEntry Look(FilePath path)
    {
        CheckWay(path);
        return path.Segments.Length == 0 ? new(".", EntryKind.Folder, 0, default) : EntryAt(FullPath(path)) ?? throw FileTree.NotFound(path);
    }

    /// <inheritdoc />
    public IReadOnlyList<FolderEntry> List(FilePath folder, int limit)
    {
        CheckKind(folder, EntryKind.Folder);
        try
        {
            return
            [
                .. new DirectoryInfo(FullPath(folder))
                    .EnumerateFileSystemInfos("*", new EnumerationOptions { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false })
                    .Select(EntryOf).OfType<FolderEntry>().Take(limit),
            ];
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException or SecurityException)
        {
            throw FileTree.NoAccess(folder);
        }
    }

    /// <inheritdoc />
    public SafeFileHandle Open(FilePath file)
    {
        CheckKind(file, EntryKind.File);
        // .NET cannot tell a FIFO, which hangs when opened; like every such thing it has no length.
        if (Look(file).Length == 0)
            throw FileTree.IsSpecial(file);

        SafeFileHandle handle;
        try
        {
            handle = File.OpenHandle(FullPath(file), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw FileTree.NoAccess(file);
        }

        try
        {
            CheckKind(file, EntryKind.File);
            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private void CheckKind(FilePath path, EntryKind wanted)
    {
        var kind = Look(path).Kind;
        if (kind == wanted)
            return;

        throw kind switch
        {
            EntryKind.Link => FileTree.IsLink(path),
            EntryKind.Special => FileTree.IsSpecial(path),
            EntryKind.Folder => FileTree.NotFile(path),
            _ => FileTree.NotFolder(path),
        };
    }

    // The folders above the last part.
    private void CheckWay(FilePath path)
    {
        var current = root;
        if (EntryAt(root) is not { Kind: EntryKind.Folder })
            throw new DirectoryNotFoundException("A person's folder is missing, or is a link.");

        foreach (var name in path.Segments.AsSpan(0, Math.Max(0, path.Segments.Length - 1)))
        {
            current = Path.Combine(current, name);
            var entry = EntryAt(current) ?? throw FileTree.NotFound(path);
            if (entry.Kind != EntryKind.Folder)
                throw entry.Kind == EntryKind.Link ? FileTree.IsLink(path) : FileTree.NotFolder(path);
        }
    }

    private string FullPath(FilePath path) => Path.Combine([root, .. path.Segments]);

    private static FolderEntry? EntryAt(string path)
    {
        var info = new FileInfo(path);
        // A FileInfo tells the attributes of whatever is there; -1 means nothing is.
        return EntryOf(info.Attributes.HasFlag(FileAttributes.Directory) && (int)info.Attributes != -1 ? new DirectoryInfo(path) : info);
    }

    private static FolderEntry? EntryOf(FileSystemInfo info)
    {
        var attributes = info.Attributes;
        if ((int)attributes == -1)
            return null;

        var kind = attributes.HasFlag(FileAttributes.ReparsePoint) ? EntryKind.Link
            : attributes.HasFlag(FileAttributes.Directory) ? EntryKind.Folder
            : attributes.HasFlag(FileAttributes.Device) ? EntryKind.Special
            : EntryKind.File;
        return new(info.Name, kind, kind == EntryKind.File ? ((FileInfo)info).Length : 0, new DateTimeOffset(info.LastWriteTimeUtc));
    }
}
