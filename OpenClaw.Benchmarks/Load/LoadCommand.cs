using System.Net.Sockets;
using OpenClaw.Benchmarks.Load.Processes;
using OpenClaw.Benchmarks.Load.Report;
using OpenClaw.Benchmarks.Load.Scenarios;

namespace OpenClaw.Benchmarks.Load;

/// <summary>Runs load scenarios and prints their table. Exit code: 0 = every target reached, 1 = not, 2 = wrong command line.</summary>
internal static class LoadCommand
{
    private static readonly ILoadScenario[] Scenarios =
        [new StartScenario(), new IngressScenario(), new AnswersScenario(), new SlowModelScenario(), new KillScenario()];

    public static async Task<int> RunAsync(string[] args)
    {
        using var interrupted = new CancellationTokenSource();
        Console.CancelKeyPress += (_, press) =>
        {
            // The Gateway under test must not outlive us.
            press.Cancel = true;
            interrupted.Cancel();
        };
        try
        {
            var options = LoadOptions.Parse(args);
            return options.Scenario switch
            {
                "stand-in" => await StandInAsync(),
                "selftest" => await SelfTest.RunAsync(options, interrupted.Token),
                _ => await RunScenariosAsync(options, interrupted.Token),
            };
        }
        catch (CommandLineException e)
        {
            await Console.Error.WriteLineAsync(e.Message + Environment.NewLine + Environment.NewLine + LoadOptions.Usage);
            return 2;
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            return 130;
        }
    }

    private static async Task<int> StandInAsync()
    {
        await StandInGateway.RunAsync();
        return 0;
    }

    private static async Task<int> RunScenariosAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        var chosen = Scenarios.Where(s => options.Scenario == "all" || s.Name == options.Scenario).ToArray();
        if (chosen.Length == 0)
        {
            throw new CommandLineException($"{options.Scenario} is not a scenario.");
        }

        if (!File.Exists(options.GatewayPath))
        {
            throw new CommandLineException("--gateway must name the published OpenClaw.Gateway.dll or executable.");
        }

        MachineFacts.Print(Console.Out, options.DataFolder);
        Console.WriteLine();
        var table = new ResultTable();
        foreach (var scenario in chosen)
        {
            var runs = scenario.Repeats ? options.Runs : 1;
            for (var run = 1; run <= runs; run++)
            {
                await Console.Error.WriteLineAsync($"{scenario.Name} {run}/{runs} ...");
                table.Add(scenario.Name, await RunOnceAsync(scenario, options, cancellationToken));
            }
        }

        table.Print(Console.Out);
        return table.AllMet ? 0 : 1;
    }

    /// <summary>One run; a Gateway that does not start or dies is a failed row, and the other scenarios still run.</summary>
    public static async Task<IReadOnlyList<Measurement>> RunOnceAsync(ILoadScenario scenario, LoadOptions options, CancellationToken cancellationToken)
    {
        var foreign = new ForeignCpu();
        try
        {
            var figures = await scenario.RunAsync(options, cancellationToken);
            return [.. figures, new("processor used by others", "%", foreign.Percent())];
        }
        catch (Exception e) when (e is InvalidOperationException or IOException or SocketException)
        {
            await Console.Error.WriteLineAsync(e.Message);
            return [new("runs that broke off", "", 1, Goal.None)];
        }
    }
}
