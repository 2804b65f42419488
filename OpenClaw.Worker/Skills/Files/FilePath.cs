using System.Buffers;
using System.Text.RegularExpressions;

namespace OpenClaw.Worker.Skills.Files;

/// <summary>
/// A path below a person's root that has passed the lexical rules: no segment leads up, none is absolute, a drive or a stream.
/// What lies there (links, devices) is for <see cref="IFileTree"/> to judge.
/// </summary>
internal sealed partial class FilePath
{
    private const int LongestPath = 1_024;
    private const int LongestName = 255;
    private const int MostSegments = 32;

    private static readonly SearchValues<char> WindowsReserved = SearchValues.Create(":<>|?*\"");

    private FilePath(string[] segments) => Segments = segments;

    /// <summary>The root itself.</summary>
    public static FilePath Root { get; } = new([]);

    /// <summary>Names from the root down; empty for the root.</summary>
    public string[] Segments { get; }

    /// <summary>Reads what the model wrote; nothing and <c>.</c> mean the root. Throws <see cref="SkillException"/> (refused).</summary>
    public static FilePath Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text))
            return Root;
        if (text.Length > LongestPath)
            throw Refused("The path is too long.", "path_too_long");
        if (!SkillText.IsWellFormed(text) || text.Any(char.IsControl))
            throw Refused("The path contains control characters.", "path_characters");
        if (text.Contains('\\', StringComparison.Ordinal))
            throw Refused("Paths are written with '/', not with a backslash.", "path_characters");
        if (text[0] == '/' || DrivePattern().IsMatch(text))
            throw Outside();

        var segments = text.Split('/').Where(segment => segment.Length > 0 && segment != ".").ToArray();
        if (segments.Length > MostSegments)
            throw Refused("The path has too many folders.", "path_too_long");

        foreach (var segment in segments)
            Check(segment);
        return segments.Length == 0 ? Root : new(segments);
    }

    /// <summary>The entry <paramref name="name"/> of this folder, a name that the file system gave.</summary>
    public FilePath Child(string name) => new([.. Segments, name]);

    /// <summary>Relative, with <c>/</c>, on one line; the root is <c>.</c>.</summary>
    public override string ToString() => Segments.Length == 0 ? "." : SkillText.OneLine(string.Join('/', Segments));

    private static void Check(string segment)
    {
        // Windows drops trailing dots and blanks, so ".. " and "..." are ".." in disguise there.
        if (segment.Length >= 2 && segment.AsSpan().Trim(" .").IsEmpty && segment.Contains('.', StringComparison.Ordinal))
            throw Outside();
        if (segment.Length > LongestName)
            throw Refused("A name in the path is too long.", "path_too_long");
        if (OperatingSystem.IsWindows() && (segment.AsSpan().ContainsAny(WindowsReserved) || segment[^1] is ' ' or '.' || DevicePattern().IsMatch(segment)))
            throw Refused("The path contains a name that Windows reserves.", "path_characters");
    }

    private static SkillException Outside() =>
        Refused("Only paths inside your own folder are allowed: relative ones, without '..'.", "outside_root");

    private static SkillException Refused(string text, string detail) => SkillException.Refused(text, detail);

    [GeneratedRegex("^[A-Za-z]:", RegexOptions.CultureInvariant, 100)]
    private static partial Regex DrivePattern();

    [GeneratedRegex(@"^(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\.|$)", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, 100)]
    private static partial Regex DevicePattern();
}
