using System.Diagnostics;
using OpenClaw.Benchmarks.Load.Fakes;
using OpenClaw.Benchmarks.Load.Processes;
using OpenClaw.Benchmarks.Load.Report;

namespace OpenClaw.Benchmarks.Load.Scenarios;

/// <summary>
/// kill -9 of the Gateway under load: nothing acknowledged may be lost, nothing answered twice, nothing out of order. Sends take a while, as
/// with the real WAHA, so that kills also fall between a send and its answer.
/// </summary>
internal sealed class KillScenario : ILoadScenario
{
    private const int Chats = 60;
    private const double Pace = 30;

    private static readonly RigPlan Plan = new(Answers: true, ModelLatency: TimeSpan.FromMilliseconds(200), WahaLatency: TimeSpan.FromMilliseconds(30));

    private int _run;

    /// <summary>How long to wait for answers once every webhook is acknowledged.</summary>
    public TimeSpan AnswerLimit { get; init; } = TimeSpan.FromSeconds(120);

    public string Name => "kill";

    public bool Repeats => true;

    public async Task<IReadOnlyList<Measurement>> RunAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        await using var rig = await LoadRig.StartHealthyAsync(Plan, options, cancellationToken);
        var duration = options.Measured(30);
        var messages = Enumerable.Range(0, (int)(duration.TotalSeconds * Pace))
            .Select(i => new TrackedMessage(i, i % Chats)).ToArray();
        var killing = KillAsync(rig, Moments(duration, options.Kills, options.Seed + _run++), cancellationToken);
        await TrackedTraffic.SendAsync(rig, messages, Pace, cancellationToken);
        var (restarts, lastKill) = await killing;

        var waited = await WaitForAnswersAsync(rig.Waha.Log, messages, cancellationToken);
        if (options.Kills > 0 && options.Settle > Stopwatch.GetElapsedTime(lastKill))
        {
            // A send that was cut is settled a good while later: only then would a second answer show.
            await Task.Delay(options.Settle - Stopwatch.GetElapsedTime(lastKill), cancellationToken);
        }

        var audit = AnswerAudit.Examine(messages, rig.Waha.Log.Bubbles(), OrderRules.BothWereThere);
        return
        [
            new("acknowledged", "", messages.Count(m => m.IsAcknowledged)),
            new("lost", "", audit.Lost, Goal.None),
            new("answered twice", "", audit.Twice.Count, Goal.None),
            new("out of order", "", audit.OutOfOrder.Count, Goal.None),
            new("to another chat", "", audit.Misdirected, Goal.None),
            new("arrived late (allowed)", "", audit.Late),
            new("apologies", "", audit.WithoutMessage),
            new("webhooks sent again", "", messages.Sum(m => m.Tries - 1)),
            new("webhooks given up", "", messages.Count(m => !m.IsAcknowledged), Goal.None),
            new("model calls a message", "", rig.Model.Calls / (double)messages.Length),
            new("healthy again after", "s", restarts.Length > 0 ? restarts.Max(r => r.TotalSeconds) : 0),
            new("all answered after the last acknowledgement", "s", waited.TotalSeconds),
        ];
    }

    /// <summary>One random moment in each of <paramref name="kills"/> equal parts of the run, away from the parts' ends.</summary>
    private static TimeSpan[] Moments(TimeSpan duration, int kills, int seed)
    {
        var random = new Random(seed);
        var moments = Enumerable.Range(0, kills).Select(i => duration * ((i + 0.1 + (random.NextDouble() * 0.8)) / kills)).ToArray();
        Console.Error.WriteLine(FormattableString.Invariant($"  seed {seed}: kills at {string.Join(", ", moments.Select(m => FormattableString.Invariant($"{m.TotalSeconds:F2} s")))}"));
        return moments;
    }

    private static async Task<(TimeSpan[] Restarts, long LastKill)> KillAsync(LoadRig rig, TimeSpan[] moments, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        var lastKill = start;
        List<TimeSpan> restarts = [];
        foreach (var moment in moments)
        {
            await Task.Delay(TimeSpan.FromSeconds(Math.Max(0, (moment - Stopwatch.GetElapsedTime(start)).TotalSeconds)), cancellationToken);
            lastKill = Stopwatch.GetTimestamp();
            await rig.KillAndRestartAsync();
            restarts.Add(await rig.Gateway.WaitReadyAsync(cancellationToken));
        }

        return ([.. restarts], lastKill);
    }

    private async Task<TimeSpan> WaitForAnswersAsync(PhoneLog log, TrackedMessage[] messages, CancellationToken cancellationToken)
    {
        var start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < AnswerLimit && AnswerAudit.Unanswered(messages, log.Bubbles()).Any(m => m.IsAcknowledged))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken);
        }

        return Stopwatch.GetElapsedTime(start);
    }
}
