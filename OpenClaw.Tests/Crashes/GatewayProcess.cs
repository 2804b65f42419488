using System.Globalization;
using System.Net;
using System.Net.Sockets;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Crashes;

/// <summary>The built Gateway as a process of its own: started, killed, started again on the same port with the same data.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly (string Key, string Value)[] _settings;
    private TaskCompletionSource _up = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private OpenClawProcess? _process;

    private GatewayProcess(IEnumerable<(string Key, string Value)> settings)
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Root = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/"));
        }

        _settings = [.. settings, ("ASPNETCORE_URLS", Root.ToString()), ("Storage__DataDirectory", Path.Combine(_folder.Path, "data"))];
    }

    public Uri Root { get; }

    public string DatabaseFile => Path.Combine(_folder.Path, "data", "openclaw.db");

    /// <summary>Completes while the process is known to be ready.</summary>
    public Task WhenUp => Volatile.Read(ref _up).Task;

    /// <param name="settings">In environment form.</param>
    public static GatewayProcess With(IEnumerable<(string Key, string Value)> settings) => new(settings);

    /// <summary>Starts it and waits until it is ready.</summary>
    public async Task StartAsync()
    {
        _process = OpenClawProcess.Start("OpenClaw.Gateway", _folder, _settings);
        await _process.WaitUntilReadyAsync();
        Volatile.Read(ref _up).TrySetResult();
    }

    /// <summary>kill -9; whoever posts meanwhile finds nobody, and waits for <see cref="WhenUp"/>.</summary>
    public async Task KillAsync()
    {
        Volatile.Write(ref _up, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        if (_process is not null)
            await _process.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _folder.Dispose();
    }

    /// <summary>The last lines that it wrote, for the message of a failed test.</summary>
    public string EndOfLog() => string.Join(Environment.NewLine, [.. _process?.Output.TakeLast(30) ?? [], _process?.Errors ?? ""]);
}
