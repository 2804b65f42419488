using System.Globalization;
using System.Text;
using OpenClaw.Worker.Replies;

namespace OpenClaw.Tests.Replies;

public sealed class BubbleSplitterTests
{
    [Theory]
    [InlineData("")]
    [InlineData(" \n\t \n")]
    public void Blank_text_makes_no_bubble(string text) => BubbleSplitter.Split(text).ShouldBeEmpty();

    [Fact]
    public void Short_text_is_one_bubble_as_it_is()
    {
        const string Text = "Oi!\n\n  - item\n```\ncode\n```";
        BubbleSplitter.Split(Text).ShouldHaveSingleItem().ShouldBeSameAs(Text);
        BubbleSplitter.Split("\n\n  - item \n\n").ShouldBe(["  - item"]);
    }

    [Theory]
    // Paragraphs before lines, lines before sentences, sentences before words.
    [InlineData("First paragraph here.\n\nSecond one. It has two sentences.", new[] { "First paragraph here.", "Second one. It has two sentences." })]
    [InlineData("First line of the text\nsecond line. It goes on and on", new[] { "First line of the text", "second line. It goes on and on" })]
    [InlineData("This is a sentence. This is another one of them", new[] { "This is a sentence.", "This is another one of them" })]
    [InlineData("Is it so? Yes it is! And then it went on and on", new[] { "Is it so? Yes it is!", "And then it went on and on" })]
    [InlineData("He said \"it is done.\" Then he left the room slowly", new[] { "He said \"it is done.\"", "Then he left the room slowly" })]
    [InlineData("words without any end that simply go on and on", new[] { "words without any end that simply go on", "and on" })]
    // Not sentence ends.
    [InlineData("Fale com o Sr. João e a Dra. Ana amanhã cedo sem falta", new[] { "Fale com o Sr. João e a Dra. Ana amanhã", "cedo sem falta" })]
    [InlineData("São R$ 1.234,56 no total, ou 3.14 vezes tudo isso", new[] { "São R$ 1.234,56 no total, ou 3.14 vezes", "tudo isso" })]
    [InlineData("Maçã, pera, etc. e mais nada que valha aqui mesmo", new[] { "Maçã, pera, etc. e mais nada que valha", "aqui mesmo" })]
    [InlineData("O autor é J. R. Tolkien, conhecido no mundo todo", new[] { "O autor é J. R. Tolkien, conhecido no", "mundo todo" })]
    [InlineData("1. Compre muito pão e leite com bastante calma", new[] { "1. Compre muito pão e leite com bastante", "calma" })]
    [InlineData("e.g. this and i.e. that at 5 p.m. each and every day", new[] { "e.g. this and i.e. that at 5 p.m. each", "and every day" })]
    [InlineData("It happened long ago in 1990. Then it was all over", new[] { "It happened long ago in 1990.", "Then it was all over" })]
    // Scripts without blanks.
    [InlineData("今日は天気がいいですね。明日も晴れるでしょう。だから一緒に公園へ散歩に行きましょうか？", new[] { "今日は天気がいいですね。明日も晴れるでしょう。", "だから一緒に公園へ散歩に行きましょうか？" })]
    public void Cut_falls_at_the_best_place(string text, string[] bubbles) => BubbleSplitter.Split(text, 40).ShouldBe(bubbles);

    [Fact]
    public void Addresses_and_words_longer_than_a_bubble_stay_whole()
    {
        var address = "https://example.org/" + new string('a', 100) + "?q=1.2!x";
        BubbleSplitter.Split($"Veja aqui: {address} e depois volte para cá", 40).ShouldBe(["Veja aqui:", address, "e depois volte para cá"]);
        var word = new string('x', BubbleSplitter.HardLimit);
        BubbleSplitter.Split(word, 40).ShouldBe([word]);
    }

