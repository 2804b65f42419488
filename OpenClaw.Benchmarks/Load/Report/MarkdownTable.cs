namespace OpenClaw.Benchmarks.Load.Report;

/// <summary>A table that is readable as text and as Markdown.</summary>
internal static class MarkdownTable
{
    public static void Print(string[] heads, IEnumerable<string[]> rows, TextWriter output)
    {
        List<string[]> lines = [heads, .. rows];
        var widths = heads.Select((_, column) => lines.Max(line => line[column].Length)).ToArray();
        lines.Insert(1, [.. widths.Select(width => new string('-', width))]);
        foreach (var line in lines)
        {
            output.WriteLine("| " + string.Join(" | ", line.Select((cell, column) => cell.PadRight(widths[column]))) + " |");
        }
    }
}
