using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace OpenClaw.Worker.Replies;

/// <summary>Replace <paramref name="Length"/> characters from <paramref name="Start"/> on.</summary>
internal readonly record struct MarkdownEdit(int Start, int Length, string Replacement);

/// <summary>Finds the blocks' edits: headings, bullets, fences, rules. Whatever is not where the parser says it is stays untouched.</summary>
internal sealed class MarkdownEdits
{
    private const string Fence = "```";
    private const string Rule = "———";

    private readonly string _source;
    private readonly List<MarkdownEdit> _edits = [];
    private readonly InlineEdits _inlines;

    private MarkdownEdits(string source)
    {
        _source = source;
        _inlines = new InlineEdits(source, _edits);
    }

    public static List<MarkdownEdit> Of(string source, MarkdownDocument document)
    {
        var edits = new MarkdownEdits(source);
        edits.Walk(document);
        return edits._edits;
    }

    private void Walk(ContainerBlock container)
    {
        foreach (var block in container)
        {
            switch (block)
            {
                case HeadingBlock heading:
                    Heading(heading);
                    break;
                case FencedCodeBlock fenced:
                    Fenced(fenced);
                    break;
                case CodeBlock:
                    break;
                case ThematicBreakBlock:
                    _edits.Add(new MarkdownEdit(block.Span.Start, block.Span.Length, Rule));
                    break;
                case ListItemBlock item:
                    Bullet(item);
                    Walk(item);
                    break;
                case ContainerBlock nested:
                    Walk(nested);
                    break;
                case LeafBlock { Inline: { } inline }:
                    _inlines.Walk(inline, bold: false);
                    break;
            }
        }
    }

    // "## Title ##": Markdig's span ends with the text, the closing hashes lie between there and the line's end.
    private void Heading(HeadingBlock heading)
    {
        if (heading.Inline is not { FirstChild: { } first, LastChild: { } last })
            return;

        var (start, end) = (heading.Span.Start, last.Span.End + 1);
        var lineEnd = LineEnd(start);
        // Markdig miscounts behind "# " and a tab.
        if (first.Span.Start <= start || end > lineEnd || !_source.AsSpan(end..lineEnd).Trim(" \t#").IsEmpty)
            return;

        // A mark right behind an address would become part of the address when tapped.
        var mark = last is LinkInline { IsAutoLink: true } or AutolinkInline ? "" : "*";
        _edits.Add(new MarkdownEdit(start, first.Span.Start - start, mark));
        _inlines.Walk(heading.Inline, bold: mark.Length > 0);
        _edits.Add(new MarkdownEdit(end, lineEnd - end, mark));
    }

    private void Fenced(FencedCodeBlock block)
    {
        var start = block.Span.Start;
        if (start >= _source.Length || _source[start] != block.FencedChar)
            return;
        var opening = start + block.OpeningFencedCharCount;
        var info = _source[opening..LineEnd(start)];
        _edits.Add(new MarkdownEdit(start, opening - start, Fence));
        if (IsLanguage(info) && LineEnd(start) < _source.Length)
            _edits.Add(new MarkdownEdit(opening, info.Length, ""));
        else if (!string.IsNullOrWhiteSpace(info))
            _edits.Add(new MarkdownEdit(opening, 0, "\n"));

        var count = block.ClosingFencedCharCount;
        var closing = block.Span.End + 1 - count;
        if (count > 0 && closing > start && _source[closing] == block.FencedChar)
            _edits.Add(new MarkdownEdit(closing, count, Fence));
        else if (count == 0 && block.Parent is MarkdownDocument document && document.LastChild == block)
            _edits.Add(new MarkdownEdit(_source.AsSpan().TrimEnd().Length, 0, "\n" + Fence));
    }

    // "```csharp" or "```js title=a.js"; anything else behind a fence is the code's first line, WhatsApp style.
    private static bool IsLanguage(string info)
    {
        var words = info.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return words.Length > 0 && words[0].Length <= 20 && words[0].All(static c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-' or '#' or '.' or '_')
            && words.Skip(1).All(static word => word.Contains('=', StringComparison.Ordinal) || word[0] == '{');
    }

    // "+ 5" more likely adds five than lists it.
    private void Bullet(ListItemBlock item)
    {
        var start = item.Span.Start;
        if (start >= _source.Length || _source[start] is not ('*' or '+'))
            return;
        if (_source[start] == '*' || _source.AsSpan(start + 1).TrimStart(' ') is not [>= '0' and <= '9', ..])
            _edits.Add(new MarkdownEdit(start, 1, "-"));
    }

    private int LineEnd(int from)
    {
        var length = _source.AsSpan(from).IndexOfAny('\r', '\n');
        return length < 0 ? _source.Length : from + length;
    }
}
