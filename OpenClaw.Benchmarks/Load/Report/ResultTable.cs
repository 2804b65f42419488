using System.Globalization;

namespace OpenClaw.Benchmarks.Load.Report;

/// <summary>Gathers the figures of all runs and prints them as one Markdown table, a row each.</summary>
internal sealed class ResultTable
{
    private static readonly string[] Heads = ["scenario", "figure", "target", "median", "min", "max", "n", "result"];

    private readonly List<(string Scenario, Measurement Measurement)> _measurements = [];

    /// <summary>Whether every figure with a target reaches it.</summary>
    public bool AllMet => Rows().All(r => r.Met != false);

    public void Add(string scenario, IEnumerable<Measurement> measurements) =>
        _measurements.AddRange(measurements.Select(m => (scenario, m)));

    public void Print(TextWriter output)
    {
        List<string[]> lines = [Heads, .. Rows().Select(Cells)];
        var widths = Heads.Select((_, column) => lines.Max(l => l[column].Length)).ToArray();
        lines.Insert(1, [.. widths.Select(w => new string('-', w))]);
        foreach (var line in lines)
        {
            output.WriteLine("| " + string.Join(" | ", line.Select((cell, column) => cell.PadRight(widths[column]))) + " |");
        }
    }

    private IEnumerable<Row> Rows() => _measurements
        .GroupBy(m => (m.Scenario, m.Measurement.Figure))
        .Select(g =>
        {
            var first = g.First().Measurement;
            var samples = Samples.Of(g.Select(m => m.Measurement.Value));
            return new Row(g.Key.Scenario, first, samples, g.Count(), first.Goal?.IsMet(samples));
        });

    private static string[] Cells(Row row) =>
    [
        row.Scenario,
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

    private sealed record Row(string Scenario, Measurement First, Samples Samples, int Count, bool? Met);
}
