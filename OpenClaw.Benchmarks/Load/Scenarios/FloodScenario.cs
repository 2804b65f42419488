using OpenClaw.Benchmarks.Load.Fakes;
using OpenClaw.Benchmarks.Load.Processes;
using OpenClaw.Benchmarks.Load.Report;
using OpenClaw.Benchmarks.Load.Traffic;

namespace OpenClaw.Benchmarks.Load.Scenarios;

/// <summary>Whether one chat that floods keeps the others waiting: the same quiet chats with it and without it, in alternating pairs on one system.</summary>
internal sealed class FloodScenario : ILoadScenario
{
    private const int Chats = 50;
    private const double Pace = 50;
    private const double FloodPace = 300;
    private const int DefaultPairs = 5;

    /// <summary>Tokens of the flood; the others' begin at 0.</summary>
    private const int FloodNumbers = 5_000_000;

    public string Name => "flood";

    // It repeats by itself: pairs stand next to each other in time.
    public bool Repeats => false;

    public async Task<IReadOnlyList<Measurement>> RunAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        await using var rig = await LoadRig.StartHealthyAsync(RigPlan.Instant, options, cancellationToken);
        var phases = new Phases(rig, options);
        await phases.RunAsync(withFlood: true, options.WarmUp + options.Measured(10), cancellationToken);

        var pairs = options.Runs ?? DefaultPairs;
        List<Measurement> figures = [];
        for (var pair = 0; pair < pairs; pair++)
        {
            var calmFirst = pair % 2 == 0;
            var first = await phases.RunAsync(withFlood: !calmFirst, options.Measured(10), cancellationToken);
            var second = await phases.RunAsync(withFlood: calmFirst, options.Measured(10), cancellationToken);
            var (calm, flooded) = calmFirst ? (first, second) : (second, first);
            Console.WriteLine(FormattableString.Invariant(
                $"pair {pair + 1}/{pairs}, {options.Setup}: p99 {calm.P99:F1} ms without, {flooded.P99:F1} ms with a chat that floods"));
            figures.AddRange(
            [
                new("others' p50, without", "ms", calm.P50),
                new("others' p50, with a flood", "ms", flooded.P50),
                new("others' p99, without", "ms", calm.P99),
                new("others' p99, with a flood", "ms", flooded.P99),
                new("p99 beyond 20 % or 5 ms more", "ms", Math.Max(0, flooded.P99 - Math.Max(calm.P99 * 1.2, calm.P99 + 5)), Goal.AtMost(0)),
                new("others' acknowledgement p50, without", "ms", calm.Ack50),
                new("others' acknowledgement p50, with a flood", "ms", flooded.Ack50),
                new("others' acknowledgement p99, with a flood", "ms", flooded.Ack99),
                new("answers of the flood", "1/s", flooded.FloodAnswers),
                new("others unanswered", "", calm.Unanswered + flooded.Unanswered, Goal.None),
                new("flood refused", "", flooded.Refused),
            ]);
        }

        return figures;
    }

    private sealed record Phase(double P50, double P99, double Ack50, double Ack99, int Unanswered, int Refused, double FloodAnswers);

    private sealed class Phases(LoadRig rig, LoadOptions options)
    {
        private int _next;
        private int _nextOfFlood = FloodNumbers;

        public async Task<Phase> RunAsync(bool withFlood, TimeSpan length, CancellationToken cancellationToken)
        {
            var first = _next;
            var count = (int)(length.TotalSeconds * Pace);
            _next += count;
            var bubblesBefore = rig.Waha.Log.BubbleCount;
            var flood = withFlood ? FloodAsync((int)(length.TotalSeconds * FloodPace), cancellationToken) : Task.FromResult(0);
            var paced = await new PacedWebhooks(rig.Address, FakeWaha.HmacKey, options.Connections, Chats).SendAsync(first, count, Pace, cancellationToken);
            var own = await AnswerTimes.OwnAsync(rig.Waha.Log, bubblesBefore, first, paced, cancellationToken);
            var acknowledged = paced.Acknowledgement;
            var refused = await flood;
            var answers = rig.Waha.Log.BubbleCount - bubblesBefore - count;
            return new Phase(
                own.Milliseconds(50), own.Milliseconds(99), acknowledged.Milliseconds(50), acknowledged.Milliseconds(99), count - own.Count, refused, answers / length.TotalSeconds);
        }

        /// <summary>Returns when the flood is answered, so that the next phase begins in calm.</summary>
        private async Task<int> FloodAsync(int count, CancellationToken cancellationToken)
        {
            var first = _nextOfFlood;
            _nextOfFlood += count;
            var bubblesBefore = rig.Waha.Log.BubbleCount;
            var paced = await new PacedWebhooks(rig.Address, FakeWaha.HmacKey, connections: 4, chats: 1, firstChat: Chats).SendAsync(first, count, FloodPace, cancellationToken);
            await AnswerTimes.OwnAsync(rig.Waha.Log, bubblesBefore, first, paced, cancellationToken);
            return paced.Refused;
        }
    }
}
