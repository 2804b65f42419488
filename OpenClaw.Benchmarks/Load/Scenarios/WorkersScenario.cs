using OpenClaw.Benchmarks.Load.Processes;
using OpenClaw.Benchmarks.Load.Report;

namespace OpenClaw.Benchmarks.Load.Scenarios;

/// <summary>Whether further Workers make it faster, and never slower: one Worker against all of the set-up, in alternating pairs on fresh systems.</summary>
internal sealed class WorkersScenario : ILoadScenario
{
    private const int Chats = 64;
    private const int DefaultPairs = 5;

    public string Name => "workers";

    // It repeats by itself: pairs stand next to each other in time.
    public bool Repeats => false;

    public int DefaultWorkers => 2;

    public string? Refuses(SystemSetup setup) => setup.Workers < 2 ? "workers compares one Worker with several: --workers 2 or more." : null;

    public async Task<IReadOnlyList<Measurement>> RunAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        var all = options.Setup.Workers;
        var pairs = options.Runs ?? DefaultPairs;
        List<Measurement> figures = [];
        for (var pair = 0; pair < pairs; pair++)
        {
            var oneFirst = pair % 2 == 0;
            var first = await AnswerAsync(options with { Workers = oneFirst ? 1 : all }, cancellationToken);
            var second = await AnswerAsync(options with { Workers = oneFirst ? all : 1 }, cancellationToken);
            var (one, several) = oneFirst ? (first, second) : (second, first);
            var ratio = several.PerSecond / one.PerSecond;
            Console.WriteLine(FormattableString.Invariant(
                $"pair {pair + 1}/{pairs}, {options.Setup}: {one.PerSecond:F0}/s with 1, {several.PerSecond:F0}/s with {all}, ratio {ratio:F2}"));
            figures.AddRange(
            [
                new("answers, 1 worker", "/s", one.PerSecond),
                new($"answers, {all} workers", "/s", several.PerSecond, options.Setup.Answers),
                new($"{all} workers to 1", "", ratio, Goal.AtLeast(0.95)),
                new("unanswered", "", one.Unanswered + several.Unanswered, Goal.None),
            ]);
        }

        return figures;
    }

    private static async Task<ClosedLoopResult> AnswerAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        await using var rig = await LoadRig.StartHealthyAsync(RigPlan.Instant, options, cancellationToken);
        return await new ClosedLoop(rig, Chats).RunAsync(TimeSpan.Zero, options.WarmUp, options.Measured(10), cancellationToken);
    }
}
