using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Deploy;

/// <summary>The dashboard and the alerts ask for figures that the product really tells.</summary>
public sealed partial class DashboardTests
{
    private static readonly string[] OfPrometheus = ["le", "job", "instance"];

    [Fact]
    public async Task Every_figure_of_the_dashboard_and_the_alerts_is_one_of_a_running_system()
    {
        var told = await InstrumentsAsync();
        var asked = Expressions().SelectMany(expression => Metric().Matches(WithoutLabels(expression)).Select(match => match.Value)).Distinct().ToList();

        asked.Count.ShouldBeGreaterThan(25);
        asked.Except(told).ShouldBeEmpty();
    }

    [Fact]
    public void Every_label_is_a_tag_of_the_source()
    {
        var tags = Directory.EnumerateFiles(SourceTree.Root, "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("OpenClaw.Tests", StringComparison.Ordinal) && !file.Contains("/obj/", StringComparison.Ordinal))
            .SelectMany(file => Quoted().Matches(File.ReadAllText(file)).Select(match => match.Groups["text"].Value.Replace('.', '_')))
            .ToHashSet(StringComparer.Ordinal);

        var labels = Expressions().SelectMany(expression => By().Matches(expression).SelectMany(match => match.Groups["labels"].Value.Split(',', StringSplitOptions.TrimEntries))
            .Concat(Matcher().Matches(expression).Select(match => match.Groups["label"].Value))).Distinct().Except(OfPrometheus).ToList();

        labels.Count.ShouldBeGreaterThan(10);
        // ASP.NET Core's and the runtime's own tags are not in our source.
        labels.Except(tags).Except(["error_type"]).ShouldBeEmpty();
    }

    [Fact]
    public void Every_panel_says_what_it_shows_and_asks_the_data_source_that_is_provisioned()
    {
        var panels = Dashboard().List("panels").Where(panel => panel.Text("type") != "row").ToList();
        var source = YamlFile.Read(SourceTree.File("deploy", "compose", "grafana", "provisioning", "datasources", "prometheus.yaml")).Single().List("datasources").ShouldHaveSingleItem();

        panels.Count.ShouldBeGreaterThan(15);
        Dashboard().List("panels").Select(panel => panel.Text("id")).ShouldBeUnique();
        foreach (var panel in panels)
        {
            panel.Text("title").ShouldNotBeNullOrEmpty();
            panel.Text("datasource", "uid").ShouldBe(source.Text("uid"));
            panel.List("targets").ShouldNotBeEmpty();
            (panel.At("gridPos", "x")!.GetValue<int>() + panel.At("gridPos", "w")!.GetValue<int>()).ShouldBeLessThanOrEqualTo(24);
        }

        source.Text("url").ShouldBe("http://prometheus:9090");
    }

    [Fact]
    public void Prometheus_is_told_to_take_what_is_pushed_under_these_names()
    {
        var prometheus = new ComposeProject("compose.metrics.yaml").Service("prometheus");
        var configuration = YamlFile.Read(SourceTree.File("deploy", "compose", "prometheus", "prometheus.yml")).ShouldHaveSingleItem();

        prometheus.List("command").Select(each => each.ToString()).ShouldContain("--web.enable-otlp-receiver");
        configuration.Text("otlp", "translation_strategy").ShouldBe("UnderscoreEscapingWithSuffixes");
        foreach (var file in configuration.List("rule_files"))
            File.Exists(SourceTree.File("deploy", "compose", "prometheus", file.ToString())).ShouldBeTrue();
    }

    private static JsonObject Dashboard() => JsonNode.Parse(File.ReadAllText(SourceTree.File("deploy", "compose", "grafana", "dashboards", "openclaw.json")))!.AsObject();

    private static IEnumerable<string> Expressions() =>
        Dashboard().List("panels").SelectMany(panel => panel.List("targets")).Select(target => target.Text("expr")!)
            .Concat(YamlFile.Read(SourceTree.File("deploy", "compose", "prometheus", "alerts.yml")).Single().List("groups").SelectMany(group => group.List("rules")).Select(rule => rule.Text("expr")!));

    private static async Task<HashSet<string>> InstrumentsAsync()
    {
        var names = new ConcurrentBag<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                foreach (var name in PrometheusNames.Of(instrument))
                    names.Add(name);
            },
        };
        listener.Start();
        await using var app = await OpenClawApp.StartAsync();
        await app.SendAsync(WahaWebhook.Text("oi"));
        await app.WaitForBubblesAsync(1);
        return [.. names];
    }

    private static string WithoutLabels(string expression) => Matchers().Replace(By().Replace(expression, ""), "");

    [GeneratedRegex(@"\b(?:openclaw|gen_ai|dotnet|http|kestrel)_[a-z0-9_]+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Metric();

    [GeneratedRegex(@"\bby \((?<labels>[^)]*)\)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex By();

    [GeneratedRegex(@"\{[^}]*\}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Matchers();

    [GeneratedRegex(@"[{,]\s*(?<label>[a-z_]+)\s*[=!]", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Matcher();

    [GeneratedRegex("\"(?<text>[a-z_.]+)\"", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Quoted();
}
