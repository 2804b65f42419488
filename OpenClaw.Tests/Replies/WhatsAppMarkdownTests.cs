using System.Text;
using OpenClaw.Worker.Replies;

namespace OpenClaw.Tests.Replies;

public sealed class WhatsAppMarkdownTests
{
    [Theory]
    [InlineData("")]
    [InlineData("olá, tudo bem?")]
    [InlineData("  two leading spaces\n\n\n   three blank lines above  \n")]
    [InlineData("2 * 3 * 4 = 24")]
    [InlineData("2*3*4 and 2**3**4")]
    [InlineData("a snake_case_word and __init__.py and foo(__main__) and _private")]
    [InlineData("https://example.org/a_b_c/_d_/*e*?x=1&copy=2&lt=3")]
    [InlineData("see http://x.y/__a__/b~~c~~ now")]
    [InlineData("1. first\n2. second\n10) tenth")]
    [InlineData("- a\n- b\n  - c")]
    [InlineData("> quoted\n> _still_ quoted")]
    [InlineData("R$ 1.234,56 & AT&T < 5 > 3 | x")]
    [InlineData("família 👨‍👩‍👧‍👦 🇧🇷 é\u0301")]
    [InlineData("#hashtag and #1")]
    [InlineData("C:\\Users\\_temp\\*.txt \\\\server\\share")]
    [InlineData("10\n+ 5\n= 15")]
    [InlineData("[1] and [x] todo, array[0], f(x)[y]")]
    [InlineData("- [ ] open\n- [x] done")]
    [InlineData("`inline **code** <b>`")]
    [InlineData("``a ` b``")]
    [InlineData("```\n**not bold** [a](b)\n  # no heading\n```")]
    [InlineData("text\n\n    indented **code** stays\n")]
    [InlineData("a -- b --- c")]
    [InlineData("line one\r\nline two with _it_\r\n")]
    [InlineData("<b>html</b> & <br>")]
    [InlineData("~single~ *")]
    [InlineData("(55) 11 98765-4321, ana_maria@example.org")]
    [InlineData("a | b\nc | d")]
    [InlineData("half a pair \ud83d and * star")]
    public void Text_without_markdown_comes_out_unchanged(string text) => WhatsAppMarkdown.ToWhatsApp(text).ShouldBe(text);

    [Theory]
    [InlineData("**bold** and __bold__", "*bold* and *bold*")]
    [InlineData("*it* and _it_", "_it_ and _it_")]
    [InlineData("***both***", "_*both*_")]
    [InlineData("**a *b* c**", "*a _b_ c*")]
    [InlineData("~~gone~~", "~gone~")]
    [InlineData("**Nota:** texto", "*Nota:* texto")]
    [InlineData("(**x**), \"**y**\".", "(*x*), \"*y*\".")]
    [InlineData("**line one\nline two**", "*line one*\n*line two*")]
    [InlineData("> **one\n> two**", "> *one*\n> *two*")]
    [InlineData("**one\n_two\nthree_**", "*one*\n*_two_*\n*_three_*")]
    [InlineData("**outer __inner__ outer**", "*outer inner outer*")]
    [InlineData("**https://example.org/a**", "https://example.org/a")]
    [InlineData("**see <https://example.org>**", "see https://example.org")]
    [InlineData("👋 **olá** 👋", "👋 *olá* 👋")]
    public void Emphasis_gets_whatsapps_marks(string markdown, string expected) => WhatsAppMarkdown.ToWhatsApp(markdown).ShouldBe(expected);

    [Theory]
    [InlineData("# Title", "*Title*")]
    [InlineData("### Title ###\ntext", "*Title*\ntext")]
    [InlineData("## **Title** and *more*\n\ntext", "*Title and _more_*\n\ntext")]
    [InlineData("## Use `x_y`\n", "*Use `x_y`*\n")]
    [InlineData("> ## Quoted\n> text", "> *Quoted*\n> text")]
    [InlineData("## https://example.org/a", "https://example.org/a")]
    [InlineData("## C# and F#", "*C# and F#*")]
    [InlineData("text\n# Title\r\nmore", "text\n*Title*\r\nmore")]
    [InlineData("#\nx", "#\nx")]
    [InlineData("#\tTab", "*Tab*")]
    [InlineData("a\n\n# \t**\t\tword", "a\n\n# \t**\t\tword")]
    public void Headings_become_bold_lines(string markdown, string expected) => WhatsAppMarkdown.ToWhatsApp(markdown).ShouldBe(expected);

