using System.Globalization;
using OpenClaw.Benchmarks.Load.Processes;

namespace OpenClaw.Benchmarks.Load;

/// <summary>The command line of a load run.</summary>
internal sealed record LoadOptions
{
    public const string Usage =
        """
        dotnet run -c Release --project OpenClaw.Benchmarks -- load <scenario> --gateway <published OpenClaw.Gateway.dll or executable> [options]
        dotnet run -c Release --project OpenClaw.Benchmarks -- load selftest
        dotnet run -c Release --project OpenClaw.Benchmarks -- micro [BenchmarkDotNet's options]

        scenarios:
          ingress, answers, slow-model, kill, gap, flood   against any set-up
          faults                                    against any set-up: one thing after the other goes wrong, as a table of counts
          start                                     against one process
          workers, idle, chaos                      with two Workers unless told otherwise
          all                                       the first eight; with --workers all that the set-up allows

        set-up:
          --workers N          so many processes of OpenClaw.Worker, and redis-server between them (0: the Gateway answers itself)
          --worker FILE        published OpenClaw.Worker.dll or executable; needed for Workers
          --store STORE        sqlite, or postgres: a cluster of its own (sqlite)
          --redis              redis-server without Workers too

        options:
          --runs N             runs of each scenario, medians count (3; chaos, gap, faults and idle 1; workers and flood: 5 pairs)
          --seconds N          measured seconds of every phase (each scenario has its own default)
          --warm-up-seconds N  unmeasured seconds before a phase (3)
          --connections N      connections of the webhook sender (48)
          --idle-seconds N     start: idle time before memory is read (60)
          --settle-seconds N   kill, chaos, gap: watch for second answers until so long after the last kill, or the gap (60)
          --down               gap: the Gateway is killed when the gap begins and started when it ends
          --kills N            kill: how often the Gateway is killed (3)
          --seed N             kill, chaos: decides what happens when (random; always printed)
          --messages N         chaos: how many are sent (2000)
          --rate N             chaos: how many a second (30)
          --chats N            chaos: chats they are spread over (200); gap: the same (60); idle: chats that were answered once (10000)
          --no-flush           chaos: without the FLUSHALL in the middle
          --data FOLDER        where the temporary data directories are made (the system's temporary folder)
          --env KEY=VALUE      one more setting of the Gateway and of every Worker; repeatable
          --strace             ingress: count the Gateway's syncs under strace as well
          --keep               do not delete the data directories and the logs
        """;

    public required string Scenario { get; init; }

    public string? GatewayPath { get; init; }

    public string? WorkerPath { get; init; }

    public Store Store { get; init; }

    public bool Redis { get; init; }

    /// <summary>Null = what the scenario asks for.</summary>
    public int? Workers { get; init; }

    /// <summary>Null = what the scenario asks for.</summary>
    public int? Runs { get; init; }

    public int? Seconds { get; init; }

    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(3);

    public int Connections { get; init; } = 48;

    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(60);

    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(60);

    public int Kills { get; init; } = 3;

    public int Seed { get; init; } = Random.Shared.Next(1, 1_000_000);

    public int Messages { get; init; } = 2000;

    public int Rate { get; init; } = 30;

    public int? Chats { get; init; }

    public bool Flush { get; init; } = true;

    /// <summary>Whether the Gateway is dead during the gap.</summary>
    public bool Down { get; init; }

    public string DataFolder { get; init; } = Path.GetTempPath();

    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    public bool Strace { get; init; }

    public bool Keep { get; init; }

    /// <summary>Which processes the system under test is made of.</summary>
    public SystemSetup Setup => new(Store, Workers ?? 0, Redis);

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
                "--redis" => options with { Redis = true },
                "--down" => options with { Down = true },
                "--no-flush" => options with { Flush = false },
                "--strace" => options with { Strace = true },
                "--keep" => options with { Keep = true },
                "--gateway" => options with { GatewayPath = Path.GetFullPath(Next()) },
                "--worker" => options with { WorkerPath = Path.GetFullPath(Next()) },
                "--store" => options with { Store = StoreOf(Next()) },
                "--workers" => options with { Workers = Number() },
                "--data" => options with { DataFolder = Path.GetFullPath(Next()) },
                "--runs" => options with { Runs = Number() },
                "--seconds" => options with { Seconds = Number() },
                "--warm-up-seconds" => options with { WarmUp = TimeSpan.FromSeconds(Number()) },
                "--connections" => options with { Connections = Number() },
                "--idle-seconds" => options with { Idle = TimeSpan.FromSeconds(Number()) },
                "--settle-seconds" => options with { Settle = TimeSpan.FromSeconds(Number()) },
                "--kills" => options with { Kills = Number() },
                "--seed" => options with { Seed = Number() },
                "--messages" => options with { Messages = AtLeastOne() },
                "--rate" => options with { Rate = AtLeastOne() },
                "--chats" => options with { Chats = AtLeastOne() },
                "--env" => options with { Environment = Added(Next()) },
                _ => throw new CommandLineException($"{name} is not an option."),
            };

            string Next() => ++i < args.Count ? args[i] : throw new CommandLineException($"{name} needs a value.");

            int Number() => int.TryParse(Next(), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new CommandLineException($"{name} needs a whole number.");

            int AtLeastOne() => Number() is > 0 and var number ? number : throw new CommandLineException($"{name} must be 1 or more.");
        }

        return options;

        Dictionary<string, string> Added(string pair)
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            environment[at > 0 ? pair[..at] : throw new CommandLineException("--env needs KEY=VALUE.")] = pair[(at + 1)..];
            return environment;
        }
    }

    private static Store StoreOf(string name) => name switch
    {
        "sqlite" => Store.Sqlite,
        "postgres" => Store.Postgres,
        _ => throw new CommandLineException("--store is sqlite or postgres."),
    };
}