    [Fact]
    public void Word_beyond_whatsapps_limit_is_cut_between_graphemes()
    {
        const string Family = "👨‍👩‍👧‍👦";
        var word = string.Concat(Enumerable.Repeat(Family, 12_000));

        var bubbles = BubbleSplitter.Split(word, 1500);

        bubbles.ShouldAllBe(bubble => bubble.Length <= BubbleSplitter.HardLimit && bubble.Length % Family.Length == 0);
        string.Concat(bubbles).ShouldBe(word);
    }

    [Fact]
    public void Endless_grapheme_is_cut_all_the_same()
    {
        var zalgo = "e" + new string('\u0301', BubbleSplitter.HardLimit + 100);

        var bubbles = BubbleSplitter.Split(zalgo, 1500);

        bubbles.ShouldAllBe(bubble => bubble.Length <= BubbleSplitter.HardLimit);
        string.Concat(bubbles).ShouldBe(zalgo);
    }

    [Fact]
    public void Marked_spans_and_link_addresses_stay_together_where_that_is_possible()
    {
        BubbleSplitter.Split("some more words before *a span of bold words* or so", 40).ShouldBe(["some more words before", "*a span of bold words* or so"]);
        BubbleSplitter.Split("some words before `inline code here` and more after", 40).ShouldBe(["some words before `inline code here` and", "more after"]);
        BubbleSplitter.Split("please open the page now (https://example.org/x) today", 40).ShouldBe(["please open the page", "now (https://example.org/x) today"]);
        BubbleSplitter.Split("*" + string.Join(' ', Enumerable.Repeat("bold", 20)) + "*", 40).Count.ShouldBe(3);
    }

    [Fact]
    public void Heading_or_lead_in_does_not_end_a_bubble()
    {
        BubbleSplitter.Split("A first paragraph.\n\n*Heading*\n\nThe text below it is here", 40).ShouldBe(["A first paragraph.", "*Heading*\n\nThe text below it is here"]);
        BubbleSplitter.Split("All is ready now.\nThe steps are:\n- one step\n- two steps", 40).ShouldBe(["All is ready now.", "The steps are:\n- one step\n- two steps"]);
    }

    [Fact]
    public void Nested_lists_keep_their_indentation()
    {
        BubbleSplitter.Split("- the first item of it\n    - the nested item of it\n    - more", 40)
            .ShouldBe(["- the first item of it", "    - the nested item of it\n    - more"]);
    }

    [Fact]
    public void Code_block_that_fits_is_never_cut()
    {
        BubbleSplitter.Split("Here is what it looks like.\n\n```\nvar a = 1;\n\nvar b = 2;\n```\n\nThat is all.", 40)
            .ShouldBe(["Here is what it looks like.", "```\nvar a = 1;\n\nvar b = 2;\n```", "That is all."]);
    }

    [Fact]
    public void Long_code_block_is_cut_at_line_ends_with_its_fence_closed_and_opened_again()
    {
        var lines = Enumerable.Range(1, 8).Select(i => $"    line number {i};").ToList();
        var text = $"Intro:\n```\n{string.Join('\n', lines)}\n```\nThe end.";

        var bubbles = BubbleSplitter.Split(text, 60);

        bubbles[0].ShouldBe("Intro:");
        bubbles[^1].ShouldBe("The end.");
        var code = bubbles.Skip(1).SkipLast(1).ToList();
        code.Count.ShouldBe(4);
        code.ShouldAllBe(piece => piece.StartsWith("```\n    line", StringComparison.Ordinal) && piece.EndsWith(";\n```", StringComparison.Ordinal) && piece.Length <= 60);
        code.SelectMany(piece => piece.Split('\n')[1..^1]).ShouldBe(lines);
    }

