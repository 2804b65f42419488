using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace OpenClaw.Tests.Split;

/// <summary>A built host (Gateway or Worker) as a process of its own: killed, frozen, asked to end, and started again on the same port.</summary>
internal sealed class HostProcess : IAsyncDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(10) };
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly string _program;
    private readonly IReadOnlyDictionary<string, string> _settings;
    private Process? _process;

    /// <param name="program">Name of the built assembly, for example <c>OpenClaw.Worker</c>.</param>
    /// <param name="settings">In environment form.</param>
    public HostProcess(string program, IReadOnlyDictionary<string, string> settings)
    {
        (_program, _settings) = (program, settings);
        Root = new Uri($"http://127.0.0.1:{FreePort()}/");
    }

    public Uri Root { get; }

    public bool IsRunning => _process is { HasExited: false };

    /// <summary>Starts it without waiting.</summary>
    public void Start()
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [Path.Combine(AppContext.BaseDirectory, _program + ".dll")])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = AppContext.BaseDirectory,
        };
        foreach (var inherited in start.Environment.Keys.Where(IsSetting).ToArray())
            start.Environment.Remove(inherited);
        foreach (var (key, value) in _settings)
            start.Environment[key] = value;
        start.Environment["ASPNETCORE_URLS"] = Root.ToString();

        var process = _process = Process.Start(start)!;
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Waits until <c>/health</c> says what is wanted: <c>healthy</c>, <c>degraded</c> or <c>unhealthy</c>.</summary>
    public async Task WaitForHealthAsync(string status, CancellationToken cancellationToken)
    {
        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        do
        {
            IsRunning.ShouldBeTrue($"{_program} ended by itself:\n{EndOfLog()}");
        }
        while ((await HealthAsync(cancellationToken)) != status && await poll.WaitForNextTickAsync(cancellationToken));
    }

    /// <summary>The word in <c>/health</c>, or null where nobody answers.</summary>
    public async Task<string?> HealthAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var response = await _http.GetAsync(new Uri(Root, "health"), cancellationToken);
            using var body = System.Text.Json.JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancellationToken));
            return body.RootElement.GetProperty("status").GetString();
        }
        catch (HttpRequestException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _process, null) is not { } process)
            return;
        process.Kill();
        await process.WaitForExitAsync(cancellationToken);
        process.Dispose();
    }

    /// <summary>SIGSTOP: not a single instruction until <see cref="Continue"/>.</summary>
    public void Freeze() => Signal("STOP");

    /// <summary>SIGCONT.</summary>
    public void Continue() => Signal("CONT");

    /// <summary>The last lines that it wrote, for the message of a failed test.</summary>
    public string EndOfLog() => string.Join(Environment.NewLine, _lines.TakeLast(25));

    public async ValueTask DisposeAsync()
    {
        await KillAsync(CancellationToken.None);
        _http.Dispose();
    }

    /// <summary>Below the range from which the system itself takes ports: nobody else gets it while the process is down.</summary>
    private static int FreePort()
    {
        while (true)
        {
            var port = Random.Shared.Next(12_000, 32_000);
            try
            {
                using var probe = new TcpListener(IPAddress.Loopback, port);
                probe.Start();
                return port;
            }
            catch (SocketException)
            {
                // Somebody listens there.
            }
        }
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_process!.Id}"]);
        kill.WaitForExit();
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        if (line.Data is null)
            return;
        _lines.Enqueue(line.Data);
        while (_lines.Count > 200)
            _lines.TryDequeue(out _);
    }

    // What the machine of the test has set must not reach the host.
    private static bool IsSetting(string key) =>
        key.Contains("__", StringComparison.Ordinal)
        || key.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase)
        || key.StartsWith("OTEL_", StringComparison.OrdinalIgnoreCase)
        || key.StartsWith("DOTNET_ENVIRONMENT", StringComparison.OrdinalIgnoreCase)
        || key.StartsWith("CORECLR_", StringComparison.OrdinalIgnoreCase);
}
