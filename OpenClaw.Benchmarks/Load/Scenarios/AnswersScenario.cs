using System.Diagnostics;
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

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(10);

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
        var answeredAt = await WaitForAnswersAsync(rig.Waha.Log, bubblesBefore, first, count, cancellationToken);
        var own = new Latencies(answeredAt.Zip(paced.DueAt).Where(t => t.First > 0).Select(t => t.First - t.Second));
        return
        [
            new("answers, 64 chats", "/s", most.PerSecond, options.Setup.Answers),
            new("unanswered", "", most.Unanswered + (count - own.Count), Goal.None),
            new("own time p50 under full load", "ms", most.RoundTrip.Milliseconds(50)),
            new("own time p50 at 100/s", "ms", own.Milliseconds(50), options.Setup.Latency(10)),
            new("own time p99 at 100/s", "ms", own.Milliseconds(99), options.Setup.Latency(50)),
            new("of p99: runner", "ms", paced.RunnerDelay.Milliseconds(99)),
        ];
    }

    /// <summary>When each message's answer was delivered, Stopwatch ticks; 0 = not within the limit.</summary>
    private static async Task<long[]> WaitForAnswersAsync(PhoneLog log, int from, int first, int count, CancellationToken cancellationToken)
    {
        var answeredAt = new long[count];
        for (var start = Stopwatch.GetTimestamp(); ; await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken))
        {
            var bubbles = log.Bubbles(from);
            from += bubbles.Length;
            foreach (var bubble in bubbles)
            {
                foreach (var index in MessageToken.ReadAll(bubble.Text).Select(n => n - first).Where(i => i >= 0 && i < count && answeredAt[i] == 0))
                {
                    answeredAt[index] = bubble.Ticks;
                }
            }

            if (!answeredAt.Contains(0) || Stopwatch.GetElapsedTime(start) > AnswerLimit)
            {
                return answeredAt;
            }
        }
    }
}
