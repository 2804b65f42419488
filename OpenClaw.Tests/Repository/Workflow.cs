using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OpenClaw.Tests.Deploy;

namespace OpenClaw.Tests.Repository;

/// <summary>A file under <c>.github/workflows</c>.</summary>
internal sealed partial class Workflow
{
    private readonly JsonObject _root;

    private Workflow(string path)
    {
        (Name, Text) = (Path.GetFileName(path), File.ReadAllText(path));
        _root = YamlFile.Read(path).ShouldHaveSingleItem();
    }

    public static IEnumerable<Workflow> All => Directory.GetFiles(SourceTree.File(".github", "workflows")).Order(StringComparer.Ordinal).Select(path => new Workflow(path));

    public string Name { get; }

    public string Text { get; }

    public JsonNode Root => _root;

    public IEnumerable<(string Name, JsonNode Body)> Jobs => _root.Map("jobs").Select(job => ($"{Name}: {job.Key}", job.Value!));

    public IEnumerable<JsonNode> Steps => Jobs.SelectMany(job => job.Body.List("steps"));

    /// <summary>What is called, with what stands behind it on the line.</summary>
    public IEnumerable<string> Uses => UsesPattern().Matches(Text).Select(match => match.Groups["called"].Value.Trim());

    /// <summary>Files and folders of this repository that its steps name.</summary>
    public IEnumerable<string> Paths => Steps.SelectMany(Texts).SelectMany(text => PathPattern().Matches(text)).Select(match => match.Value.TrimEnd('.', '/')).Distinct(StringComparer.Ordinal);

    private static IEnumerable<string> Texts(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(entry => Texts(entry.Value)),
        JsonArray list => list.SelectMany(Texts),
        null => [],
        _ => [node.ToString()],
    };

    [GeneratedRegex(@"^\s*(?:- )?uses:(?<called>.*)$", RegexOptions.Multiline | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UsesPattern();

    // A namespace in a filter of tests stands behind a tilde.
    [GeneratedRegex(@"(?<![\w~/.-])(?:(?:\.ci|\.github|deploy|docs)/[\w./-]+|OpenClaw\.[\w./-]+|global\.json|Directory\.\w+\.props)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex PathPattern();
}
