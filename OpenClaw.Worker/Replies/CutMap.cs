using System.Globalization;

namespace OpenClaw.Worker.Replies;

/// <summary>Where a text may be cut, and where it had better not be: code blocks (never), marks, inline code and link addresses (only if nothing else is left).</summary>
internal sealed class CutMap
{
    private readonly string _text;
    private readonly bool[] _firm;
    private readonly bool[] _soft;

    private CutMap(string text)
    {
        _text = text;
        _firm = new bool[text.Length + 1];
        _soft = new bool[text.Length + 1];
    }

    /// <summary>Fenced blocks, from the opening fence to behind the closing one.</summary>
    public List<(int From, int To)> CodeBlocks { get; } = [];

    public static CutMap Of(string text)
    {
        var map = new CutMap(text);
        map.FindCodeBlocks();
        map.FindSpans();
        return map;
    }

    /// <summary>Whitespace at which a text may be cut; a no-break space keeps a number and its unit together.</summary>
    public static bool IsBlank(char c) => char.IsWhiteSpace(c) && c is not ('\u00a0' or '\u202f' or '\u2007');

    /// <summary>The best place to cut in <c>(start, start + limit]</c>; behind the first word where even that does not fit.</summary>
    public int BestCut(int start, int end, int limit)
    {
        var last = Math.Min(start + limit, end);
        // A cut early in the window makes a crumb: a better kind of cut must leave at least a third of the size.
        var first = start + (limit / 3);
        foreach (var avoid in (ReadOnlySpan<bool>)[true, false])
        {
            foreach (var kind in (ReadOnlySpan<CutKind>)[CutKind.Paragraph, CutKind.Line, CutKind.Sentence, CutKind.Word])
            {
                if (Find(kind, first, last, avoid) is { } cut)
                    return cut;
            }

            foreach (var kind in (ReadOnlySpan<CutKind>)[CutKind.Line, CutKind.Sentence, CutKind.Word])
            {
                if (Find(kind, start + 1, first, avoid) is { } cut && HasText(start, cut))
                    return cut;
            }
        }

        for (var i = last + 1; i < end; i++)
        {
            if (!_firm[i] && IsCut(CutKind.Word, i))
                return i;
        }

        return end;
    }

    private int? Find(CutKind kind, int first, int last, bool avoid)
    {
        for (var i = last; i >= first; i--)
        {
            if (!_firm[i] && !(avoid && _soft[i]) && IsCut(kind, i) && !(avoid && EndsWithLeadIn(i, first)))
                return i;
        }

        return null;
    }

    // A cut at i: the bubble ends before i, the next one begins at i or behind the blanks there.
    private bool IsCut(CutKind kind, int i)
    {
        if (i >= _text.Length)
            return i == _text.Length;
        return kind switch
        {
            CutKind.Paragraph => _text[i] == '\n' && NextLineIsBlank(i),
            CutKind.Line => _text[i] == '\n',
            CutKind.Sentence => SentenceEnd.IsAt(_text, i),
            _ => IsBlank(_text[i]) && !IsCombining(i + 1),
        };
    }

    private bool NextLineIsBlank(int i)
    {
        for (i++; i < _text.Length && _text[i] != '\n'; i++)
        {
            if (!IsBlank(_text[i]))
                return false;
        }

        return i < _text.Length;
    }

    private bool IsCombining(int i) => i < _text.Length && CharUnicodeInfo.GetUnicodeCategory(_text, i)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format;

    private bool HasText(int start, int cut) => !_text.AsSpan(start, cut - start).Trim().IsEmpty;

    // A line that ends with a colon, or is bold as a whole, announces what follows; it should not end a bubble.
    private bool EndsWithLeadIn(int cut, int first)
    {
        if (cut >= _text.Length || _text[cut] != '\n')
            return false;
        var end = cut;
        while (end > first && IsBlank(_text[end - 1]))
            end--;
        if (end <= first || _text[end - 1] is not (':' or '*'))
            return false;
        return _text[end - 1] == ':' || _text[_text.LastIndexOf('\n', end - 1) + 1] == '*';
    }

    private void FindCodeBlocks()
    {
        for (var from = _text.IndexOf("```", StringComparison.Ordinal); from >= 0;)
        {
            var close = _text.IndexOf("```", from + 3, StringComparison.Ordinal);
            var to = close < 0 ? _text.Length : close + 3;
            CodeBlocks.Add((from, to));
            Protect(_firm, from, to);
            from = to >= _text.Length ? -1 : _text.IndexOf("```", to, StringComparison.Ordinal);
        }
    }

    // Marks pair up within a line and stand at the borders of words: *bold*, _italic_, ~struck~, `code`.
    private void FindSpans()
    {
        Span<int> opened = [-1, -1, -1, -1];
        const string Marks = "*_~`";
        for (var i = 0; i < _text.Length; i++)
        {
            if (_text[i] == '\n')
                opened.Fill(-1);
            if (i + 5 < _text.Length && _text[i] == ' ' && _text[i + 1] == '(' && string.CompareOrdinal(_text, i + 2, "http", 0, 4) == 0)
                _soft[i] = true;
            var mark = Marks.IndexOf(_text[i], StringComparison.Ordinal);
            if (mark < 0 || _firm[i])
                continue;
            var mayClose = opened[mark] >= 0 && i - opened[mark] > 1 && !IsBlank(_text[i - 1]) && (i + 1 == _text.Length || !char.IsLetterOrDigit(_text[i + 1]));
            var mayOpen = i + 1 < _text.Length && !IsBlank(_text[i + 1]) && (i == 0 || !char.IsLetterOrDigit(_text[i - 1]));
            if (mayClose)
            {
                Protect(_soft, opened[mark], i + 1);
                opened[mark] = -1;
            }
            else if (mayOpen && opened[mark] < 0)
            {
                opened[mark] = i;
            }
        }
    }

    private static void Protect(bool[] map, int from, int to) => Array.Fill(map, true, from + 1, to - from - 1);

    private enum CutKind
    {
        Paragraph,
        Line,
        Sentence,
        Word,
    }
}
