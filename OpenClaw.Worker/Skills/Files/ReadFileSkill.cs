using System.ComponentModel;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.AI;

namespace OpenClaw.Worker.Skills.Files;

/// <summary>
/// <c>read_file</c>: a header, then the lines as they are:
/// <code>
/// docs/nota.txt: lines 1-2 of 2, UTF-8
/// first
/// second
/// </code>
/// Streams, so the file may be of any size; the text told is bounded and says where to go on.
/// </summary>
internal sealed class ReadFileSkill(IPersonFiles files) : ISkill
{
    /// <summary>The function's name.</summary>
    public const string Name = "read_file";

    private const int MostCharacters = 14_000;
    private const int LongestLine = 2_000;

    // Lines beyond are not counted; the header then says "at least".
    private const long CountLimit = 256 * 1024 * 1024;

    /// <inheritdoc />
    public AIFunction Function => field ??= SkillFunction.Create(
        Read, Name, "Reads one of the person's own text files, whole or a range of lines.");

    /// <inheritdoc />
    public SkillEffect Effect => SkillEffect.Read;

    /// <inheritdoc />
    public TimeSpan Timeout => TimeSpan.FromSeconds(20);

    /// <inheritdoc />
    public int OutputLimit => 16_000;

    private string Read(
        SkillContext context,
        [Description("File, relative to the person's own folder, for example docs/nota.txt.")] string path,
        [Description("First line to read, from 1.")] int? start_line = null,
        [Description("Last line to read.")] int? end_line = null,
        CancellationToken cancellationToken = default)
    {
        var first = start_line ?? 1;
        var last = end_line ?? int.MaxValue;
        if (first < 1)
            throw SkillException.Refused("The parameter 'start_line' counts from 1.", "bad_argument");
        if (last < first)
            throw SkillException.Refused("The parameter 'end_line' must not be less than 'start_line'.", "bad_argument");

        var file = FilePath.Parse(path);
        using var text = FileText.Open(FileTree.At(files.RootFor(context.Person)), file, cancellationToken)
            ?? throw SkillException.Refused($"{SkillText.Quote(file.ToString())} is not a text file (an image, PDF, archive or program?).", "binary_file");
        return Told(file, text, first, last, cancellationToken);
    }

    private static string Told(FilePath file, FileText text, int first, int last, CancellationToken cancellationToken)
    {
        var lines = new BoundedLines(text.Reader, LongestLine);
        var body = new StringBuilder();
        long lastTold = 0;
        var isFull = false;
        while (text.Position < CountLimit || (!isFull && lines.Number < last))
        {
            var isWanted = !isFull && lines.Number + 1 >= first && lines.Number < last;
            if (!lines.Next(isWanted, cancellationToken))
                return Header(file, text, first, last, lastTold, lines.Number, isExact: true) + body + MoreNote(isFull, lastTold);
            if (!isWanted)
                continue;

            isFull = body.Length + lines.Line.Length > MostCharacters;
            if (isFull)
                continue;

            body.Append('\n').Append(lines.Line).Append(lines.IsCut ? " [line cut]" : "");
            lastTold = lines.Number;
        }

        return Header(file, text, first, last, lastTold, lines.Number, isExact: false) + body + MoreNote(isFull, lastTold);
    }

    private static string Header(FilePath file, FileText text, int first, int last, long lastTold, long total, bool isExact)
    {
        if (total == 0)
            return $"{file}: empty";
        if (lastTold == 0)
        {
            throw SkillException.Refused(string.Create(CultureInfo.InvariantCulture,
                $"{SkillText.Quote(file.ToString())} has only {total} {(total == 1 ? "line" : "lines")}."), "beyond_end");
        }

        return string.Create(CultureInfo.InvariantCulture,
            $"{file}: lines {first}-{lastTold} of {(isExact ? "" : "at least ")}{total}, {text.Kind.Name}");
    }

    private static string MoreNote(bool isFull, long lastTold) =>
        isFull ? string.Create(CultureInfo.InvariantCulture, $"\n[more: read on with start_line {lastTold + 1}]") : "";
}
