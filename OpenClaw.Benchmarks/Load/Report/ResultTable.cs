using System.Globalization;

namespace OpenClaw.Benchmarks.Load.Report;

/// <summary>Gathers the figures of all runs and prints them as one Markdown table, a row each.</summary>
internal sealed class ResultTable
{
    private static readonly string[] Heads = ["scenario", "set-up", "figure", "target", "median", "min", "max", "n", "result"];

    private readonly List<(string Scenario, string Setup, Measurement Measurement)> _measurements = [];

    /// <summary>Whether every figure with a target reaches it.</summary>
    public bool AllMet => Rows().All(r => r.Met != false);

    /// <param name="scenario">What was run.</param>
    /// <param name="setup">What it ran against, for example <c>split sqlite, 2 workers</c>.</param>
    /// <param name="measurements">What it showed.</param>
    public void Add(string scenario, string setup, IEnumerable<Measurement> measurements) =>
        _measurements.AddRange(measurements.Select(m => (scenario, setup, m)));

    public void Print(TextWriter output) => MarkdownTable.Print(Heads, Rows().Select(Cells), output);

    private IEnumerable<Row> Rows() => _measurements
        .GroupBy(m => (m.Scenario, m.Setup, m.Measurement.Figure))
        .Select(g =>
        {
            var first = g.First().Measurement;
            var samples = Samples.Of(g.Select(m => m.Measurement.Value));
            return new Row(g.Key.Scenario, g.Key.Setup, first, samples, g.Count(), first.Goal?.IsMet(samples));
        });

    private static string[] Cells(Row row) =>
    [
        row.Scenario,
        row.Setup,
        row.First.Figure,
        row.First.Goal is { } goal ? $"{goal.Sign} {Number(goal.Bound)} {row.First.Unit}".TrimEnd() : "",
        $"{Number(row.Samples.Median)} {row.First.Unit}".TrimEnd(),
        Number(row.Samples.Min),
        Number(row.Samples.Max),
        row.Count.ToString(CultureInfo.InvariantCulture),
        row.Met switch { true => "pass", false => "FAIL", null => "" },
    ];

    private static string Number(double value) =>
        value.ToString(Math.Abs(value) >= 100 || double.IsInteger(value) ? "N0" : "N2", CultureInfo.InvariantCulture);

    private sealed record Row(string Scenario, string Setup, Measurement First, Samples Samples, int Count, bool? Met);
}
