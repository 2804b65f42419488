using Microsoft.Extensions.Configuration;

namespace OpenClaw.AppHost.Levels;

/// <summary>
/// What was asked for on the command line: <c>--Level=</c>, <c>--Store=</c>, <c>--Model=</c>, <c>--Target=</c>. Not from the environment, where such short
/// names belong to others.
/// </summary>
internal sealed record Switches
{
    private static readonly Dictionary<string, SystemLevel> Levels = new(StringComparer.OrdinalIgnoreCase)
    {
        ["simulator"] = SystemLevel.Simulator,
        ["offline"] = SystemLevel.OfflineBrain,
        ["complete"] = SystemLevel.Complete,
    };

    private static readonly Dictionary<string, Store> Stores = new(StringComparer.OrdinalIgnoreCase) { ["sqlite"] = Store.Sqlite, ["postgres"] = Store.Postgres };

    private static readonly Dictionary<string, ModelSource> Models = new(StringComparer.OrdinalIgnoreCase) { ["server"] = ModelSource.Server, ["ollama"] = ModelSource.Ollama };

    private static readonly Dictionary<string, PublishTarget> Targets = new(StringComparer.OrdinalIgnoreCase)
    {
        ["manifest"] = PublishTarget.Manifest,
        ["compose"] = PublishTarget.Compose,
        ["k8s"] = PublishTarget.Kubernetes,
    };

    /// <summary>The most that may run; the machine decides whether it does.</summary>
    public SystemLevel Highest { get; private init; } = SystemLevel.Complete;

    public Store Store { get; private init; }

    public ModelSource Model { get; private init; }

    public PublishTarget Target { get; private init; }

    /// <summary>What cannot be understood, as a sentence that says what to write; null when all is well.</summary>
    public string? Refusal { get; private init; }

    public static Switches Parse(string[] args)
    {
        var given = new ConfigurationBuilder().AddCommandLine(args).Build();
        List<string> refusals = [];
        return new()
        {
            Highest = Read(given, "Level", Levels, SystemLevel.Complete, refusals),
            Store = Read(given, "Store", Stores, Store.Sqlite, refusals),
            Model = Read(given, "Model", Models, ModelSource.Server, refusals),
            Target = Read(given, "Target", Targets, PublishTarget.Manifest, refusals),
            Refusal = refusals.Count == 0 ? null : string.Join(Environment.NewLine, refusals),
        };
    }

    private static T Read<T>(IConfiguration given, string name, Dictionary<string, T> words, T otherwise, List<string> refusals)
    {
        if (given[name] is not { } word)
            return otherwise;
        if (words.TryGetValue(word, out var value))
            return value;
        refusals.Add($"--{name} cannot be \"{word}\". Write one of {string.Join(", ", words.Keys)}.");
        return otherwise;
    }
}
