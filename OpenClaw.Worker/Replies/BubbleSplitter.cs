using System.Globalization;

namespace OpenClaw.Worker.Replies;

/// <summary>
/// Cuts a reply into bubbles of a size that people read on a phone. A cut falls between paragraphs, else lines, else sentences, else words; never
/// inside a word, an address or a code block that fits into one bubble.
/// </summary>
internal static class BubbleSplitter
{
    /// <summary>Characters that a bubble has at most, unless a single word is longer.</summary>
    public const int DefaultLimit = 1500;

    /// <summary>WhatsApp takes no longer text.</summary>
    public const int HardLimit = 65_536;

    private const string Fence = "```";

    /// <param name="text">Text with WhatsApp's marks.</param>
    /// <param name="limit">Characters (UTF-16 units) a bubble, at least 40.</param>
    /// <returns>Bubbles in order, none of them blank; empty for a blank text.</returns>
    public static IReadOnlyList<string> Split(string text, int limit = DefaultLimit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 40);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, HardLimit);
        var whole = WithoutBlankEnd(text, SkipBlank(text, 0, text.Length), text.Length);
        if (whole.Length == 0)
            return [];
        if (whole.Length <= limit)
            return [whole];

        var bubbles = new List<string>();
        var map = CutMap.Of(whole);
        var start = 0;
        foreach (var (from, to) in map.CodeBlocks)
        {
            if (to - from <= limit)
                continue;
            SplitProse(whole, start, from, limit, map, bubbles);
            SplitCode(whole[from..to], limit, bubbles);
            start = to;
        }

        SplitProse(whole, start, whole.Length, limit, map, bubbles);
        return bubbles;
    }

    private static void SplitProse(string text, int start, int end, int limit, CutMap map, List<string> bubbles)
    {
        start = SkipBlank(text, start, end);
        while (start < end)
        {
            var cut = end - start <= limit ? end : map.BestCut(start, end, limit);
            if (cut - start > HardLimit)
                cut = start + GraphemeLength(text.AsSpan(start, end - start), HardLimit);
            if (WithoutBlankEnd(text, start, cut) is { Length: > 0 } bubble)
                bubbles.Add(bubble);
            start = SkipBlank(text, cut, end);
        }
    }

    // Each piece is a code block of its own; the language word is gone already (WhatsApp would show it).
    private static void SplitCode(string block, int limit, List<string> bubbles)
    {
        var inner = block.AsSpan(Fence.Length);
        if (inner.EndsWith(Fence, StringComparison.Ordinal))
            inner = inner[..^Fence.Length];
        var room = limit - (2 * Fence.Length) - 2;
        while (!inner.Trim().IsEmpty)
        {
            inner = inner.TrimStart("\r\n");
            var cut = inner.Length <= room ? inner.Length : LineCut(inner, room);
            var piece = inner[..cut].TrimEnd();
            if (!piece.IsEmpty)
                bubbles.Add($"{Fence}\n{piece}\n{Fence}");
            inner = inner[cut..];
        }
    }

    private static int LineCut(ReadOnlySpan<char> code, int room)
    {
        var cut = code[..(room + 1)].LastIndexOf('\n');
        if (cut <= 0)
            cut = code.IndexOf('\n');
        if (cut < 0)
            cut = code.Length;
        var hard = HardLimit - (2 * Fence.Length) - 2;
        return cut <= hard ? cut : GraphemeLength(code, hard);
    }

    private static int GraphemeLength(ReadOnlySpan<char> text, int limit)
    {
        var length = 0;
        while (length < text.Length)
        {
            var next = StringInfo.GetNextTextElementLength(text[length..]);
            if (length + next > limit)
                break;
            length += next;
        }

        return length > 0 ? length : Math.Min(limit, text.Length);
    }

    // Blank lines before a bubble go; the indentation of its first line stays (nested lists).
    private static int SkipBlank(string text, int start, int end)
    {
        var line = start;
        for (var i = start; i < end && CutMap.IsBlank(text[i]); i++)
        {
            if (text[i] == '\n')
                line = i + 1;
        }

        var first = start;
        while (first < end && CutMap.IsBlank(text[first]))
            first++;
        return first == end ? end : line > start || start == 0 ? line : first;
    }

    private static string WithoutBlankEnd(string text, int start, int end)
    {
        while (end > start && CutMap.IsBlank(text[end - 1]))
            end--;
        return start == 0 && end == text.Length ? text : text[start..end];
    }
}
