using System.Text;

namespace OpenClaw.Core.Startup;

/// <summary>The one block that a start ends with.</summary>
public static class StartupReport
{
    private const int LabelWidth = 12;

    /// <summary>The block as text, with an empty line before it.</summary>
    public static string Build(StartupFacts facts)
    {
        var urls = facts.Urls.Select(Reachable).Distinct(StringComparer.OrdinalIgnoreCase).ToArray();
        var address = urls.FirstOrDefault() ?? "<this address>";
        var text = new StringBuilder().AppendLine().AppendLine("OpenClaw is ready.").AppendLine();

        Add(text, "Address", urls);
        foreach (var (label, path) in facts.Pages)
            Add(text, label, urls.Take(1).Select(url => url + path));
        Add(text, "Mode", [facts.Mode]);
        Add(text, "Redis", facts.Redis is null ? [] : [facts.Redis]);
        Add(text, "Database", facts.Database is null ? [] : [facts.Database]);
        Add(text, "Model", [facts.Model]);
        Add(text, "WAHA", [facts.Waha]);
        Add(text, "Data", [facts.DataDirectory]);
        Add(text, "Settings", facts.Settings.Count == 0
            ? ["all defaults"]
            : facts.Settings.Select(static setting => $"{setting.Name} = {setting.Value} ({setting.Source})"));
        Add(text, "Warning", facts.Warnings);
        Add(text, "Next", facts.NextSteps.Select(step => step.Replace("{address}", address, StringComparison.Ordinal)));
        return text.ToString();
    }

    private static void Add(StringBuilder text, string label, IEnumerable<string> lines)
    {
        foreach (var line in lines)
        {
            text.Append("  ").Append(label.PadRight(LabelWidth)).AppendLine(line);
            label = "";
        }
    }

    // A server on all addresses calls itself [::] or 0.0.0.0, which no browser opens.
    private static string Reachable(string url) =>
        url.TrimEnd('/')
            .Replace("://[::]", "://localhost", StringComparison.Ordinal)
            .Replace("://0.0.0.0", "://localhost", StringComparison.Ordinal)
            .Replace("://+", "://localhost", StringComparison.Ordinal)
            .Replace("://*", "://localhost", StringComparison.Ordinal);
}
