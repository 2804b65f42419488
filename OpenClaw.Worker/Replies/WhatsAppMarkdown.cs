using System.Buffers;
using System.Text;
using Markdig;
using Markdig.Extensions.EmphasisExtras;
using Markdig.Parsers;

namespace OpenClaw.Worker.Replies;

/// <summary>
/// Turns a model's Markdown into WhatsApp's marks: <c>*bold*</c>, <c>_italic_</c>, <c>~struck~</c>, <c>`code`</c>. The text is not rendered but
/// edited: a parser finds the marks, everything between them stays as it is, so text without Markdown comes out unchanged.
/// </summary>
internal static class WhatsAppMarkdown
{
    private static readonly SearchValues<char> Marks = SearchValues.Create("*_~`#[<&\\|");

    /// <param name="markdown">CommonMark with strike-through and pipe tables.</param>
    /// <returns>Text with WhatsApp's marks; the very same string where there was nothing to change.</returns>
    public static string ToWhatsApp(string markdown)
    {
        if (IsPlain(markdown))
            return markdown;

        var source = MarkdownTables.Flatten(markdown);
        return source.Length <= MarkdownPieces.Size ? Convert(source) : string.Concat(MarkdownPieces.Of(source).Select(Convert));
    }

    private static string Convert(string source)
    {
        if (MarkdownPieces.IsEndlessLine(source))
            return source;
        try
        {
            return Apply(source, MarkdownEdits.Of(source, Parser.Parse(source)));
        }
        catch (ArgumentException)
        {
            // Markdig refuses text that is nested hundreds deep: nobody can read that anyway, marks or not.
            return source;
        }
    }

    private static bool IsPlain(string text) =>
        !text.AsSpan().ContainsAny(Marks)
        && !text.Contains("---", StringComparison.Ordinal)
        && !text.Contains("+ ", StringComparison.Ordinal);

    private static string Apply(string source, IReadOnlyList<MarkdownEdit> edits)
    {
        if (edits.Count == 0)
            return source;

        var result = new StringBuilder(source.Length + 16);
        var position = 0;
        foreach (var edit in edits.OrderBy(static edit => edit.Start))
        {
            if (edit.Start < position)
                continue;
            result.Append(source, position, edit.Start - position).Append(edit.Replacement);
            position = edit.Start + edit.Length;
        }

        return result.Append(source, position, source.Length - position).ToString();
    }

    // Apart, so that plain text never loads the parser.
    private static class Parser
    {
        private static readonly MarkdownPipeline Pipeline = Build();

        public static Markdig.Syntax.MarkdownDocument Parse(string source) => Markdown.Parse(source, Pipeline);

        private static MarkdownPipeline Build()
        {
            var builder = new MarkdownPipelineBuilder()
                .UseEmphasisExtras(EmphasisExtraOptions.Strikethrough)
                .UseAutoLinks()
                .UsePreciseSourceLocation()
                .DisableHtml();
            // A line of dashes below a paragraph is a rule in chats, not a sign that the paragraph was a heading.
            builder.BlockParsers.Find<ParagraphBlockParser>()!.ParseSetextHeadings = false;
            return builder.Build();
        }
    }
}
