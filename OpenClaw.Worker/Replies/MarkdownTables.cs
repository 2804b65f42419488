using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace OpenClaw.Worker.Replies;

/// <summary>
/// Pipe tables as lines that a phone can show: two columns become <c>a — b</c>, more become one small block a row, each value with its column's
/// name. The result is Markdown still.
/// </summary>
internal static partial class MarkdownTables
{
    private static readonly SearchValues<char> DelimiterCharacters = SearchValues.Create("|-: \t\r");

    public static string Flatten(string markdown)
    {
        if (!markdown.Contains('|', StringComparison.Ordinal) || !markdown.Contains('-', StringComparison.Ordinal))
            return markdown;

        var lines = markdown.Split('\n');
        var result = new List<string>(lines.Length);
        var fence = "";
        var found = false;
        for (var i = 0; i < lines.Length; i++)
        {
            fence = MarkdownPieces.FenceAfter(lines[i], fence);
            if (fence.Length > 0 || !IsTableAt(lines, i))
            {
                result.Add(lines[i]);
                continue;
            }

            found = true;
            var header = Cells(lines[i]);
            var rows = new List<List<string>>();
            for (i += 2; i < lines.Length && lines[i].Contains('|', StringComparison.Ordinal); i++)
                rows.Add(Cells(lines[i]));
            i--;
            Write(result, header, rows);
        }

        return found ? string.Join('\n', result) : markdown;
    }

    private static bool IsTableAt(string[] lines, int i) =>
        i + 1 < lines.Length
        && lines[i].Contains('|', StringComparison.Ordinal)
        && lines[i + 1].Contains('|', StringComparison.Ordinal)
        && !lines[i + 1].AsSpan().ContainsAnyExcept(DelimiterCharacters)
        && Cells(lines[i + 1]).TrueForAll(static cell => cell.AsSpan().Trim(':') is ['-', ..] dashes && !dashes.ContainsAnyExcept('-'))
        && Cells(lines[i]).Count == Cells(lines[i + 1]).Count;

    private static List<string> Cells(string line)
    {
        var row = line.AsSpan().Trim();
        if (row is ['|', ..])
            row = row[1..];
        var cells = new List<string>();
        var cell = new StringBuilder();
        var inCode = false;
        for (var i = 0; i < row.Length; i++)
        {
            if (row[i] == '\\' && i + 1 < row.Length && row[i + 1] == '|')
                cell.Append(row[++i]);
            else if (row[i] == '|' && !inCode)
                Take();
            else
            {
                inCode ^= row[i] == '`';
                cell.Append(row[i]);
            }
        }

        if (!cell.ToString().AsSpan().Trim().IsEmpty || cells.Count == 0)
            Take();
        return cells;

        void Take()
        {
            cells.Add(Breaks().Replace(cell.ToString(), " / ").Trim());
            cell.Clear();
        }
    }

    private static void Write(List<string> result, List<string> header, List<List<string>> rows)
    {
        if (header.Count <= 2)
        {
            if (header.Exists(static name => name.Length > 0))
                result.Add(Bold(string.Join(" — ", header.Where(static name => name.Length > 0))));
            foreach (var row in rows)
                result.Add(string.Join(" — ", row.Where(static cell => cell.Length > 0)));
            return;
        }

        for (var r = 0; r < rows.Count; r++)
        {
            if (r > 0)
                result.Add("");
            for (var c = 0; c < rows[r].Count; c++)
            {
                if (rows[r][c].Length == 0)
                    continue;
                var text = c < header.Count && header[c].Length > 0 ? $"{header[c].Replace("**", "", StringComparison.Ordinal)}: {rows[r][c]}" : rows[r][c];
                result.Add(c == 0 ? Bold(text) : "- " + text);
            }
        }

        if (rows.Count == 0)
            result.Add(Bold(string.Join(" — ", header)));
    }

    private static string Bold(string text) => text.Contains('*', StringComparison.Ordinal) ? text : $"**{text}**";

    [GeneratedRegex(@"<br\s?/?>", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Breaks();
}
