using System.Net;
using System.Net.Sockets;
using OpenClaw.Benchmarks.Load.Fakes;

namespace OpenClaw.Benchmarks.Load.Processes;

/// <param name="WorkerMode"><c>Embedded</c> (all-in-one) or <c>External</c> (Gateway alone).</param>
/// <param name="ModelLatency">Time to the model's first token.</param>
/// <param name="WahaLatency">Time a send call takes.</param>
internal sealed record RigPlan(string WorkerMode, TimeSpan ModelLatency, TimeSpan WahaLatency)
{
    public static RigPlan Instant { get; } = new("Embedded", TimeSpan.Zero, TimeSpan.Zero);
}

/// <summary>One run's surroundings: a fake WAHA, a scripted model, and a Gateway process on a fresh data directory.</summary>
internal sealed class LoadRig : IAsyncDisposable
{
    private readonly GatewayLaunch _launch;
    private readonly IReadOnlyList<string>? _tracer;
    private readonly bool _keep;

    private LoadRig(FakeWaha waha, ScriptedModel model, GatewayLaunch launch, IReadOnlyList<string>? tracer, bool keep)
    {
        Waha = waha;
        Model = model;
        _launch = launch;
        _tracer = tracer;
        _keep = keep;
        Gateway = GatewayProcess.Start(launch, tracer);
    }

    public FakeWaha Waha { get; }

    public ScriptedModel Model { get; }

    public GatewayProcess Gateway { get; private set; }

    /// <summary>Where the Gateway listens.</summary>
    public IPEndPoint Address => _launch.Address;

    /// <summary>Starts all three and returns without waiting for the Gateway's health.</summary>
    /// <param name="plan">What kind of surroundings.</param>
    /// <param name="options">Which Gateway, where.</param>
    /// <param name="tracer">Makes the command, given the run's folder, under which the Gateway runs.</param>
    public static async Task<LoadRig> StartAsync(RigPlan plan, LoadOptions options, Func<string, IReadOnlyList<string>>? tracer = null)
    {
        var folder = Path.Combine(options.DataFolder, "openclaw-load-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(Path.Combine(folder, "data"));
        var waha = await FakeWaha.StartAsync(plan.WahaLatency);
        var model = await ScriptedModel.StartAsync(plan.ModelLatency);
        var address = FreeAddress();
        var settings = GatewayLaunch.Settings(address, folder, plan.WorkerMode, waha, model);
        foreach (var (key, value) in options.Environment)
        {
            settings[key] = value;
        }

        var command = options.GatewayPath is { } path ? GatewayLaunch.CommandOf(path) : StandInGateway.Command;
        return new LoadRig(waha, model, new GatewayLaunch(command, address, folder, settings), tracer?.Invoke(folder), options.Keep);
    }

    /// <summary>As <see cref="StartAsync"/>, and waits until the Gateway is healthy.</summary>
    public static async Task<LoadRig> StartHealthyAsync(RigPlan plan, LoadOptions options, CancellationToken cancellationToken)
    {
        var rig = await StartAsync(plan, options);
        try
        {
            await rig.Gateway.WaitHealthyAsync(cancellationToken);
            return rig;
        }
        catch
        {
            await rig.DisposeAsync();
            throw;
        }
    }

    /// <summary>kill -9, and starts the same again at once: same port, same data directory.</summary>
    public async Task KillAndRestartAsync()
    {
        await Gateway.DisposeAsync();
        Gateway = GatewayProcess.Start(_launch, _tracer);
    }

    public async ValueTask DisposeAsync()
    {
        await Gateway.DisposeAsync();
        await Waha.DisposeAsync();
        await Model.DisposeAsync();
        if (_keep)
        {
            Console.Error.WriteLine($"kept: {_launch.Folder}");
        }
        else
        {
            Directory.Delete(_launch.Folder, recursive: true);
        }
    }

    private static IPEndPoint FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return (IPEndPoint)listener.LocalEndpoint;
    }
}
