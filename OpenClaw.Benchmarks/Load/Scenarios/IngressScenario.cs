using OpenClaw.Benchmarks.Load.Fakes;
using OpenClaw.Benchmarks.Load.Processes;
using OpenClaw.Benchmarks.Load.Report;
using OpenClaw.Benchmarks.Load.Traffic;

namespace OpenClaw.Benchmarks.Load.Scenarios;

/// <summary>How many signed webhooks are acknowledged, and how fast, with consumers and without.</summary>
internal sealed class IngressScenario : ILoadScenario
{
    private const int Chats = 500;
    private const double Pace = 500;
    private const int TracedOneByOne = 500;

    public string Name => "ingress";

    public bool Repeats => true;

    public async Task<IReadOnlyList<Measurement>> RunAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        List<Measurement> figures = [];
        foreach (var (answers, label) in new[] { (false, "gateway only"), (true, options.Setup.IsSplit ? "workers answer" : "all-in-one") })
        {
            figures.AddRange(await FloodAsync(answers, label, options, cancellationToken));
            figures.AddRange(await PaceAsync(answers, label, options, cancellationToken));
        }

        if (options.Strace)
        {
            figures.AddRange(await TraceAsync(options, cancellationToken));
        }

        return figures;
    }

    private static async Task<IReadOnlyList<Measurement>> FloodAsync(bool answers, string label, LoadOptions options, CancellationToken cancellationToken)
    {
        await using var rig = await LoadRig.StartHealthyAsync(RigPlan.Instant with { Answers = answers }, options, cancellationToken);
        var flood = await Flood(rig, options).RunAsync(options.WarmUp, options.Measured(10), cancellationToken);
        return
        [
            new($"acknowledged, {label}", "/s", flood.PerSecond, options.Setup.Acknowledged),
            new($"not acknowledged, {label}", "", flood.Refused, Goal.None),
            new($"flood p99, {label}", "ms", flood.Latencies.Milliseconds(99)),
        ];
    }

    // On a Gateway of its own: the flood leaves a backlog of answers behind.
    private static async Task<IReadOnlyList<Measurement>> PaceAsync(bool answers, string label, LoadOptions options, CancellationToken cancellationToken)
    {
        await using var rig = await LoadRig.StartHealthyAsync(RigPlan.Instant with { Answers = answers }, options, cancellationToken);
        var sender = new PacedWebhooks(rig.Address, FakeWaha.HmacKey, options.Connections, Chats);
        var warmUp = (int)(options.WarmUp.TotalSeconds * Pace);
        await sender.SendAsync(first: 0, warmUp, Pace, cancellationToken);
        var paced = await sender.SendAsync(warmUp, (int)(options.Measured(10).TotalSeconds * Pace), Pace, cancellationToken);
        return
        [
            new($"p50 at 500/s, {label}", "ms", paced.Acknowledgement.Milliseconds(50)),
            new($"p99 at 500/s, {label}", "ms", paced.Acknowledgement.Milliseconds(99), options.Setup.Latency(25)),
            new($"not acknowledged at 500/s, {label}", "", paced.Refused, Goal.None),
            new($"of p99: runner, {label}", "ms", paced.RunnerDelay.Milliseconds(99)),
        ];
    }

    // One by one nothing can share a commit: fewer syncs than answers would mean an answer before its sync.
    private static async Task<IReadOnlyList<Measurement>> TraceAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        var folder = "";
        await using var rig = await LoadRig.StartAsync(RigPlan.Instant with { Answers = false }, options, cancellationToken, f => SyncTrace.Command(folder = f));
        await rig.Gateway.WaitReadyAsync(cancellationToken);
        var flood = Flood(rig, options);
        var before = SyncTrace.Count(folder);
        var acknowledged = await flood.SendOneByOneAsync(TracedOneByOne, cancellationToken);
        var between = SyncTrace.Count(folder);
        var result = await flood.RunAsync(TimeSpan.Zero, options.Measured(10), cancellationToken);
        var after = SyncTrace.Count(folder);
        return
        [
            new("strace: syncs per acknowledged, one by one", "", (between - before) / (double)acknowledged, Goal.AtLeast(1)),
            new("strace: acknowledged per sync, flood", "", result.Acknowledged / (double)Math.Max(1, after - between)),
        ];
    }

    private static WebhookFlood Flood(LoadRig rig, LoadOptions options) =>
        new(rig.Address, FakeWaha.HmacKey, options.Connections, Chats);
}
