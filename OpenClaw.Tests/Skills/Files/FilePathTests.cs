using OpenClaw.Worker.Skills;
using OpenClaw.Worker.Skills.Files;

namespace OpenClaw.Tests.Skills.Files;

public sealed class FilePathTests
{
    [Theory]
    [InlineData(null, ".")]
    [InlineData("", ".")]
    [InlineData(" ", ".")]
    [InlineData(".", ".")]
    [InlineData("./", ".")]
    [InlineData("a//b/./c/", "a/b/c")]
    [InlineData("Relatório 10:30 (1).txt", "Relatório 10:30 (1).txt")]
    [InlineData(".hidden", ".hidden")]
    [InlineData("a..b", "a..b")]
    [InlineData("~/x", "~/x")]
    [InlineData("%2e%2e/x", "%2e%2e/x")]
    public void A_path_inside_is_taken(string? text, string expected)
    {
        if (OperatingSystem.IsWindows() && text?.Contains(':', StringComparison.Ordinal) == true)
            return;

        FilePath.Parse(text).ToString().ShouldBe(expected);
    }

    [Theory]
    [InlineData("..", "outside_root")]
    [InlineData("../12", "outside_root")]
    [InlineData("a/../../b", "outside_root")]
    [InlineData("a/..", "outside_root")]
    [InlineData("a/.. /b", "outside_root")]
    [InlineData("...", "outside_root")]
    [InlineData("a/ ../b", "outside_root")]
    [InlineData("/etc/passwd", "outside_root")]
    [InlineData("//etc/passwd", "outside_root")]
    [InlineData("/", "outside_root")]
    [InlineData("C:/Windows", "outside_root")]
    [InlineData("c:secret", "outside_root")]
    [InlineData(@"..\..\x", "path_characters")]
    [InlineData(@"\\server\share", "path_characters")]
    [InlineData(@"\\?\C:\x", "path_characters")]
    [InlineData("a\0b", "path_characters")]
    [InlineData("a\nb", "path_characters")]
    [InlineData("a\u007f", "path_characters")]
    public void A_path_that_leads_elsewhere_is_refused(string text, string detail)
    {
        var refusal = Should.Throw<SkillException>(() => FilePath.Parse(text));

        refusal.Status.ShouldBe(SkillStatus.Refused);
        refusal.Detail.ShouldBe(detail);
    }

    // A lone surrogate does not survive in an attribute.
    [Fact]
    public void A_path_that_is_no_text_is_refused() =>
        Should.Throw<SkillException>(() => FilePath.Parse("a\ud800")).Detail.ShouldBe("path_characters");

    [Fact]
    public void A_path_has_bounds()
    {
        Should.Throw<SkillException>(() => FilePath.Parse(new string('a', 1_025))).Detail.ShouldBe("path_too_long");
        Should.Throw<SkillException>(() => FilePath.Parse(new string('a', 256))).Detail.ShouldBe("path_too_long");
        Should.Throw<SkillException>(() => FilePath.Parse(string.Join('/', Enumerable.Repeat("a", 33)))).Detail.ShouldBe("path_too_long");
    }
}
