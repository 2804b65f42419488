using System.Text.RegularExpressions;
using OpenClaw.Tests.Deploy;

namespace OpenClaw.Tests.Repository;

/// <summary>Pages of the repository lead to pages, files and headings that are there.</summary>
public sealed partial class LinkTests
{
    [Fact]
    public void Every_link_within_the_repository_leads_somewhere()
    {
        var pages = Pages().ToDictionary(path => path, File.ReadAllText, StringComparer.Ordinal);

        var broken = from page in pages
                     from Match match in Link().Matches(WithoutCode(page.Value))
                     let target = match.Groups["target"].Value
                     where !IsElsewhere(target) && !Leads(page.Key, target)
                     select $"{Path.GetRelativePath(SourceTree.Root, page.Key)}: {target}";

        pages.ShouldContainKey(SourceTree.File("README.md"));
        broken.ShouldBeEmpty();
    }

    [Fact]
    public void Every_page_under_docs_is_reached_from_the_README()
    {
        var readme = File.ReadAllText(SourceTree.File("README.md"));

        var pages = Directory.GetFiles(SourceTree.File("docs"), "*.md").Select(Path.GetFileName).Where(page => page != "PROGRESS.md");

        pages.Where(page => !readme.Contains($"(docs/{page}", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("## Several processes", "several-processes")]
    [InlineData("### `Ai__Main__*`: the model, and its limits", "ai__main__-the-model-and-its-limits")]
    public void A_heading_is_linked_as_GitHub_does_it(string line, string anchor) => Anchors(line).ShouldHaveSingleItem().ShouldBe(anchor);

    private static IEnumerable<string> Pages() =>
        new[] { "", "docs", ".github" }.Select(folder => SourceTree.File(folder))
            .SelectMany(folder => Directory.GetFiles(folder, "*.md", folder == SourceTree.File("") ? SearchOption.TopDirectoryOnly : SearchOption.AllDirectories))
            .Concat(Directory.GetDirectories(SourceTree.Root, "OpenClaw.*").SelectMany(project => Directory.GetFiles(project, "*.md", SearchOption.AllDirectories)))
            .Where(path => !Built().IsMatch(path));

    private static bool IsElsewhere(string target) => target.Contains("://", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal);

    private static bool Leads(string page, string target)
    {
        var (file, anchor) = target.Split('#') is [var path, var heading] ? (path, heading) : (target, null);
        var found = file.Length == 0 ? page : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(page)!, Uri.UnescapeDataString(file)));
        return Path.Exists(found) && (anchor is null || !found.EndsWith(".md", StringComparison.Ordinal) || Anchors(File.ReadAllText(found)).Contains(anchor, StringComparer.Ordinal));
    }

    // The second heading of the same words gets -1, and so on.
    private static IEnumerable<string> Anchors(string markdown) =>
        Heading().Matches(WithoutFences(markdown)).Select(match => NotInAnchors().Replace(match.Groups["words"].Value.Trim().ToLowerInvariant(), "").Replace(' ', '-'))
            .GroupBy(anchor => anchor, StringComparer.Ordinal).SelectMany(same => same.Select((anchor, index) => index == 0 ? anchor : $"{anchor}-{index}"));

    private static string WithoutFences(string markdown) => Fence().Replace(markdown, "");

    private static string WithoutCode(string markdown) => InlineCode().Replace(WithoutFences(markdown), "");

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Link();

    [GeneratedRegex(@"^#{1,6} (?<words>.+)$", RegexOptions.Multiline | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\p{L}\p{N}_ -]", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 5000)]
    private static partial Regex NotInAnchors();

    [GeneratedRegex(@"^[ ]*```.*?^[ ]*```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Fence();

    [GeneratedRegex("`[^`\n]*`", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 5000)]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"[/\\](?:bin|obj|node_modules)[/\\]", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 5000)]
    private static partial Regex Built();
}
