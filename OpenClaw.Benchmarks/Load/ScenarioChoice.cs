using OpenClaw.Benchmarks.Load.Processes;
using OpenClaw.Benchmarks.Load.Scenarios;

namespace OpenClaw.Benchmarks.Load;

/// <param name="Scenario">What to run.</param>
/// <param name="Options">The command line, with the number of Workers that the scenario gets.</param>
internal sealed record ChosenScenario(ILoadScenario Scenario, LoadOptions Options);

/// <summary>Which scenarios a command line means, and whether this machine and the given programs allow them.</summary>
internal static class ScenarioChoice
{
    private static readonly ILoadScenario[] Scenarios =
    [
        new StartScenario(), new IngressScenario(), new AnswersScenario(), new SlowModelScenario(), new KillScenario(),
        new GapScenario(), new FloodScenario(), new FaultsScenario(), new WorkersScenario(), new IdleScenario(), new ChaosScenario(),
    ];

    /// <exception cref="CommandLineException">Something is missing or does not go together.</exception>
    public static IReadOnlyList<ChosenScenario> Of(LoadOptions options)
    {
        if (options.GatewayPath is null || !File.Exists(options.GatewayPath))
        {
            throw new CommandLineException("--gateway must name the published OpenClaw.Gateway.dll or executable.");
        }

        var chosen = options.Scenario == "all" ? All(options) : [One(options)];
        foreach (var setup in chosen.Select(c => c.Options.Setup))
        {
            Demand(setup, options);
        }

        return chosen;
    }

    // Without a number of Workers only what needs none: --worker may be missing.
    private static ChosenScenario[] All(LoadOptions options) =>
    [
        .. Scenarios.Where(s => options.Workers is null ? s.DefaultWorkers == 0 : s.Refuses(options.Setup) is null).Select(s => With(s, options)),
    ];

    private static ChosenScenario One(LoadOptions options)
    {
        var scenario = Array.Find(Scenarios, s => s.Name == options.Scenario) ?? throw new CommandLineException($"{options.Scenario} is not a scenario.");
        var chosen = With(scenario, options);
        return scenario.Refuses(chosen.Options.Setup) is { } refusal ? throw new CommandLineException(refusal) : chosen;
    }

    private static ChosenScenario With(ILoadScenario scenario, LoadOptions options) =>
        new(scenario, options with { Workers = options.Workers ?? scenario.DefaultWorkers });

    private static void Demand(SystemSetup setup, LoadOptions options)
    {
        if (setup.IsSplit && (options.WorkerPath is null || !File.Exists(options.WorkerPath)))
        {
            throw new CommandLineException($"{setup.Workers} Workers: --worker must name the published OpenClaw.Worker.dll or executable.");
        }

        if (!setup.IsSplit && options.WorkerPath is not null && options.Scenario != "all")
        {
            throw new CommandLineException("--worker is given, but no Worker is started: add --workers N.");
        }

        if (setup.HasRedis && RedisServerProcess.Missing is { } redis)
        {
            throw new CommandLineException(redis);
        }

        if (setup.Store == Store.Postgres && PostgresInstallation.Missing is { } postgres)
        {
            throw new CommandLineException($"--store postgres: {postgres}");
        }
    }
}
