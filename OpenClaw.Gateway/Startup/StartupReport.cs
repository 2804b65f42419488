using System.Text;

namespace OpenClaw.Gateway.Startup;

/// <summary>The one block that a start ends with.</summary>
internal static class StartupReport
{
    private const int LabelWidth = 12;

    public static string Build(StartupFacts facts)
    {
        var urls = facts.Urls.Select(Reachable).Distinct(StringComparer.OrdinalIgnoreCase).ToArray();
        var text = new StringBuilder().AppendLine().AppendLine("OpenClaw is ready.").AppendLine();

        Add(text, "Address", urls);
        if (facts.HasSimulator)
            Add(text, "Simulator", urls.Take(1).Select(static url => url + "/simulator"));
        Add(text, "Mode", [facts.Mode]);
        Add(text, "Model", [facts.Model]);
        Add(text, "WAHA", [facts.Waha]);
        Add(text, "Data", [facts.DataDirectory]);
        Add(text, "Settings", facts.Settings.Count == 0
            ? ["all defaults"]
            : facts.Settings.Select(static setting => $"{setting.Name} = {setting.Value} ({setting.Source})"));
        Add(text, "Warning", facts.Warnings);
        Add(text, "Next", facts.NextSteps.Count > 0 || !facts.HasSimulator || urls.Length == 0
            ? facts.NextSteps
            : [$"open {urls[0]}/simulator and write \"que horas são?\""]);
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
