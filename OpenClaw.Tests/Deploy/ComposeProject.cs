using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace OpenClaw.Tests.Deploy;

/// <summary>The files of <c>deploy/compose</c>, laid over each other as Compose does: maps are merged, lists are joined, the rest is replaced.</summary>
internal sealed partial class ComposeProject
{
    public const string Main = "compose.yaml";

    private readonly JsonObject _merged = [];

    public ComposeProject(params IEnumerable<string> files)
    {
        foreach (var document in files.SelectMany(file => YamlFile.Read(SourceTree.File("deploy", "compose", file))))
            Merge(_merged, document);
    }

    public static IReadOnlyList<string> Files { get; } =
        [.. Directory.GetFiles(SourceTree.File("deploy", "compose"), "compose*.yaml").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    public IEnumerable<KeyValuePair<string, JsonNode?>> Services => _merged.Map("services");

    public JsonNode Root => _merged;

    public JsonNode Service(string name) => _merged.At("services", name) ?? throw new KeyNotFoundException(name);

    /// <summary>The environment of a service, with <c>.env</c> filled in.</summary>
    public Dictionary<string, string> Environment(string service, IReadOnlyDictionary<string, string> variables) =>
        Service(service).Map("environment").ToDictionary(entry => entry.Key, entry => Interpolate(entry.Value!.ToString(), variables), StringComparer.Ordinal);

    /// <summary>Names in <c>.env.example</c> and their values there; <c>null</c> = only in a comment.</summary>
    public static Dictionary<string, string?> ExampleVariables()
    {
        var variables = new Dictionary<string, string?>(StringComparer.Ordinal);
        foreach (var line in System.IO.File.ReadLines(SourceTree.File("deploy", "compose", ".env.example")))
        {
            if (Assignment().Match(line) is { Success: true } match)
                variables.Add(match.Groups["name"].Value, match.Groups["comment"].Success ? null : match.Groups["value"].Value);
        }

        return variables;
    }

    /// <summary>Every <c>${NAME...}</c> in a file: name, operator (<c>:?</c>, <c>:-</c> or none) and what follows it.</summary>
    public static IEnumerable<(string Name, string Operator, string Tail)> Variables(string file) =>
        from Match match in Variable().Matches(System.IO.File.ReadAllText(SourceTree.File("deploy", "compose", file)))
        select (match.Groups["name"].Value, match.Groups["operator"].Value, match.Groups["rest"].Value);

    public static string Interpolate(string text, IReadOnlyDictionary<string, string> variables) => Variable().Replace(text, match =>
        variables.TryGetValue(match.Groups["name"].Value, out var value) && value.Length > 0 ? value
        : match.Groups["operator"].Value == ":-" ? match.Groups["rest"].Value
        : throw new InvalidOperationException($"{match.Groups["name"].Value} is missing: {match.Groups["rest"].Value}")).Replace("$$", "$", StringComparison.Ordinal);

    /// <summary><c>288M</c> as Compose counts: MiB.</summary>
    public static long Megabytes(string size) => size switch
    {
        [.. var number, 'M'] => long.Parse(number, CultureInfo.InvariantCulture),
        [.. var number, 'G'] => long.Parse(number, CultureInfo.InvariantCulture) * 1024,
        _ => throw new FormatException(size),
    };

    private static void Merge(JsonObject into, JsonObject from)
    {
        foreach (var (key, value) in from)
        {
            if (into[key] is JsonObject known && value is JsonObject more)
                Merge(known, more);
            else if (into[key] is JsonArray list && value is JsonArray further)
                further.ToList().ForEach(entry => list.Add(entry?.DeepClone()));
            else
                into[key] = value?.DeepClone();
        }
    }

    [GeneratedRegex(@"(?<!\$)\$\{(?<name>[A-Z_0-9]+)(?<operator>:[-?])?(?<rest>[^}]*)\}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Variable();

    [GeneratedRegex("^(?<comment>#)?(?<name>[A-Z_0-9]+)=(?<value>.*)$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Assignment();
}