    [Theory]
    [InlineData("[site](https://example.org)", "site (https://example.org)")]
    [InlineData("[site](https://example.org/a_b_c \"title\") now", "site (https://example.org/a_b_c) now")]
    [InlineData("[https://example.org](https://example.org)", "https://example.org")]
    [InlineData("[example.org](https://example.org/)", "https://example.org/")]
    [InlineData("[a@b.org](mailto:a@b.org)", "a@b.org")]
    [InlineData("[**bold** link](https://x.y)", "*bold* link (https://x.y)")]
    [InlineData("**[link](https://x.y)**", "*link (https://x.y)*")]
    [InlineData("![a cat](https://x.y/c.png)", "a cat (https://x.y/c.png)")]
    [InlineData("![](https://x.y/c.png)", "https://x.y/c.png")]
    [InlineData("[![alt](https://x.y/i.png)](https://x.y)", "alt (https://x.y/i.png) (https://x.y)")]
    [InlineData("[ spaced ](https://x.y)", " spaced  (https://x.y)")]
    [InlineData("[top](#top) [none]()", "top none")]
    [InlineData("[file](</a b.txt>)", "file (/a%20b.txt)")]
    [InlineData("<https://x.y/a_b> and <a@b.org>", "https://x.y/a_b and a@b.org")]
    [InlineData("[text][1]\n\n[1]: https://x.y", "[text][1]\n\n[1]: https://x.y")]
    [InlineData("[wiki](https://en.wikipedia.org/wiki/Foo_(bar))", "wiki (https://en.wikipedia.org/wiki/Foo_(bar))")]
    public void Links_show_their_address(string markdown, string expected) => WhatsAppMarkdown.ToWhatsApp(markdown).ShouldBe(expected);

    [Theory]
    [InlineData("* a\n* b\n  * c\n+ d", "- a\n- b\n  - c\n- d")]
    [InlineData("1. one\n   * two\n2. three", "1. one\n   - two\n2. three")]
    [InlineData("* **Key**: value", "- *Key*: value")]
    [InlineData("> * quoted item", "> - quoted item")]
    [InlineData("a\n\n---\n\nb", "a\n\n———\n\nb")]
    [InlineData("a\n***\nb", "a\n———\nb")]
    [InlineData("a\n---\nb", "a\n———\nb")]
    [InlineData("a\n---", "a\n———")]
    public void Lists_and_rules_are_simplified(string markdown, string expected) => WhatsAppMarkdown.ToWhatsApp(markdown).ShouldBe(expected);

    [Theory]
    [InlineData("```csharp\nvar x = a * b * c; // **no**\n```\n**yes**", "```\nvar x = a * b * c; // **no**\n```\n*yes*")]
    [InlineData("~~~py title=x\ndef __init__(self):\n~~~", "```\ndef __init__(self):\n```")]
    [InlineData("````\na\n````", "```\na\n```")]
    [InlineData("- item\n  ```js\n  x\n  ```", "- item\n  ```\n  x\n  ```")]
    [InlineData("> ```js\n> x\n> ```", "> ```\n> x\n> ```")]
    [InlineData("```c++\nx\n```", "```\nx\n```")]
    [InlineData("```first line of it\nsecond\n```", "```\nfirst line of it\nsecond\n```")]
    [InlineData("```end", "```\nend\n```")]
    [InlineData("look:\n```js\nx = 1\n", "look:\n```\nx = 1\n```\n")]
    public void Code_keeps_its_text_and_loses_its_language(string markdown, string expected) => WhatsAppMarkdown.ToWhatsApp(markdown).ShouldBe(expected);

    [Theory]
    [InlineData("\\*not italic\\* and \\# and 1\\. and \\[x\\]", "*not italic* and # and 1. and [x]")]
    [InlineData("a &amp; b &lt; c&nbsp;d &#128075;", "a & b < c d 👋")]
    [InlineData("`&amp; \\*`", "`&amp; \\*`")]
    public void Escapes_and_entities_are_resolved_outside_code(string markdown, string expected) => WhatsAppMarkdown.ToWhatsApp(markdown).ShouldBe(expected);

