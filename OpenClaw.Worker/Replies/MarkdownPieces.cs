using System.Text;

namespace OpenClaw.Worker.Replies;

/// <summary>Cuts long Markdown between blocks: the parser takes time by the square of what it is given at once.</summary>
internal static class MarkdownPieces
{
    /// <summary>Characters a piece, unless a code block or a single line is longer.</summary>
    public const int Size = 8192;

    public static IEnumerable<string> Of(string markdown)
    {
        var piece = new StringBuilder();
        var fence = "";
        for (var start = 0; start < markdown.Length;)
        {
            var end = markdown.IndexOf('\n', start) + 1;
            var line = markdown[start..(end == 0 ? markdown.Length : end)];
            start += line.Length;
            if (fence.Length == 0 && piece.Length > 0 && piece.Length + line.Length > Size)
                yield return Take(piece);
            piece.Append(line);
            fence = FenceAfter(line, fence);
            if (fence.Length == 0 && piece.Length > Size / 2 && string.IsNullOrWhiteSpace(line))
                yield return Take(piece);
        }

        if (piece.Length > 0)
            yield return Take(piece);
    }

    /// <summary>Whether a piece is one endless line of prose, which nobody can read and only a hostile text has.</summary>
    public static bool IsEndlessLine(string piece) => piece.Length > Size && piece.AsSpan(0, Size).IndexOf('\n') < 0;

    /// <summary>The opening characters of the code block that is open behind <paramref name="line"/>; empty outside of one.</summary>
    public static string FenceAfter(string line, string fence)
    {
        var trimmed = line.AsSpan().Trim();
        if (fence.Length > 0)
            return trimmed.StartsWith(fence, StringComparison.Ordinal) && trimmed.Trim(fence[0]).IsEmpty ? "" : fence;
        if (!trimmed.StartsWith("```", StringComparison.Ordinal) && !trimmed.StartsWith("~~~", StringComparison.Ordinal))
            return "";
        var length = trimmed.IndexOfAnyExcept(trimmed[0]);
        var info = length < 0 ? [] : trimmed[length..];
        return trimmed[0] == '`' && info.Contains('`') ? "" : new string(trimmed[0], length < 0 ? trimmed.Length : length);
    }

    private static string Take(StringBuilder piece)
    {
        var text = piece.ToString();
        piece.Clear();
        return text;
    }
}
