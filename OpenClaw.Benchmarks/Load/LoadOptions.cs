using System.Globalization;

namespace OpenClaw.Benchmarks.Load;

/// <summary>The command line of a load run.</summary>
internal sealed record LoadOptions
{
    public const string Usage =
        """
        dotnet run -c Release --project OpenClaw.Benchmarks -- load <scenario> --gateway <published OpenClaw.Gateway.dll or executable> [options]
        dotnet run -c Release --project OpenClaw.Benchmarks -- load selftest
        dotnet run -c Release --project OpenClaw.Benchmarks -- micro [BenchmarkDotNet's options]

        scenarios: ingress, answers, slow-model, start, kill, all
          --runs N             runs of each scenario, medians count (3)
          --seconds N          measured seconds of every phase (each scenario has its own default)
          --warm-up-seconds N  unmeasured seconds before a phase (3)
          --connections N      connections of the webhook sender (48)
          --idle-seconds N     idle time before memory is read (60)
          --settle-seconds N   kill: watch for second answers until so long after the last kill (60)
          --kills N            kill: how often the Gateway is killed (3)
          --seed N             kill: decides the moments (random; always printed)
          --data FOLDER        where the temporary data directories are made (the system's temporary folder)
          --env KEY=VALUE      one more setting of the Gateway; repeatable
          --strace             ingress: count the syncs under strace as well
          --keep               do not delete the data directories and the Gateway's logs
        """;

    public required string Scenario { get; init; }

    public string? GatewayPath { get; init; }

    public int Runs { get; init; } = 3;

    public int? Seconds { get; init; }

    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(3);

    public int Connections { get; init; } = 48;

    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(60);

    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(60);

    public int Kills { get; init; } = 3;

    public int Seed { get; init; } = Random.Shared.Next(1, 1_000_000);

    public string DataFolder { get; init; } = Path.GetTempPath();

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public bool Strace { get; init; }

    public bool Keep { get; init; }

    /// <summary>The measured time of a phase that lasts <paramref name="seconds"/> unless told otherwise.</summary>
    public TimeSpan Measured(int seconds) => TimeSpan.FromSeconds(Seconds ?? seconds);

    /// <summary>Reads the command line; a mistake is an <see cref="CommandLineException"/> that says what to write.</summary>
    public static LoadOptions Parse(IReadOnlyList<string> args)
    {
        if (args.Count == 0 || args[0].StartsWith('-'))
        {
            throw new CommandLineException("Name a scenario first.");
        }

        var options = new LoadOptions { Scenario = args[0] };
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 1; i < args.Count; i++)
        {
            var name = args[i];
            options = name switch
            {
                "--strace" => options with { Strace = true },
                "--keep" => options with { Keep = true },
                "--gateway" => options with { GatewayPath = Path.GetFullPath(Next()) },
                "--data" => options with { DataFolder = Path.GetFullPath(Next()) },
                "--runs" => options with { Runs = Number() },
                "--seconds" => options with { Seconds = Number() },
                "--warm-up-seconds" => options with { WarmUp = TimeSpan.FromSeconds(Number()) },
                "--connections" => options with { Connections = Number() },
                "--idle-seconds" => options with { Idle = TimeSpan.FromSeconds(Number()) },
                "--settle-seconds" => options with { Settle = TimeSpan.FromSeconds(Number()) },
                "--kills" => options with { Kills = Number() },
                "--seed" => options with { Seed = Number() },
                "--env" => options with { Environment = Added(Next()) },
                _ => throw new CommandLineException($"{name} is not an option."),
            };

            string Next() => ++i < args.Count ? args[i] : throw new CommandLineException($"{name} needs a value.");

            int Number() => int.TryParse(Next(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new CommandLineException($"{name} needs a whole number.");
        }

        return options;

        Dictionary<string, string> Added(string pair)
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            environment[at > 0 ? pair[..at] : throw new CommandLineException("--env needs KEY=VALUE.")] = pair[(at + 1)..];
            return environment;
        }
    }
}