    [Theory]
    [InlineData("| Item | Preço |\n|------|------:|\n| Café | 5,00 |\n| Chá **verde** | 4,50 |\n\nfim", "*Item — Preço*\nCafé — 5,00\nChá *verde* — 4,50\n\nfim")]
    [InlineData(
        "| Produto | Preço | Nota |\n|:--|:-:|--|\n| Café | 5 | bom<br>forte |\n| Chá |  | `a|b` |",
        "*Produto: Café*\n- Preço: 5\n- Nota: bom / forte\n\n*Produto: Chá*\n- Nota: `a|b`")]
    [InlineData("a | b\n--|--\n1 \\| 2 | 3", "*a — b*\n1 | 2 — 3")]
    [InlineData("| só |\n|----|\n| um |", "*só*\num")]
    [InlineData("| a | b | c |\n|---|---|---|", "*a — b — c*")]
    [InlineData("| **a** | b | c |\n|---|---|---|\n| **x** | y | z | extra |", "a: *x*\n- b: y\n- c: z\n- extra")]
    [InlineData("```\n| a | b |\n|---|---|\n```", "```\n| a | b |\n|---|---|\n```")]
    [InlineData("| a | b |\n|---|\n| c | d |", "| a | b |\n|---|\n| c | d |")]
    public void Tables_become_lines(string markdown, string expected) => WhatsAppMarkdown.ToWhatsApp(markdown).ShouldBe(expected);

    [Fact]
    public void Plain_text_is_handed_back_as_it_is()
    {
        const string Text = "São 10h30 da manhã - até já!";
        WhatsAppMarkdown.ToWhatsApp(Text).ShouldBeSameAs(Text);
    }

    [Theory]
    [InlineData("[", 5_000)]
    [InlineData("![a](", 500)]
    [InlineData("![a](", 20_000)]
    [InlineData("> ", 3_000)]
    [InlineData("> * ", 1_000)]
    [InlineData("**a ", 1_000)]
    [InlineData("*a _b ", 1_000)]
    [InlineData("`a", 3_000)]
    [InlineData("|-", 3_000)]
    [InlineData("- ", 2_000)]
    [InlineData("<br>", 2_000)]
    public void Hostile_text_neither_throws_nor_loses_letters(string part, int times)
    {
        var text = string.Concat(Enumerable.Repeat(part, times)) + "end";
        var converted = WhatsAppMarkdown.ToWhatsApp(text);
        Letters(converted).ShouldBe(Letters(text));
    }

    [Fact]
    public void Long_text_is_converted_block_by_block()
    {
        const string Part = "## Title\n\nSome **bold** text.\n* item\n* item\n\n```js\n**code**\n\n# stays\n```\n";
        const string Expected = "*Title*\n\nSome *bold* text.\n- item\n- item\n\n```\n**code**\n\n# stays\n```\n";
        WhatsAppMarkdown.ToWhatsApp(string.Concat(Enumerable.Repeat(Part, 500))).ShouldBe(string.Concat(Enumerable.Repeat(Expected, 500)));

        var lines = string.Concat(Enumerable.Repeat("* an item of a **list** without a blank line\n", 1000));
        WhatsAppMarkdown.ToWhatsApp(lines).ShouldBe(lines.Replace("* an", "- an").Replace("**", "*"));

        var code = "```\n" + string.Concat(Enumerable.Repeat("**code** with # no marks\n\n", 1000)) + "```\n";
        WhatsAppMarkdown.ToWhatsApp(code + "**end**").ShouldBe(code + "*end*");
    }

    [Fact]
    public void No_letter_is_ever_lost_or_changed()
    {
        var random = new Random(20261122);
        string[] parts =
        [
            "word", "olá", "👋", " ", " ", "\n", "\n\n", "**", "*", "_", "__", "~~", "`", "```\n", "# ", "- ", "* ", "> ", "1. ", "[a](http://x.y/z_w)", "http://x.y/_q_",
            "\\*", "&", "|", "|--|--|\n", "---\n", "(", ")", "!", ".", "snake_case", "\t", "[", "]", "<", "\r\n",
        ];
        for (var round = 0; round < 2000; round++)
        {
            var text = new StringBuilder();
            for (var i = random.Next(1, 40); i > 0; i--)
                text.Append(parts[random.Next(parts.Length)]);

            var markdown = text.ToString();
            // The language word behind a fence is dropped by design.
            if (!markdown.Contains("```", StringComparison.Ordinal))
                Letters(WhatsAppMarkdown.ToWhatsApp(markdown)).ShouldBe(Letters(markdown), customMessage: markdown);
            else
                Should.NotThrow(() => WhatsAppMarkdown.ToWhatsApp(markdown));
        }
    }

    private static string Letters(string text) => string.Concat(text.Where(static c => char.IsLetterOrDigit(c) || char.IsSurrogate(c)));
}
