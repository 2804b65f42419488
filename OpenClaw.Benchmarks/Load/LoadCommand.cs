using System.Net.Sockets;
using System.Runtime.InteropServices;
using OpenClaw.Benchmarks.Load.Processes;
using OpenClaw.Benchmarks.Load.Report;
using OpenClaw.Benchmarks.Load.Scenarios;

namespace OpenClaw.Benchmarks.Load;

/// <summary>Runs load scenarios and prints their table. Exit code: 0 = every target reached, 1 = not, 2 = wrong command line.</summary>
internal static class LoadCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        using var interrupted = new CancellationTokenSource();
        // What is under test must not outlive us.
        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt);
        using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt);
        using var onHangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Interrupt);
        try
        {
            var options = LoadOptions.Parse(args);
            return options.Scenario switch
            {
                "stand-in" => await RunToEndAsync(StandInGateway.RunAsync()),
                "stand-in-worker" => await RunToEndAsync(StandInWorker.RunAsync()),
                "selftest" => await SelfTest.RunAsync(options, interrupted.Token),
                _ => await RunScenariosAsync(ScenarioChoice.Of(options), options, interrupted.Token),
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

        void Interrupt(PosixSignalContext context)
        {
            context.Cancel = true;
            interrupted.Cancel();
        }
    }

    private static async Task<int> RunToEndAsync(Task standIn)
    {
        await standIn;
        return 0;
    }

    private static async Task<int> RunScenariosAsync(IReadOnlyList<ChosenScenario> chosen, LoadOptions options, CancellationToken cancellationToken)
    {
        MachineFacts.Print(Console.Out, options.DataFolder);
        Console.WriteLine();
        var table = new ResultTable();
        foreach (var (scenario, scenarioOptions) in chosen)
        {
            var runs = scenario.Repeats ? options.Runs ?? scenario.DefaultRuns : 1;
            for (var run = 1; run <= runs; run++)
            {
                await Console.Error.WriteLineAsync($"{scenario.Name} {run}/{runs}, {scenarioOptions.Setup} ...");
                table.Add(scenario.Name, scenarioOptions.Setup.ToString(), await RunOnceAsync(scenario, scenarioOptions, cancellationToken));
            }
        }

        table.Print(Console.Out);
        return table.AllMet ? 0 : 1;
    }

    /// <summary>One run; a system that does not start or dies is a failed row, and the other scenarios still run.</summary>
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
