using OpenClaw.Benchmarks.Load.Processes;
using OpenClaw.Benchmarks.Load.Report;

namespace OpenClaw.Benchmarks.Load.Scenarios;

/// <summary>One load run against a fresh system.</summary>
internal interface ILoadScenario
{
    /// <summary>What it is called on the command line and in the table.</summary>
    string Name { get; }

    /// <summary>Whether <c>--runs</c> repeats it; false where it repeats by itself.</summary>
    bool Repeats { get; }

    /// <summary>How often it runs unless told otherwise.</summary>
    int DefaultRuns => 3;

    /// <summary>How many Workers there are unless told otherwise.</summary>
    int DefaultWorkers => 0;

    /// <summary>Null, or what to change on the command line to run it.</summary>
    string? Refuses(SystemSetup setup) => null;

    /// <summary>Runs it once and returns its figures.</summary>
    Task<IReadOnlyList<Measurement>> RunAsync(LoadOptions options, CancellationToken cancellationToken);
}
