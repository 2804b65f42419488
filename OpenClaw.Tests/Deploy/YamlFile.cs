using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace OpenClaw.Tests.Deploy;

/// <summary>YAML as JSON nodes, with anchors and <c>&lt;&lt;</c> resolved: that is how Compose and Kubernetes read it.</summary>
internal static class YamlFile
{
    private static readonly IDeserializer Deserializer = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build();
    private static readonly ISerializer ToJson = new SerializerBuilder().JsonCompatible().Build();

    /// <summary>Every document of the file.</summary>
    public static IReadOnlyList<JsonObject> Read(string path)
    {
        using var reader = new StreamReader(path);
        var parser = new MergingParser(new Parser(reader));
        parser.Consume<StreamStart>();
        var documents = new List<JsonObject>();
        while (parser.Accept<DocumentStart>(out _))
            documents.Add(JsonNode.Parse(ToJson.Serialize(Deserializer.Deserialize(parser)!))!.AsObject());
        return documents;
    }

    /// <summary>What lies at a path of keys; null where it ends early.</summary>
    public static JsonNode? At(this JsonNode? node, params string[] keys) => keys.Aggregate(node, static (at, key) => (at as JsonObject)?[key]);

    /// <summary>The text of a scalar, numbers and flags too; null where there is none.</summary>
    public static string? Text(this JsonNode? node, params string[] keys) => node.At(keys)?.ToString();

    /// <summary>The entries of a list; none where there is no list.</summary>
    public static IEnumerable<JsonNode> List(this JsonNode? node, params string[] keys) => (node.At(keys) as JsonArray)?.OfType<JsonNode>() ?? [];

    /// <summary>The entries of a map; none where there is no map.</summary>
    public static IEnumerable<KeyValuePair<string, JsonNode?>> Map(this JsonNode? node, params string[] keys) => node.At(keys) as JsonObject ?? [];
}
