using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace OpenClaw.Benchmarks.Load.Processes;

/// <summary>A server of the system under test as a process of its own: started, killed and started again on the same port and data.</summary>
/// <param name="name">What reports call it.</param>
/// <param name="logFile">Takes its standard output and error.</param>
internal abstract class ServerProcess(string name, string logFile) : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(10);
    private static readonly ConcurrentDictionary<Process, bool> Running = new();

    private Process? _process;
    private long _startedAt;

    // Whatever way the runner ends: nothing it started may outlive it.
    static ServerProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var process in Running.Keys)
        {
            process.Kill(entireProcessTree: true);
        }
    };

    public string Name => name;

    /// <summary>The process id of the last start.</summary>
    public int Id => _process!.Id;

    /// <summary>Whether it was started and lives.</summary>
    public bool IsRunning => _process is { HasExited: false };

    protected abstract IReadOnlyList<string> Command { get; }

    protected abstract string WorkingDirectory { get; }

    /// <summary>Whether it has processes of its own, which have to be gone before it is started again.</summary>
    protected virtual bool HasChildren => false;

    /// <summary>What ends it when the run is over: for a signal as for <c>kill -s</c>.</summary>
    protected virtual string StopSignal => "KILL";

    /// <summary>Starts it, also again, and returns at once.</summary>
    public void Start()
    {
        // The shell only redirects and is then replaced (exec), so the process id is the server's, and its log lines cost us nothing.
        var start = new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >>\"$0\" 2>&1", logFile, .. Command]) { WorkingDirectory = WorkingDirectory };
        Prepare(start.Environment);
        Forget();
        _startedAt = Stopwatch.GetTimestamp();
        _process = Process.Start(start)!;
        Running[_process] = true;
    }

    /// <summary>Waits until it serves; returns the time since it was started.</summary>
    /// <exception cref="InvalidOperationException">It ended or does not serve; the message holds the end of its log.</exception>
    public async Task<TimeSpan> WaitReadyAsync(CancellationToken cancellationToken)
    {
        using var probe = OpenProbe();
        while (Stopwatch.GetElapsedTime(_startedAt) < StartLimit && IsRunning)
        {
            try
            {
                if (await probe.IsReadyAsync(cancellationToken))
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

        throw new InvalidOperationException($"{name} {HowItEnded()}");
    }

    /// <summary>For a report: how it ended by itself or that it does not serve, and the end of its log.</summary>
    public string HowItEnded() =>
        $"{(IsRunning ? "was not ready after 60 s" : $"ended with code {_process!.ExitCode}")}. The end of {logFile}:{Environment.NewLine}{EndOfLog()}";

    /// <summary>kill -9, and waits until the system has taken it away.</summary>
    public async Task KillAsync()
    {
        if (_process is not { } process)
        {
            return;
        }

        int[] children = HasChildren && IsRunning ? [.. ProcessFacts.DescendantsOf(process.Id)] : [];
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: HasChildren);
        }

        await GoneAsync(process, children);
    }

    /// <summary>Ends it the way that leaves nothing behind.</summary>
    public async Task StopAsync()
    {
        if (IsRunning && StopSignal != "KILL")
        {
            await CommandRun.OutputAsync(["/bin/sh", "-c", "kill -s \"$0\" \"$1\"", StopSignal, Id.ToString(CultureInfo.InvariantCulture)], CancellationToken.None);
            using var limit = new CancellationTokenSource(StopLimit);
            try
            {
                await _process!.WaitForExitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                await Console.Error.WriteLineAsync($"{name} did not stop and is killed.");
            }
        }

        await KillAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Forget();
    }

    /// <summary>What is asked until it says yes.</summary>
    protected abstract IReadinessProbe OpenProbe();

    /// <summary>Sets its environment, which begins as ours.</summary>
    protected virtual void Prepare(IDictionary<string, string?> environment)
    {
    }

    private static async Task GoneAsync(Process process, int[] children)
    {
        await process.WaitForExitAsync(CancellationToken.None);
        while (Array.Exists(children, ProcessFacts.Exists))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), CancellationToken.None);
        }
    }

    private void Forget()
    {
        if (_process is { } ended)
        {
            Running.TryRemove(ended, out _);
            ended.Dispose();
            _process = null;
        }
    }

    private string EndOfLog() => File.Exists(logFile) ? string.Join(Environment.NewLine, File.ReadLines(logFile).TakeLast(20)) : "(no log)";
}
