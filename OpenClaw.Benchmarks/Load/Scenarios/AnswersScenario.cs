using OpenClaw.Benchmarks.Load.Fakes;
using OpenClaw.Benchmarks.Load.Processes;
using OpenClaw.Benchmarks.Load.Report;
using OpenClaw.Benchmarks.Load.Traffic;

namespace OpenClaw.Benchmarks.Load.Scenarios;

/// <summary>What the assistant itself costs: with a model that takes no time, everything measured is its own.</summary>
internal sealed class AnswersScenario : ILoadScenario
{
    private const int Chats = 64;
    private const double Pace = 100;

    public string Name => "answers";

    public bool Repeats => true;

    public async Task<IReadOnlyList<Measurement>> RunAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        await using var rig = await LoadRig.StartHealthyAsync(RigPlan.Instant, options, cancellationToken);
        var people = new ClosedLoop(rig, Chats);
        var most = await people.RunAsync(TimeSpan.Zero, options.WarmUp, options.Measured(10), cancellationToken);

        var count = (int)(options.Measured(20).TotalSeconds * Pace);
        var bubblesBefore = rig.Waha.Log.BubbleCount;
        var first = people.NextNumber;
        var paced = await new PacedWebhooks(rig.Address, FakeWaha.HmacKey, options.Connections, Chats)
            .SendAsync(first, count, Pace, cancellationToken);
        var own = await AnswerTimes.OwnAsync(rig.Waha.Log, bubblesBefore, first, paced, cancellationToken);
        return
        [
            new("answers, 64 chats", "/s", most.PerSecond, options.Setup.Answers),
            new("unanswered", "", most.Unanswered + (count - own.Count), Goal.None),
            new("own time p50 under full load", "ms", most.RoundTrip.Milliseconds(50)),
            new("own time p50 at 100/s", "ms", own.Milliseconds(50), options.Setup.Latency(10)),
            new("own time p99 at 100/s", "ms", own.Milliseconds(99), Goal.Below(50)),
            new("of p99: runner", "ms", paced.RunnerDelay.Milliseconds(99)),
        ];
    }
}
