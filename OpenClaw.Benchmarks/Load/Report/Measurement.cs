namespace OpenClaw.Benchmarks.Load.Report;

/// <summary>What a figure has to reach.</summary>
/// <param name="Sign">How it is written: <c>&gt;=</c>, <c>&lt;</c>, <c>&lt;=</c> or <c>=</c>.</param>
/// <param name="Bound">The bound.</param>
internal sealed record Goal(string Sign, double Bound)
{
    /// <summary>None of what is counted may happen, in any run.</summary>
    public static Goal None { get; } = new("=", 0);

    public static Goal AtLeast(double bound) => new(">=", bound);

    public static Goal Below(double bound) => new("<", bound);

    public static Goal AtMost(double bound) => new("<=", bound);

    /// <summary>Whether the samples of all runs reach it: their median, or every one of them where nothing may happen.</summary>
    public bool IsMet(Samples samples) => Sign switch
    {
        ">=" => samples.Median >= Bound,
        "<" => samples.Median < Bound,
        "<=" => samples.Median <= Bound,
        _ => samples.Min >= Bound && samples.Max <= Bound,
    };
}

/// <summary>One figure of one run.</summary>
/// <param name="Figure">What was measured, for example <c>own time p99 at 100/s</c>.</param>
/// <param name="Unit">Unit, for example <c>ms</c>; empty for a count.</param>
/// <param name="Value">The value.</param>
/// <param name="Goal">What it has to reach; null = told only.</param>
internal sealed record Measurement(string Figure, string Unit, double Value, Goal? Goal = null);

/// <summary>The values of one figure over all runs.</summary>
internal sealed record Samples(double Min, double Median, double Max)
{
    public static Samples Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        var middle = sorted.Length / 2;
        var median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Samples(sorted[0], median, sorted[^1]);
    }
}
