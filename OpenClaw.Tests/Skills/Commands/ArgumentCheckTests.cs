using OpenClaw.Worker.Skills;
using OpenClaw.Worker.Skills.Commands;
using OpenClaw.Worker.Skills.Files;

namespace OpenClaw.Tests.Skills.Commands;

public sealed class ArgumentCheckTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("openclaw-arguments-").FullName;

    public ArgumentCheckTests()
    {
        File.WriteAllText(Path.Combine(_root, "nota.txt"), "x");
        Directory.CreateDirectory(Path.Combine(_root, "docs"));
        File.CreateSymbolicLink(Path.Combine(_root, "passwd"), "/etc/passwd");
        Directory.CreateSymbolicLink(Path.Combine(_root, "etc"), "/etc");
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData("date")]
    [InlineData("date", "-u", "+%Y-%m-%d %H:%M:%S")]
    [InlineData("date", "+%d/%m/%Y")]
    [InlineData("date", "-d", "next monday", "-uR")]
    [InlineData("date", "--date=2 days ago", "--iso-8601=seconds")]
    [InlineData("df", "-hT")]
    [InlineData("uname", "-a")]
    [InlineData("cal", "-3")]
    [InlineData("cal", "11", "2026")]
    [InlineData("wc", "-l", "nota.txt", "docs/other.txt")]
    [InlineData("head", "-n", "5", "nota.txt")]
    [InlineData("head", "-n5", "Relatório (1).txt")]
    [InlineData("tail", "--lines=3", "nota.txt")]
    [InlineData("ls", "-la", "docs")]
    [InlineData("echo", "-n", "bom", "dia!")]
    [InlineData("frobnicate", "--all", "-x", "docs/nota.txt", "word")]
    public void Harmless_arguments_pass(string executable, params string[] arguments) => Should.NotThrow(() => Check(executable, arguments));

    [Theory]
    [InlineData("date", "-s", "option_not_allowed")]
    [InlineData("date", "--set=2020-01-01", "option_not_allowed")]
    [InlineData("date", "--se=2020-01-01", "option_not_allowed")]
    [InlineData("date", "-us", "option_not_allowed")]
    [InlineData("date", "-f", "option_not_allowed")]
    [InlineData("date", "--file=nota.txt", "option_not_allowed")]
    [InlineData("date", "-fnota.txt", "option_not_allowed")]
    [InlineData("date", "--file=/etc/passwd", "attached_path")]
    [InlineData("date", "-f/etc/passwd", "attached_path")]
    [InlineData("date", "-r", "option_not_allowed")]
    [InlineData("date", "010100002030", "operand_not_allowed")]
    [InlineData("date", "-d", "option_not_allowed")]
    [InlineData("date", "--date=TZ=\"../x\"", "shell_characters")]
    [InlineData("wc", "--files0-from=nota.txt", "option_not_allowed")]
    [InlineData("tail", "-f", "option_not_allowed")]
    [InlineData("tail", "--pid=1", "option_not_allowed")]
    [InlineData("head", "-n", "option_not_allowed")]
    [InlineData("md5sum", "-c", "option_not_allowed")]
    [InlineData("whoami", "--help", "option_not_allowed")]
    [InlineData("whoami", "root", "operand_not_allowed")]
    [InlineData("df", "docs", "operand_not_allowed")]
    [InlineData("wc", "/etc/passwd", "absolute_path")]
    [InlineData("wc", "~/x", "absolute_path")]
    [InlineData("wc", "C:/x", "absolute_path")]
    [InlineData("wc", "../123/a.txt", "parent_path")]
    [InlineData("wc", "docs/../../x", "parent_path")]
    [InlineData("wc", "passwd", "link")]
    [InlineData("wc", "etc/passwd", "link")]
    [InlineData("wc", "etc", "link")]
    [InlineData("wc", "-", "option_not_allowed")]
    [InlineData("wc", "--", "option_not_allowed")]
    [InlineData("wc", "", "empty_argument")]
    [InlineData("wc", "@list", "argument_characters")]
    [InlineData("wc", "a;rm", "shell_characters")]
    [InlineData("wc", "$(id)", "shell_characters")]
    [InlineData("wc", "`id`", "shell_characters")]
    [InlineData("wc", "a|b", "shell_characters")]
    [InlineData("wc", "a&&b", "shell_characters")]
    [InlineData("wc", ">out", "shell_characters")]
    [InlineData("wc", "<in", "shell_characters")]
    [InlineData("wc", "*.txt", "shell_characters")]
    [InlineData("wc", "${HOME}", "shell_characters")]
    [InlineData("wc", "a\\b", "shell_characters")]
    [InlineData("wc", "a\nb", "argument_characters")]
    [InlineData("wc", "a\rb", "argument_characters")]
    [InlineData("wc", "a\0b", "argument_characters")]
    [InlineData("wc", "a\u001b[31m", "argument_characters")]
    [InlineData("wc", "a\u202eb", "argument_characters")]
    [InlineData("wc", "a\u200bb", "argument_characters")]
    [InlineData("wc", "nota.txt#!", "operand_not_allowed")]
    [InlineData("frobnicate", "--file=x", "option_not_allowed")]
    [InlineData("frobnicate", "--file=/etc/passwd", "attached_path")]
    [InlineData("frobnicate", "-f/etc/passwd", "attached_path")]
    [InlineData("frobnicate", "-f../x", "parent_path")]
    [InlineData("frobnicate", "a=/etc/passwd", "attached_path")]
    [InlineData("frobnicate", "http://example.org", "attached_path")]
    [InlineData("frobnicate", "etc/passwd", "link")]
    [InlineData("frobnicate", "name=value", "operand_not_allowed")]
    [InlineData("frobnicate", "it's", "operand_not_allowed")]
    public void Each_rule_refuses_by_its_name(string executable, string argument, string detail)
    {
        var refusal = Should.Throw<SkillException>(() => Check(executable, argument));

        refusal.Status.ShouldBe(SkillStatus.Refused);
        refusal.Detail.ShouldBe(detail);
        refusal.SafeText.ShouldNotContain("\n");
    }

    [Fact]
    public void A_value_is_checked_against_its_options_pattern()
    {
        Should.Throw<SkillException>(() => Check("head", "-n", "all", "nota.txt")).SafeText.ShouldContain("-n all");
        Should.Throw<SkillException>(() => Check("head", "-nall")).Detail.ShouldBe("option_not_allowed");
        Should.Throw<SkillException>(() => Check("date", "-d", "TZ=X now")).Detail.ShouldBe("option_not_allowed");
    }

    [Fact]
    public void Number_and_length_of_arguments_are_bounded()
    {
        Should.Throw<SkillException>(() => Check("echo", [.. Enumerable.Repeat("a", 17)])).Detail.ShouldBe("too_many_arguments");
        Should.Throw<SkillException>(() => Check("echo", new string('a', 257))).Detail.ShouldBe("argument_too_long");
        Should.Throw<SkillException>(() => Check("wc", "a\ud800")).Detail.ShouldBe("argument_characters");
        Should.Throw<SkillException>(() => Check("cal", "1", "2026", "3")).Detail.ShouldBe("operand_not_allowed");
    }

    private void Check(string executable, params string[] arguments) => ArgumentCheck.Check(executable, arguments, FileTree.At(_root));
}
