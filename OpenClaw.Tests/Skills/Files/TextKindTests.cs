using System.Text;
using OpenClaw.Worker.Skills.Files;

namespace OpenClaw.Tests.Skills.Files;

public sealed class TextKindTests : IDisposable
{
    private const string Text = "Olá, ação! Preço: 10 reais.\nSegunda linha.\n";

    private readonly string _root = Directory.CreateTempSubdirectory("openclaw-text-").FullName;

    public static TheoryData<string, byte[]> Encoded { get; } = new()
    {
        { "UTF-8", Encoding.UTF8.GetBytes(Text) },
        { "UTF-8 with BOM", [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Text)] },
        { "UTF-16 LE", [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes(Text)] },
        { "UTF-16 BE", [.. Encoding.BigEndianUnicode.Preamble, .. Encoding.BigEndianUnicode.GetBytes(Text)] },
        { "UTF-16 LE", Encoding.Unicode.GetBytes(Text) },
        { "UTF-16 BE", Encoding.BigEndianUnicode.GetBytes(Text) },
        { "UTF-32 LE", [.. Encoding.UTF32.Preamble, .. Encoding.UTF32.GetBytes(Text)] },
        { "UTF-32 BE", [0, 0, 0xFE, 0xFF, .. new UTF32Encoding(true, false).GetBytes(Text)] },
        { "Windows-1252", Encoding.Latin1.GetBytes(Text) },
    };

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [MemberData(nameof(Encoded))]
    public void The_encoding_is_found_and_read(string name, byte[] bytes)
    {
        using var text = Open(bytes).ShouldNotBeNull();

        text.Kind.Name.ShouldBe(name);
        text.Reader.ReadToEnd().ShouldBe(Text);
    }

    [Fact]
    public void Windows_1252_has_its_quotes_and_the_euro()
    {
        using var text = Open([0x80, 0x93, .. "a"u8, 0x94, 0xE3]).ShouldNotBeNull();
        text.Reader.ReadToEnd().ShouldBe("€“a”ã");
    }

    [Fact]
    public void An_old_encoding_is_noticed_late_in_a_file_too()
    {
        using var text = Open([.. Encoding.ASCII.GetBytes(new string('a', 200_000)), 0xE3, .. "o"u8]).ShouldNotBeNull();
        text.Kind.Name.ShouldBe("Windows-1252");
        text.Reader.ReadToEnd().ShouldEndWith("ão");
    }

    [Fact]
    public void A_character_across_two_blocks_is_still_utf_8()
    {
        for (var shift = 0; shift < 4; shift++)
        {
            using var text = Open(Encoding.UTF8.GetBytes(new string('a', (64 * 1024) - shift) + "😀ção€")).ShouldNotBeNull();
            text.Kind.Name.ShouldBe("UTF-8");
        }
    }

    [Fact]
    public void A_file_that_ends_inside_a_character_is_not_utf_8()
    {
        using var text = Open([.. "abc"u8, 0xE2, 0x82]).ShouldNotBeNull();
        text.Kind.Name.ShouldBe("Windows-1252");
    }

    [Fact]
    public void Bytes_that_are_no_text_are_told_apart()
    {
        byte[][] binaries =
        [
            [.. "%PDF-1.7\nplain beginning"u8], [0x50, 0x4B, 3, 4, 20], [0x7F, 0x45, 0x4C, 0x46, 2, 1], [0], [1, 2, 3, 4, 5, 6],
            [.. Enumerable.Range(0, 4_096).Select(number => (byte)(number * 7))], [0xFF, 0xD8, 0xFF, 0xE0], [.. "text"u8, 0, .. "text text text"u8],
        ];
        foreach (var bytes in binaries)
            Open(bytes).ShouldBeNull(Convert.ToHexString(bytes[..Math.Min(8, bytes.Length)]));
    }

    [Theory]
    [InlineData("", new string[0])]
    [InlineData("a", new[] { "a" })]
    [InlineData("a\n", new[] { "a" })]
    [InlineData("a\r\nb\rc\n\nd", new[] { "a", "b", "c", "", "d" })]
    [InlineData("\n\r\n", new[] { "", "" })]
    [InlineData("a\r", new[] { "a" })]
    [InlineData("a\r\n", new[] { "a" })]
    public void Lines_end_at_any_line_end(string text, string[] expected)
    {
        foreach (var step in new[] { 1, 2, 1_000 })
        {
            var lines = new BoundedLines(new SlowReader(text, step), 100);
            var read = new List<string>();
            while (lines.Next(keep: true, CancellationToken.None))
                read.Add(lines.Line);
            read.ShouldBe(expected);
            lines.Number.ShouldBe(expected.Length);
        }
    }

    [Fact]
    public void A_long_line_is_cut_between_characters()
    {
        var lines = new BoundedLines(new SlowReader("abc😀def\nnext", 1_000), 4);

        lines.Next(keep: true, CancellationToken.None).ShouldBeTrue();
        (lines.Line, lines.IsCut).ShouldBe(("abc", true));
        lines.Next(keep: true, CancellationToken.None).ShouldBeTrue();
        (lines.Line, lines.IsCut).ShouldBe(("next", false));
    }

    [Fact]
    public void Reading_stops_when_cancelled()
    {
        var lines = new BoundedLines(new SlowReader("abc", 1), 4);
        Should.Throw<OperationCanceledException>(() => lines.Next(keep: true, new CancellationToken(canceled: true)));
    }

    private FileText? Open(byte[] bytes)
    {
        File.WriteAllBytes(Path.Combine(_root, "f"), bytes);
        return FileText.Open(FileTree.At(_root), FilePath.Parse("f"), CancellationToken.None);
    }

    private sealed class SlowReader(string text, int step) : StringReader(text)
    {
        public override int Read(char[] buffer, int index, int count) => base.Read(buffer, index, Math.Min(step, count));
    }
}
