using OpenClaw.Benchmarks.Load.Processes;
using OpenClaw.Benchmarks.Load.Report;

namespace OpenClaw.Benchmarks.Load.Scenarios;

/// <summary>From the start of the process to the first 200 of /health, on an empty data directory and on a used one, and memory at rest.</summary>
internal sealed class StartScenario : ILoadScenario
{
    private const int Starts = 5;

    public string Name => "start";

    public bool Repeats => false;

    public string? Refuses(SystemSetup setup) => setup.IsSplit ? "start measures one process: leave --workers away." : null;

    public async Task<IReadOnlyList<Measurement>> RunAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        List<Measurement> figures = [];
        for (var i = 0; i < Starts; i++)
        {
            await using var rig = await LoadRig.StartAsync(RigPlan.Instant, options, cancellationToken);
            figures.Add(Started("start, empty data directory", await rig.Gateway.WaitReadyAsync(cancellationToken)));
            await rig.KillAndRestartAsync();
            figures.Add(Started("start, after kill -9", await rig.Gateway.WaitReadyAsync(cancellationToken)));
            if (i == Starts - 1)
            {
                await Task.Delay(options.Idle, cancellationToken);
                figures.Add(new($"memory after {options.Idle.TotalSeconds} s idle", "MB", ProcessFacts.ResidentMegabytes(rig.Gateway.Id), Goal.Below(120)));
            }
        }

        return figures;
    }

    private static Measurement Started(string figure, TimeSpan time) => new(figure, "s", time.TotalSeconds, Goal.Below(1.5));
}
