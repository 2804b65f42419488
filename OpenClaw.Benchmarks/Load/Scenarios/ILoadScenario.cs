using OpenClaw.Benchmarks.Load.Report;

namespace OpenClaw.Benchmarks.Load.Scenarios;

/// <summary>One load run against a fresh Gateway.</summary>
internal interface ILoadScenario
{
    /// <summary>What it is called on the command line and in the table.</summary>
    string Name { get; }

    /// <summary>Whether <c>--runs</c> repeats it; false where it repeats by itself.</summary>
    bool Repeats { get; }

    /// <summary>Runs it once and returns its figures.</summary>
    Task<IReadOnlyList<Measurement>> RunAsync(LoadOptions options, CancellationToken cancellationToken);
}
