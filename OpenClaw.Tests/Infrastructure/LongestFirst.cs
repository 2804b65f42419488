using Xunit.Abstractions;

[assembly: TestCollectionOrderer("OpenClaw.Tests.Infrastructure.LongestFirst", "OpenClaw.Tests")]

namespace OpenClaw.Tests.Infrastructure;

/// <summary>
/// Begins with the classes that take long, so that none of them is still running alone when all others are done. Those that start processes
/// or a browser keep the processor busy and journeys mostly wait: they take turns.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    // A class without a collection of its own is one, under this name.
    private const string Prefix = "Test collection for OpenClaw.Tests.";

    private static readonly string[] Working = ["Split", "Simulator", "Startup", "Telemetry"];
    private static readonly string[] Waiting = ["Journeys"];

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections)
    {
        var all = testCollections.OrderBy(collection => collection.DisplayName, StringComparer.Ordinal).ToLookup(Folder, StringComparer.Ordinal);
        var working = Working.SelectMany(folder => all[folder]).ToList();
        var waiting = Waiting.SelectMany(folder => all[folder]).ToList();
        var turns = Enumerable.Range(0, Math.Max(working.Count, waiting.Count)).SelectMany(i => working.Skip(i).Take(1).Concat(waiting.Skip(i).Take(1)));
        return turns.Concat(all.Where(folder => !Working.Concat(Waiting).Contains(folder.Key, StringComparer.Ordinal)).SelectMany(folder => folder));
    }

    private static string Folder(ITestCollection collection) => collection.DisplayName.StartsWith(Prefix, StringComparison.Ordinal)
        ? collection.DisplayName[Prefix.Length..].Split('.')[0]
        : "";
}
