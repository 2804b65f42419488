using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace OpenClaw.Tests.Crashes;

/// <summary>The built Gateway as a process of its own: started, killed, started again on the same port with the same data.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    private readonly HttpClient _http = new();
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly Dictionary<string, string> _settings;
    private TaskCompletionSource _up = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Process? _process;

    private GatewayProcess(IReadOnlyDictionary<string, string> settings)
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Root = new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/");
        }

        _settings = new(settings, StringComparer.Ordinal)
        {
            ["ASPNETCORE_URLS"] = Root.ToString(),
            ["Storage__DataDirectory"] = Path.Combine(Folder, "data"),
        };
    }

    public Uri Root { get; }

    public string Folder { get; } = Directory.CreateTempSubdirectory("openclaw-crash-").FullName;

    public string DatabaseFile => Path.Combine(Folder, "data", "openclaw.db");

    /// <summary>Completes while the process is known to be healthy.</summary>
    public Task WhenUp => Volatile.Read(ref _up).Task;

    /// <param name="settings">In environment form.</param>
    public static GatewayProcess With(IReadOnlyDictionary<string, string> settings) => new(settings);

    /// <summary>Starts it and waits for its first healthy answer.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [Path.Combine(AppContext.BaseDirectory, "OpenClaw.Gateway.dll")])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Folder,
        };
        foreach (var inherited in start.Environment.Keys.Where(IsSetting).ToArray())
            start.Environment.Remove(inherited);
        foreach (var (key, value) in _settings)
            start.Environment[key] = value;

        var process = _process = Process.Start(start)!;
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await WaitHealthyAsync(process, cancellationToken);
        Volatile.Read(ref _up).TrySetResult();
    }

    /// <summary>kill -9; whoever posts meanwhile finds nobody, and waits for <see cref="WhenUp"/>.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        Volatile.Write(ref _up, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        if (_process is not { } process)
            return;
        process.Kill();
        await process.WaitForExitAsync(cancellationToken);
        process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync(CancellationToken.None);
        _http.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>The last lines that it wrote, for the message of a failed test.</summary>
    public string EndOfLog() => string.Join(Environment.NewLine, _lines.TakeLast(30));

    private async Task WaitHealthyAsync(Process process, CancellationToken cancellationToken)
    {
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var health = new Uri(Root, "health");
        while (await poll.WaitForNextTickAsync(cancellationToken))
        {
            process.HasExited.ShouldBeFalse($"The Gateway ended by itself:{Environment.NewLine}{EndOfLog()}");
            try
            {
                using var response = await _http.GetAsync(health, cancellationToken);
                if (response.IsSuccessStatusCode)
                    return;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
        }
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null)
            return;
        _lines.Enqueue(line.Data);
        while (_lines.Count > 200)
            _lines.TryDequeue(out _);
    }

    // What the machine of the test has set must not reach the Gateway.
    private static bool IsSetting(string key) =>
        key.Contains("__", StringComparison.Ordinal)
        || key.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase)
        || key.StartsWith("OTEL_", StringComparison.OrdinalIgnoreCase)
        || key.Equals("DOTNET_ENVIRONMENT", StringComparison.OrdinalIgnoreCase);
}
