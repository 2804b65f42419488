using System.ComponentModel;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.AI;

namespace OpenClaw.Worker.Skills.Files;

/// <summary>
/// <c>list_files</c>: a line an entry, alphabetical, folders with a trailing slash, times in the person's zone:
/// <code>
/// 2 entries in .
/// docs/
/// nota.txt (1.2 KB, 2026-11-22 10:51)
/// </code>
/// </summary>
internal sealed class ListFilesSkill(IPersonFiles files) : ISkill
{
    /// <summary>The function's name.</summary>
    public const string Name = "list_files";

    private const int MostLines = 200;

    /// <inheritdoc />
    public AIFunction Function => field ??= SkillFunction.Create(
        List, Name, "Lists the person's own files and folders with sizes and times.");

    /// <inheritdoc />
    public SkillEffect Effect => SkillEffect.Read;

    /// <inheritdoc />
    public TimeSpan Timeout => TimeSpan.FromSeconds(15);

    /// <inheritdoc />
    public int OutputLimit => 12_000;

    private string List(
        SkillContext context,
        [Description("Folder, relative to the person's own, for example docs/2026. Left out: the top folder.")] string? path = null,
        [Description("Whether to list what is inside the folders too.")] bool recursive = false,
        CancellationToken cancellationToken = default)
    {
        var folder = FilePath.Parse(path);
        var walk = new FileWalk(FileTree.At(files.RootFor(context.Person)), recursive);
        var lines = new StringBuilder();
        var count = 0;
        foreach (var found in walk.Through(folder, cancellationToken))
        {
            if (++count <= MostLines)
                lines.Append('\n').Append(Line(found, folder, context.TimeZone));
        }

        var shown = folder.ToString();
        if (count == 0)
            return $"The folder {shown} is empty.";

        if (count > MostLines || walk.IsCut)
            lines.Append(CultureInfo.InvariantCulture, $"\n[{More(count - MostLines, walk.IsCut)}more entries not shown; list a folder inside]");
        return string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? "entry" : "entries")} in {shown}{lines}");
    }

    private static string More(int count, bool isCut) =>
        count <= 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{(isCut ? "at least " : "")}{count} ");

    private static string Line(Found found, FilePath folder, TimeZoneInfo zone)
    {
        var name = SkillText.OneLine(string.Join('/', found.Path.Segments.Skip(folder.Segments.Length)));
        return found.Entry.Kind switch
        {
            EntryKind.Folder => name + "/",
            EntryKind.Link => name + " (link, not followed)",
            EntryKind.Special => name + " (special file)",
            _ => string.Create(CultureInfo.InvariantCulture,
                $"{name} ({FileWalk.Size(found.Entry.Length)}, {TimeZoneInfo.ConvertTime(found.Entry.Modified, zone):yyyy-MM-dd HH:mm})"),
        };
    }
}
