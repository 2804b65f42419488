using Microsoft.Win32.SafeHandles;

namespace OpenClaw.Worker.Skills.Files;

/// <summary>What a directory entry is.</summary>
internal enum EntryKind
{
    /// <summary>A regular file.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A symbolic link or reparse point; never followed.</summary>
    Link,

    /// <summary>FIFO, socket or device; never opened.</summary>
    Special,
}

/// <param name="Name">Name in its folder.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Length">Bytes; 0 for what is not a file.</param>
/// <param name="Modified">Last change.</param>
internal sealed record FolderEntry(string Name, EntryKind Kind, long Length, DateTimeOffset Modified);

/// <summary>
/// One person's files. Nothing here follows a link or leaves the root, also when the tree changes meanwhile. Every method throws
/// <see cref="SkillException"/>: <c>not_found</c>, <c>link</c>, <c>special_file</c>, <c>not_a_folder</c>, <c>not_a_file</c>, <c>no_access</c>.
/// </summary>
internal interface IFileTree
{
    /// <summary>What lies at <paramref name="path"/>. A link as the last part is told as such; one on the way is refused.</summary>
    FolderEntry Look(FilePath path);

    /// <summary>The entries of a folder, unsorted, at most <paramref name="limit"/>.</summary>
    IReadOnlyList<FolderEntry> List(FilePath folder, int limit);

    /// <summary>Opens a regular file for reading.</summary>
    SafeFileHandle Open(FilePath file);
}

/// <summary>Makes the tree for this system and words what can go wrong in one.</summary>
internal static class FileTree
{
    /// <summary>The tree at <paramref name="root"/>, an existing folder.</summary>
    public static IFileTree At(string root) =>
        OperatingSystem.IsLinux() && Directory.Exists("/proc/self/fd") ? new LinuxFileTree(root) : new PortableFileTree(root);

    public static SkillException NotFound(FilePath path) =>
        SkillException.Failed($"There is nothing at {SkillText.Quote(path.ToString())}.", "not_found");

    public static SkillException IsLink(FilePath path) =>
        SkillException.Refused($"{SkillText.Quote(path.ToString())} is a link, and links are not followed.", "link");

    public static SkillException IsSpecial(FilePath path) =>
        SkillException.Refused($"{SkillText.Quote(path.ToString())} is not a regular file.", "special_file");

    public static SkillException NotFolder(FilePath path) =>
        SkillException.Failed($"{SkillText.Quote(path.ToString())} is not a folder.", "not_a_folder");

    public static SkillException NotFile(FilePath path) =>
        SkillException.Failed($"{SkillText.Quote(path.ToString())} is a folder, not a file.", "not_a_file");

    public static SkillException NoAccess(FilePath path) =>
        SkillException.Failed($"{SkillText.Quote(path.ToString())} cannot be opened.", "no_access");

    public static SkillException Escaped() =>
        SkillException.Refused("That path leads out of your folder.", "outside_root");

    /// <summary>Whether <paramref name="path"/> lies below <paramref name="root"/>; both absolute and free of links. A sibling that begins alike does not.</summary>
    public static bool IsBelow(string root, string path) =>
        path.Length > root.Length + 1 && path.StartsWith(root, StringComparison.Ordinal)
        && (path[root.Length] == '/' || root.EndsWith('/'));
}
