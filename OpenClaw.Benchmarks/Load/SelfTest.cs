using OpenClaw.Benchmarks.Load.Fakes;
using OpenClaw.Benchmarks.Load.Processes;
using OpenClaw.Benchmarks.Load.Report;
using OpenClaw.Benchmarks.Load.Scenarios;
using OpenClaw.Benchmarks.Load.Traffic;

namespace OpenClaw.Benchmarks.Load;

/// <summary>
/// Shows that the runner can be believed: its ceiling lies well above the targets, every scenario runs against the stand-in,
/// the losses of a Gateway that stores nothing are seen, and so are double, disordered and misdirected answers.
/// </summary>
internal static class SelfTest
{
    private const double IngressCeiling = 10_000;
    private const double AnswersCeiling = 1_000;

    public static async Task<int> RunAsync(LoadOptions given, CancellationToken cancellationToken)
    {
        var options = given with { GatewayPath = null, Seconds = given.Seconds ?? 5, Idle = TimeSpan.FromSeconds(1), Settle = TimeSpan.FromSeconds(3), Strace = false };
        MachineFacts.Print(Console.Out, options.DataFolder);
        Console.WriteLine();
        var table = new ResultTable();
        table.Add("audit", AuditFinds());
        foreach (var scenario in new ILoadScenario[] { new IngressScenario(), new AnswersScenario(), new SlowModelScenario(), new StartScenario() })
        {
            await Console.Error.WriteLineAsync($"{scenario.Name} ...");
            table.Add(scenario.Name, (await LoadCommand.RunOnceAsync(scenario, options, cancellationToken)).Select(Raised));
        }

        await Console.Error.WriteLineAsync("kill ...");
        table.Add("without a kill", await LoadCommand.RunOnceAsync(new KillScenario(), options with { Kills = 0 }, cancellationToken));
        table.Add("killed", await KilledAsync(options with { Kills = 2, Seconds = 10 }, cancellationToken));
        table.Print(Console.Out);
        return table.AllMet ? 0 : 1;
    }

    /// <summary>The stand-in does next to nothing, so what is measured against it is the runner's own ceiling.</summary>
    private static Measurement Raised(Measurement measured) => measured.Figure switch
    {
        "acknowledged, gateway only" => measured with { Goal = Goal.AtLeast(IngressCeiling) },
        "answers, 64 chats" => measured with { Goal = Goal.AtLeast(AnswersCeiling) },
        // Here the stand-in answers every webhook as well, with the plainest of code: its speed says nothing.
        "acknowledged, all-in-one" => measured with { Goal = null },
        _ => measured,
    };

    // The stand-in stores nothing: a kill loses what it has in hand, and only that. The wait for the lost ones is cut short.
    private static async Task<IEnumerable<Measurement>> KilledAsync(LoadOptions options, CancellationToken cancellationToken) =>
        (await LoadCommand.RunOnceAsync(new KillScenario { AnswerLimit = TimeSpan.FromSeconds(3) }, options, cancellationToken))
        .Select(m => m with { Goal = m.Figure is "lost" or "webhooks sent again" ? Goal.AtLeast(1) : m.Figure is "answered twice" or "out of order" ? null : m.Goal });

    private static IEnumerable<Measurement> AuditFinds()
    {
        TrackedMessage[] messages = [.. Enumerable.Range(0, 8).Select(i => new TrackedMessage(i, i < 6 ? "a" : "b") { ReachedAt = i, AcknowledgedAt = i })];
        messages[3].ReachedAt = 40;
        messages[3].AcknowledgedAt = 40;
        var audit = AnswerAudit.Examine(messages,
        [
            Bubble("a", 0, 2), // 1 is overtaken although it was there
            Bubble("a", 1),
            Bubble("a", 4), // 3 arrives afterwards: late
            Bubble("a", 3),
            Bubble("a", 4), // twice
            Bubble("a", 6), // b's; 5 and 7 are lost
            new LoggedMessage("b", "", FromMe: true, "Sorry", 0, 0),
        ]);
        yield return new("lost, of 2", "", audit.Lost, new Goal("=", 2));
        yield return new("answered twice, of 1", "", audit.Twice, new Goal("=", 1));
        yield return new("out of order, of 1", "", audit.OutOfOrder, new Goal("=", 1));
        yield return new("late, of 1", "", audit.Late, new Goal("=", 1));
        yield return new("to another chat, of 1", "", audit.Misdirected, new Goal("=", 1));
        yield return new("apologies, of 1", "", audit.WithoutMessage, new Goal("=", 1));
    }

    private static LoggedMessage Bubble(string chatId, params int[] numbers) =>
        new(chatId, "", FromMe: true, string.Join('\n', numbers.Select(MessageToken.Of)), 0, 0);
}