    [Fact]
    public void Code_block_that_never_ends_and_a_line_without_end_are_still_sent()
    {
        BubbleSplitter.Split("```\n" + string.Join('\n', Enumerable.Repeat("twelve chars", 5)), 40).Count.ShouldBe(3);
        var line = new string('x', 100);
        BubbleSplitter.Split($"```\n{line}\nshort\n```", 40).ShouldBe([$"```\n{line}\n```", "```\nshort\n```"]);

        var endless = BubbleSplitter.Split("```" + new string('y', 70_000) + "```", 1500);
        endless.Count.ShouldBe(2);
        endless.Sum(piece => piece.Count(c => c == 'y')).ShouldBe(70_000);
        BubbleSplitter.Split("```\n" + new string('\n', 100) + "```", 40).ShouldBeEmpty();
    }

    [Fact]
    public void No_break_spaces_hold_a_number_and_its_unit()
    {
        BubbleSplitter.Split("uma distância de muitos e de tantos 1000\u00a0km", 40).ShouldBe(["uma distância de muitos e de tantos", "1000\u00a0km"]);
    }

    [Fact]
    public void Limits_that_make_no_sense_are_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => BubbleSplitter.Split("x", 10));
        Should.Throw<ArgumentOutOfRangeException>(() => BubbleSplitter.Split("x", BubbleSplitter.HardLimit + 1));
    }

    [Fact]
    public void Every_cut_keeps_words_addresses_graphemes_and_size()
    {
        var random = new Random(42);
        string[] words =
        [
            "uma", "palavra", "comprida", "Sr.", "etc.", "3.14", "fim.", "Será?", "Sim!", "*negrito*", "_it_", "👨‍👩‍👧‍👦", "🇧🇷", "e\u0301", "https://example.org/a.b?c=d!e",
            "link (https://x.y/z)", "`x = 1`", "R$\u00a05,00", "*dois nomes*",
        ];
        for (var round = 0; round < 400; round++)
        {
            var text = new StringBuilder();
            for (var i = random.Next(1, 120); i > 0; i--)
                text.Append(words[random.Next(words.Length)]).Append(random.Next(12) switch { 0 => "\n", 1 => "\n\n", 2 => "\n  - ", 3 => "  ", _ => " " });
            var whole = text.ToString();
            var limit = random.Next(40, 300);

            var bubbles = BubbleSplitter.Split(whole, limit);

            Words(string.Join(' ', bubbles)).ShouldBe(Words(whole), customMessage: $"limit {limit}: {whole}");
            bubbles.ShouldAllBe(bubble => bubble.Length <= limit && bubble.Trim().Length > 0 && bubble == bubble.TrimEnd());
            bubbles.Sum(Graphemes).ShouldBe(Graphemes(whole));
        }
    }

    [Fact]
    public void Every_cut_keeps_code_whole()
    {
        var random = new Random(7);
        for (var round = 0; round < 200; round++)
        {
            var text = new StringBuilder();
            var code = new List<string>();
            for (var i = random.Next(1, 6); i > 0; i--)
            {
                text.Append(string.Join(' ', Enumerable.Repeat("prosa.", random.Next(30)))).Append('\n');
                var block = Enumerable.Range(0, random.Next(1, 12)).Select(n => $"code line {random.Next(100)} of {n}").ToList();
                code.AddRange(block);
                text.Append("```\n").AppendJoin('\n', block).Append("\n```\n");
            }

            var bubbles = BubbleSplitter.Split(text.ToString(), 120);

            bubbles.ShouldAllBe(bubble => bubble.Length <= 120 && (bubble.Split("```").Length % 2) == 1);
            bubbles.SelectMany(bubble => bubble.Split('\n')).Where(line => line.StartsWith("code", StringComparison.Ordinal)).ShouldBe(code);
            bubbles.ShouldAllBe(bubble => CodeIsFenced(bubble));
        }
    }

    private static bool CodeIsFenced(string bubble) =>
        bubble.Split("```").Select((part, i) => i % 2 == 1 ? !part.Contains("prosa", StringComparison.Ordinal) : !part.Contains("code", StringComparison.Ordinal)).All(ok => ok);

    private static string[] Words(string text) => text.Split([' ', '\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries);

    private static int Graphemes(string text) => Words(text).Sum(word => new StringInfo(word).LengthInTextElements);
}
