using System.Text.Json.Nodes;

namespace OpenClaw.Tests.Deploy;

/// <summary>A kustomization with everything that it names: what <c>kubectl kustomize</c> would print, without the hashes behind generated names.</summary>
internal sealed class KustomizeTree
{
    private readonly List<JsonObject> _objects = [];

    public KustomizeTree(params string[] folder) => Read(SourceTree.File(["deploy", "k8s", .. folder]));

    public IReadOnlyList<JsonObject> Objects => _objects;

    /// <summary>Keys of generated ConfigMaps, by name, with their values.</summary>
    public Dictionary<string, Dictionary<string, string>> ConfigMaps { get; } = new(StringComparer.Ordinal);

    /// <summary>Keys of generated Secrets, by name, with what the committed example says.</summary>
    public Dictionary<string, Dictionary<string, string>> Secrets { get; } = new(StringComparer.Ordinal);

    public IEnumerable<JsonObject> Of(params string[] kinds) => _objects.Where(each => kinds.Contains(each.Text("kind")));

    /// <summary>Deployments and StatefulSets.</summary>
    public IEnumerable<JsonObject> Workloads => Of("Deployment", "StatefulSet");

    public JsonObject Workload(string name) => Workloads.Single(workload => NameOf(workload) == name);

    public static string NameOf(JsonNode manifest) => manifest.Text("metadata", "name")!;

    public static JsonNode Pod(JsonNode workload) => workload.At("spec", "template", "spec")!;

    /// <summary>The only container of a workload.</summary>
    public static JsonNode Container(JsonNode workload) => Pod(workload).List("containers").ShouldHaveSingleItem();

    /// <summary>The workloads whose pods a selector's labels mean; all with no label.</summary>
    public IEnumerable<JsonObject> Selected(JsonNode? labels) => Workloads.Where(workload =>
        (labels as JsonObject ?? []).All(label => workload.Text("spec", "template", "metadata", "labels", label.Key) == label.Value?.ToString()));

    private void Read(string folder)
    {
        var kustomization = YamlFile.Read(Path.Combine(folder, "kustomization.yaml")).ShouldHaveSingleItem();
        foreach (var resource in kustomization.List("resources").Select(each => Path.GetFullPath(Path.Combine(folder, each.ToString()))))
        {
            if (Directory.Exists(resource))
                Read(resource);
            else
                _objects.AddRange(YamlFile.Read(resource));
        }

        Generate(folder, kustomization.List("configMapGenerator"), ConfigMaps, "");
        Generate(folder, kustomization.List("secretGenerator"), Secrets, ".example");
    }

    // Secrets are not committed; what has to be in them is.
    private static void Generate(string folder, IEnumerable<JsonNode> generators, Dictionary<string, Dictionary<string, string>> into, string suffix)
    {
        foreach (var generator in generators)
        {
            var name = generator.Text("name")!;
            if (!into.TryGetValue(name, out var keys))
                into[name] = keys = new(StringComparer.Ordinal);
            var lines = generator.List("envs").SelectMany(file => File.ReadLines(Path.Combine(folder, file + suffix)))
                .Concat(generator.List("literals").Select(literal => literal.ToString()))
                .Where(line => line.Length > 0 && !line.StartsWith('#'));
            foreach (var line in lines)
                keys[line[..line.IndexOf('=', StringComparison.Ordinal)]] = line[(line.IndexOf('=', StringComparison.Ordinal) + 1)..];
            foreach (var file in generator.List("files").Select(each => each.ToString()))
                keys[Path.GetFileName(file)] = File.ReadAllText(Path.Combine(folder, file));
        }
    }
}
