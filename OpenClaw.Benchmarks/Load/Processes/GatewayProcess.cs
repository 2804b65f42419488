using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using OpenClaw.Benchmarks.Load.Traffic;

namespace OpenClaw.Benchmarks.Load.Processes;

/// <summary>The Gateway under test as a process of its own.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly GatewayLaunch _launch;
    private readonly Process _process;
    private readonly long _startedAt;
    private readonly bool _traced;

    private GatewayProcess(GatewayLaunch launch, Process process, long startedAt, bool traced)
    {
        _traced = traced;
        _launch = launch;
        _process = process;
        _startedAt = startedAt;
    }

    /// <summary>Starts it and returns at once. With <paramref name="tracer"/> the command runs under it.</summary>
    public static GatewayProcess Start(GatewayLaunch launch, IReadOnlyList<string>? tracer = null)
    {
        // The shell only redirects and is then replaced (exec), so the process id is the Gateway's, and its log lines cost us nothing.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >>\"$0\" 2>&1", launch.LogFile, .. tracer ?? [], .. launch.Command])
        {
            WorkingDirectory = Path.GetDirectoryName(launch.Command[^1]) is { Length: > 0 } folder ? folder : launch.Folder,
        };
        foreach (var inherited in start.Environment.Keys.Where(IsSetting).ToArray())
        {
            start.Environment.Remove(inherited);
        }

        foreach (var (key, value) in launch.Environment)
        {
            start.Environment[key] = value;
        }

        var startedAt = Stopwatch.GetTimestamp();
        return new GatewayProcess(launch, Process.Start(start)!, startedAt, tracer is not null);
    }

    /// <summary>Waits for the first 200 of <c>/health</c>; returns the time since the process was started.</summary>
    /// <exception cref="InvalidOperationException">It ended or did not become healthy; the message holds the end of its log.</exception>
    public async Task<TimeSpan> WaitHealthyAsync(CancellationToken cancellationToken)
    {
        var request = "GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"u8.ToArray();
        using var connection = new HttpConnection(_launch.Address);
        while (Stopwatch.GetElapsedTime(_startedAt) < StartLimit && !_process.HasExited)
        {
            try
            {
                if (await connection.SendAsync(request, cancellationToken) == 200)
                {
                    return Stopwatch.GetElapsedTime(_startedAt);
                }
            }
            catch (Exception e) when (e is SocketException or IOException)
            {
                // Not listening yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(5), cancellationToken);
        }

        throw new InvalidOperationException(
            $"The Gateway {(_process.HasExited ? $"ended with code {_process.ExitCode}" : "was not healthy after 60 s")}. The end of {_launch.LogFile}:{System.Environment.NewLine}{EndOfLog()}");
    }

    /// <summary>kill -9, and waits until the system has taken it away.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            // Under a tracer the Gateway is the child.
            _process.Kill(entireProcessTree: _traced);
        }

        await _process.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>VmRSS in megabytes (10^6 bytes).</summary>
    public double ResidentMegabytes()
    {
        var line = File.ReadLines($"/proc/{_process.Id}/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return double.Parse(line["VmRSS:".Length..^"kB".Length], CultureInfo.InvariantCulture) * 1024 / 1_000_000;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    // What the caller's shell happens to have set must not reach the Gateway.
    private static bool IsSetting(string key) =>
        key.Contains("__", StringComparison.Ordinal)
        || key.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase)
        || key.Equals("DOTNET_ENVIRONMENT", StringComparison.OrdinalIgnoreCase)
        || key.StartsWith("OTEL_", StringComparison.OrdinalIgnoreCase);

    private string EndOfLog() =>
        File.Exists(_launch.LogFile) ? string.Join(System.Environment.NewLine, File.ReadLines(_launch.LogFile).TakeLast(20)) : "(no log)";
}
