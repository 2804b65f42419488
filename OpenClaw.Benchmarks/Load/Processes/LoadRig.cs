using System.Net;
using OpenClaw.Benchmarks.Load.Fakes;

namespace OpenClaw.Benchmarks.Load.Processes;

/// <param name="Answers">Whether anybody works on what comes in, or the Gateway only takes it.</param>
/// <param name="ModelLatency">Time to the model's first token.</param>
/// <param name="WahaLatency">Time a send call takes.</param>
internal sealed record RigPlan(bool Answers, TimeSpan ModelLatency, TimeSpan WahaLatency)
{
    public static RigPlan Instant { get; } = new(Answers: true, TimeSpan.Zero, TimeSpan.Zero);

    /// <summary>Whether PostgreSQL counts queries.</summary>
    public bool TracksQueries { get; init; }
}

/// <summary>One run's surroundings: a fake WAHA, a scripted model, and the system's processes on fresh data.</summary>
internal sealed class LoadRig : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _started = [];
    private readonly string _folder;
    private readonly bool _keep;

    private LoadRig(LoadOptions options)
    {
        _folder = Path.Combine(options.DataFolder, "openclaw-load-" + Guid.NewGuid().ToString("N"));
        _keep = options.Keep;
    }

    public FakeWaha Waha { get; private set; } = null!;

    public ScriptedModel Model { get; private set; } = null!;

    public HostProcess Gateway { get; private set; } = null!;

    /// <summary>Those of the set-up; none when nobody shall answer.</summary>
    public IReadOnlyList<HostProcess> Workers { get; private set; } = [];

    public RedisServerProcess? Redis { get; private set; }

    public PostgresServerProcess? Postgres { get; private set; }

    /// <summary>The rows of the main database, whichever engine keeps them.</summary>
    public StoredRows Rows => new(Postgres, Path.Combine(HostSettings.DataDirectory(_folder), "openclaw.db"));

    /// <summary>Where the Gateway listens.</summary>
    public IPEndPoint Address { get; } = LoopbackPorts.Next();

    /// <summary>Starts everything but Workers, and returns without waiting for the Gateway's health.</summary>
    /// <param name="plan">What kind of surroundings.</param>
    /// <param name="options">Which processes, where.</param>
    /// <param name="cancellationToken">Ends the wait for the servers under the Gateway.</param>
    /// <param name="tracer">Makes the command, given the run's folder, under which the Gateway runs.</param>
    public static async Task<LoadRig> StartAsync(
        RigPlan plan, LoadOptions options, CancellationToken cancellationToken, Func<string, IReadOnlyList<string>>? tracer = null)
    {
        var rig = new LoadRig(options);
        try
        {
            await rig.BeginAsync(plan, options, tracer, cancellationToken);
            return rig;
        }
        catch
        {
            await rig.DisposeAsync();
            throw;
        }
    }

    /// <summary>As <see cref="StartAsync"/>, waits until the Gateway is healthy, and starts the Workers and waits for them.</summary>
    public static async Task<LoadRig> StartHealthyAsync(RigPlan plan, LoadOptions options, CancellationToken cancellationToken)
    {
        var rig = await StartAsync(plan, options, cancellationToken);
        try
        {
            await rig.Gateway.WaitReadyAsync(cancellationToken);
            foreach (var worker in rig.Workers)
            {
                worker.Start();
            }

            await Task.WhenAll(rig.Workers.Select(w => w.WaitReadyAsync(cancellationToken)));
            return rig;
        }
        catch
        {
            await rig.DisposeAsync();
            throw;
        }
    }

    /// <summary>kill -9 of the Gateway, and starts the same again at once: same port, same data.</summary>
    public async Task KillAndRestartAsync()
    {
        await Gateway.KillAsync();
        Gateway.Start();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in Enumerable.Reverse(_started))
        {
            await part.DisposeAsync();
        }

        if (_keep)
        {
            await Console.Error.WriteLineAsync($"kept: {_folder}");
        }
        else if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task BeginAsync(RigPlan plan, LoadOptions options, Func<string, IReadOnlyList<string>>? tracer, CancellationToken cancellationToken)
    {
        var setup = options.Setup;
        Directory.CreateDirectory(HostSettings.DataDirectory(_folder));
        _started.Add(Waha = await FakeWaha.StartAsync(plan.WahaLatency));
        _started.Add(Model = await ScriptedModel.StartAsync(plan.ModelLatency));
        if (setup.HasRedis)
        {
            _started.Add(Redis = new RedisServerProcess(_folder));
            await Redis.CreateAsync(cancellationToken);
        }

        if (setup.Store == Store.Postgres)
        {
            _started.Add(Postgres = new PostgresServerProcess(_folder, plan.TracksQueries));
            await Postgres.CreateAsync(cancellationToken);
        }

        var settings = new HostSettings(_folder, setup, Waha, Model, Redis, Postgres);
        _started.Add(Gateway = new HostProcess(
            Launch("gateway", options.GatewayPath, StandInGateway.Command, Address, settings.ForGateway(Address, plan.Answers)), tracer?.Invoke(_folder)));
        Workers = [.. Enumerable.Range(1, plan.Answers ? setup.Workers : 0).Select(Worker)];
        _started.AddRange(Workers);
        Gateway.Start();

        HostProcess Worker(int number)
        {
            var address = LoopbackPorts.Next();
            return new HostProcess(Launch($"worker-{number}", options.WorkerPath, StandInWorker.Command, address, settings.ForWorker(address)));
        }

        HostLaunch Launch(string name, string? path, IReadOnlyList<string> standIn, IPEndPoint address, Dictionary<string, string> environment)
        {
            foreach (var (key, value) in options.Environment)
            {
                environment[key] = value;
            }

            return new HostLaunch(name, path is null ? standIn : HostLaunch.CommandOf(path), address, _folder, environment);
        }
    }
}
