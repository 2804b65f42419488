using System.Globalization;

namespace OpenClaw.Worker.Skills.Files;

/// <param name="Path">Where, from the root.</param>
/// <param name="Entry">What.</param>
internal readonly record struct Found(FilePath Path, FolderEntry Entry);

/// <summary>Goes through a folder in alphabetical order, each folder before what it holds; bounded in number and depth.</summary>
internal sealed class FileWalk(IFileTree tree, bool isRecursive)
{
    private const int MostEntries = 10_000;
    private const int Deepest = 16;

    private int _left = MostEntries;

    /// <summary>Whether a bound was hit, so that there may be more than was told.</summary>
    public bool IsCut { get; private set; }

    /// <summary>Everything in <paramref name="folder"/>; links and special files are told, never entered.</summary>
    public IEnumerable<Found> Through(FilePath folder, CancellationToken cancellationToken) => Through(folder, 0, cancellationToken);

    private IEnumerable<Found> Through(FilePath folder, int depth, CancellationToken cancellationToken)
    {
        foreach (var entry in Entries(folder, depth))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var path = folder.Child(entry.Name);
            yield return new(path, entry);
            if (!isRecursive || entry.Kind != EntryKind.Folder)
                continue;

            if (depth == Deepest)
            {
                IsCut = true;
                continue;
            }

            foreach (var inner in Through(path, depth + 1, cancellationToken))
                yield return inner;
        }
    }

    private IEnumerable<FolderEntry> Entries(FilePath folder, int depth)
    {
        if (_left == 0)
        {
            IsCut = true;
            return [];
        }

        IReadOnlyList<FolderEntry> entries;
        try
        {
            entries = tree.List(folder, _left);
        }
        catch (SkillException) when (depth > 0)
        {
            // A folder that went away or is closed to us does not end the walk of the others.
            return [];
        }

        _left -= entries.Count;
        IsCut |= _left == 0;
        return entries.OrderBy(entry => entry.Name, StringComparer.OrdinalIgnoreCase).ThenBy(entry => entry.Name, StringComparer.Ordinal);
    }

    /// <summary>A size as people read it: <c>640 B</c>, <c>1.2 KB</c>.</summary>
    public static string Size(long bytes) => bytes switch
    {
        < 1_024 => string.Create(CultureInfo.InvariantCulture, $"{bytes} B"),
        < 1_024 * 1_024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1_024d:0.#} KB"),
        < 1_024L * 1_024 * 1_024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1_024d * 1_024):0.#} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1_024d * 1_024 * 1_024):0.#} GB"),
    };
}
