using System.IO.Enumeration;
using Microsoft.Win32.SafeHandles;

namespace OpenClaw.Worker.Skills.Files;

/// <summary>
/// Walks by directory handles (openat with O_NOFOLLOW), so a folder that is swapped for a link between check and use is refused by the
/// kernel. Files are opened without blocking, which a FIFO would otherwise do for ever, and what was opened is checked once more
/// through /proc/self/fd.
/// </summary>
internal sealed class LinuxFileTree(string root) : IFileTree
{
    /// <inheritdoc />
    public FolderEntry Look(FilePath path)
    {
        if (path.Segments.Length == 0)
            return new(".", EntryKind.Folder, 0, default);

        using var parent = OpenParent(path);
        return Entry(parent, path);
    }

    /// <inheritdoc />
    public IReadOnlyList<FolderEntry> List(FilePath folder, int limit)
    {
        using var handle = OpenFolder(folder, folder.Segments.Length);
        // Through the handle: the path could lead elsewhere by now.
        var names = new FileSystemEnumerable<string>(
            LinuxCalls.PathOf(handle),
            (ref FileSystemEntry entry) => entry.FileName.ToString(),
            new EnumerationOptions { AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false });

        var entries = new List<FolderEntry>();
        try
        {
            foreach (var name in names)
            {
                if (entries.Count == limit)
                    break;
                // Deleted meanwhile, or a name that is not UTF-8.
                if (LinuxCalls.Stat(handle, name) is { } entry)
                    entries.Add(entry);
            }
        }
        catch (UnauthorizedAccessException)
        {
            throw FileTree.NoAccess(folder);
        }

        return entries;
    }

    /// <inheritdoc />
    public SafeFileHandle Open(FilePath file)
    {
        if (file.Segments.Length == 0)
            throw FileTree.NotFile(file);

        using var parent = OpenParent(file);
        CheckIsFile(Entry(parent, file), file);
        var handle = LinuxCalls.OpenFile(parent, file.Segments[^1]) ?? throw FileTree.NoAccess(file);
        try
        {
            // Asked of the handle this time: the entry may have been replaced since.
            CheckIsFile(LinuxCalls.Stat(handle, "") ?? throw FileTree.NoAccess(file), file);
            CheckIsBelowRoot(handle);
            return handle;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static void CheckIsFile(FolderEntry entry, FilePath file)
    {
        if (entry.Kind != EntryKind.File)
        {
            throw entry.Kind switch
            {
                EntryKind.Folder => FileTree.NotFile(file),
                EntryKind.Link => FileTree.IsLink(file),
                _ => FileTree.IsSpecial(file),
            };
        }
    }

    private void CheckIsBelowRoot(SafeFileHandle handle)
    {
        using var top = OpenRoot();
        if (LinuxCalls.RealPathOf(top) is not { } realRoot || LinuxCalls.RealPathOf(handle) is not { } real || !FileTree.IsBelow(realRoot, real))
            throw FileTree.Escaped();
    }

    private static FolderEntry Entry(SafeFileHandle parent, FilePath path) =>
        LinuxCalls.Stat(parent, path.Segments[^1]) ?? throw FileTree.NotFound(path);

    private SafeFileHandle OpenParent(FilePath path) => OpenFolder(path, path.Segments.Length - 1);

    private SafeFileHandle OpenFolder(FilePath path, int depth)
    {
        var handle = OpenRoot();
        foreach (var name in path.Segments.AsSpan(0, depth))
        {
            using var parent = handle;
            handle = LinuxCalls.OpenFolder(parent, name) ?? throw WhyNot(parent, name, path);
        }

        return handle;
    }

    private SafeFileHandle OpenRoot() =>
        LinuxCalls.OpenFolder(root) ?? throw new DirectoryNotFoundException("A person's folder is missing, or is a link.");

    private static SkillException WhyNot(SafeFileHandle parent, string name, FilePath path) => LinuxCalls.Stat(parent, name)?.Kind switch
    {
        null => FileTree.NotFound(path),
        EntryKind.Link => FileTree.IsLink(path),
        EntryKind.Folder => FileTree.NoAccess(path),
        _ => FileTree.NotFolder(path),
    };
}
