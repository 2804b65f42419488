using OpenClaw.Benchmarks.Load.Processes;
using OpenClaw.Benchmarks.Load.Report;

namespace OpenClaw.Benchmarks.Load.Scenarios;

/// <summary>Whether chats wait for the model side by side: 64 chats and a model of one second make 64 answers a second at best.</summary>
internal sealed class SlowModelScenario : ILoadScenario
{
    private const int Chats = 64;

    private static readonly TimeSpan ModelLatency = TimeSpan.FromSeconds(1);

    public string Name => "slow-model";

    public bool Repeats => true;

    public async Task<IReadOnlyList<Measurement>> RunAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        await using var rig = await LoadRig.StartHealthyAsync(RigPlan.Instant with { ModelLatency = ModelLatency }, options, cancellationToken);
        var result = await new ClosedLoop(rig, Chats)
            .RunAsync(stagger: ModelLatency, options.WarmUp, options.Measured(15), cancellationToken);
        return
        [
            new("answers, 64 chats, 1 s model", "/s", result.PerSecond, Goal.AtLeast(55)),
            new("unanswered", "", result.Unanswered, Goal.None),
            new("own time p50", "ms", result.RoundTrip.Milliseconds(50) - ModelLatency.TotalMilliseconds),
            new("own time p99", "ms", result.RoundTrip.Milliseconds(99) - ModelLatency.TotalMilliseconds),
        ];
    }
}
