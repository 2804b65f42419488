using Markdig.Syntax.Inlines;

namespace OpenClaw.Worker.Replies;

/// <summary>Finds the edits inside a paragraph: emphasis, links, escapes, entities. Code and addresses are never touched.</summary>
internal sealed class InlineEdits(string source, List<MarkdownEdit> edits)
{
    private const string Bold = "*";
    private const string Italic = "_";
    private const string Struck = "~";

    // Marks that are open around the current inline, outermost first: WhatsApp's end with the line and are opened again on the next.
    private readonly List<string> _open = [];

    /// <param name="container">Paragraph, heading or span.</param>
    /// <param name="bold">Whether everything here is bold already.</param>
    public void Walk(ContainerInline container, bool bold)
    {
        for (var inline = container.FirstChild; inline is not null; inline = inline.NextSibling)
        {
            switch (inline)
            {
                case EmphasisInline emphasis:
                    Emphasis(emphasis, bold);
                    break;
                case LinkInline { IsAutoLink: true }:
                    break;
                case LinkInline { Reference: null } link:
                    Link(link, bold);
                    break;
                case AutolinkInline link when source[link.Span.Start] == '<' && source[link.Span.End] == '>':
                    Delete(link.Span.Start, 1);
                    Delete(link.Span.End, 1);
                    break;
                case HtmlEntityInline entity when source[entity.Span.Start] == '&':
                    Replace(entity.Span.Start, entity.Span.Length, entity.Transcoded.ToString().Replace('\u00a0', ' '));
                    break;
                case LineBreakInline { PreviousSibling: { } previous, NextSibling: { } next } when _open.Count > 0:
                    Replace(previous.Span.End + 1, 0, string.Concat(Enumerable.Reverse(_open)));
                    Replace(next.Span.Start, 0, string.Concat(_open));
                    break;
                case LiteralInline literal:
                    Literal(literal);
                    break;
                case ContainerInline nested:
                    Walk(nested, bold);
                    break;
            }
        }
    }

    private void Emphasis(EmphasisInline emphasis, bool bold)
    {
        var (start, end, count) = (emphasis.Span.Start, emphasis.Span.End + 1, emphasis.DelimiterCount);
        var isThere = source[start] == emphasis.DelimiterChar && source[end - 1] == emphasis.DelimiterChar;
        var mark = isThere ? MarkFor(emphasis, start, end) : null;
        if (mark is null)
        {
            Walk(emphasis, bold);
            return;
        }

        // A mark right behind an address would become part of the address when tapped.
        if (_open.Contains(mark) || (bold && mark == Bold) || emphasis.LastChild is LinkInline { IsAutoLink: true } or AutolinkInline)
            mark = "";
        Replace(start, count, mark);
        if (mark.Length > 0)
            _open.Add(mark);
        Walk(emphasis, bold || mark == Bold);
        if (mark.Length > 0)
            _open.RemoveAt(_open.Count - 1);
        Replace(end - count, count, mark);
    }

    // WhatsApp knows marks only at the borders of words; between them they are more likely part of the text:
    // 2*3*4, 2**3**4, foo(__init__.py), a/_b_/c. Null = leave what is there.
    private string? MarkFor(EmphasisInline emphasis, int start, int end)
    {
        var before = start > 0 ? source[start - 1] : ' ';
        var after = end < source.Length ? source[end] : ' ';
        return (emphasis.DelimiterChar, emphasis.DelimiterCount) switch
        {
            ('~', 2) => Struck,
            ('*', 2) when char.IsLetterOrDigit(before) && char.IsLetterOrDigit(after) && !source.AsSpan(start..end).Contains(' ') => null,
            ('*', 2) => Bold,
            ('*', 1) when char.IsLetterOrDigit(before) || char.IsLetterOrDigit(after) => null,
            ('*', 1) => Italic,
            ('_', _) when !StandsAlone(start, end) => null,
            ('_', 2) => Bold,
            ('_', 1) => Italic,
            _ => null,
        };
    }

    private bool StandsAlone(int start, int end)
    {
        while (start > 0 && IsMark(source[start - 1]))
            start--;
        while (end < source.Length && IsMark(source[end]))
            end++;
        return (start == 0 || char.IsWhiteSpace(source[start - 1])) && (end == source.Length || char.IsWhiteSpace(source[end]));

        static bool IsMark(char c) => char.IsPunctuation(c) && c is not ('/' or '\\' or '@') || char.IsSymbol(c);
    }

    // [text](address "title") -> text (address)
    private void Link(LinkInline link, bool bold)
    {
        var (start, end) = (link.Span.Start, link.Span.End + 1);
        var textStart = start + (link.IsImage ? 2 : 1);
        var textEnd = Math.Max(Math.Max(textStart, link.LabelSpan.End + 1), (link.LastChild?.Span.End ?? 0) + 1);
        if (textEnd >= end || source[textEnd] != ']' || source[textStart - 1] != '[')
            return;

        var text = source[textStart..textEnd].Trim();
        var address = (link.Url ?? "").Replace(" ", "%20", StringComparison.Ordinal);
        if (text.Length == 0 || IsSame(text, address))
        {
            Replace(start, end - start, address.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase) ? address[7..] : address);
            return;
        }

        Delete(start, textStart - start);
        Walk(link, bold);
        Replace(textEnd, end - textEnd, address.Length == 0 || address[0] == '#' ? "" : $" ({address})");
    }

    private static bool IsSame(string text, string address) =>
        address.EndsWith(text, StringComparison.OrdinalIgnoreCase) && address[..^text.Length] is "" or "https://" or "http://" or "mailto:" or "tel:"
        || address == text + "/" || address == $"https://{text}/";

    private void Literal(LiteralInline literal)
    {
        var (start, length) = (literal.Span.Start, literal.Span.Length);
        var text = source.AsSpan(start, length);
        if (literal.IsFirstCharacterEscaped && text is ['\\', not '\\', ..] && !IsInsideWindowsPath(start))
            Delete(start, 1);
        else if (length >= 3 && !text.ContainsAnyExcept('-') && literal is { PreviousSibling: LineBreakInline, NextSibling: null or LineBreakInline })
            Replace(start, length, "———");
    }

    private bool IsInsideWindowsPath(int position)
    {
        var word = source.AsSpan(0, position);
        word = word[(word.LastIndexOfAny(' ', '\n', '\t') + 1)..];
        return word.EndsWith(":", StringComparison.Ordinal) ? word.Length == 2 : word.Contains(":\\", StringComparison.Ordinal);
    }

    private void Delete(int start, int length) => edits.Add(new MarkdownEdit(start, length, ""));

    private void Replace(int start, int length, string text) => edits.Add(new MarkdownEdit(start, length, text));
}
