using System.Diagnostics;
using System.Text;

namespace OpenClaw.Tests.Infrastructure;

/// <summary>A host as a process of its own, as people start it: settings as environment variables, words on standard error, logs on standard output.</summary>
internal sealed class OpenClawProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly Process _process;
    private readonly StringBuilder _errors = new();
    private readonly StringBuilder _output = new();
    private readonly CancellationTokenSource _timeout = new(Patience);
    private bool _isDisposed;

    private OpenClawProcess(ProcessStartInfo start)
    {
        Skip.If(OperatingSystem.IsWindows(), "Started by env, ended by signals.");
        _process = new Process { StartInfo = start };
        _process.ErrorDataReceived += (_, line) => Append(_errors, line.Data);
        _process.OutputDataReceived += (_, line) => Append(_output, line.Data);
        _process.Start();
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    /// <summary>Standard error so far.</summary>
    public string Errors
    {
        get
        {
            lock (_errors)
                return _errors.ToString();
        }
    }

    /// <summary>The lines of standard output so far.</summary>
    public string[] Output
    {
        get
        {
            lock (_output)
                return _output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
    }

    /// <summary>Where it listens, once it is ready.</summary>
    public Uri Url => new(Errors.Split('\n').Select(line => line.Trim()).Single(line => line.StartsWith("Address ", StringComparison.Ordinal))["Address ".Length..].Trim() + "/");

    /// <summary>Whether it has mapped an assembly into its memory.</summary>
    public bool HasLoaded(string assembly) => File.ReadAllText($"/proc/{_process.Id}/maps").Contains($"/{assembly}.dll", StringComparison.Ordinal);

    /// <param name="program">Name of the built assembly, for example <c>OpenClaw.Gateway</c>.</param>
    /// <param name="folder">Working directory.</param>
    /// <param name="settings">In environment form; nothing of the caller's own environment that looks like a setting gets through.</param>
    public static OpenClawProcess Start(string program, TemporaryFolder folder, params IEnumerable<(string Key, string Value)> settings) =>
        StartCommand(program, [], folder, settings);

    /// <summary>The same with a command line, for example <c>health</c>.</summary>
    public static OpenClawProcess StartCommand(string program, string[] arguments, TemporaryFolder folder, params IEnumerable<(string Key, string Value)> settings)
    {
        // A shell's background jobs ignore SIGINT, and so would what they start.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", "dotnet", Path.Combine(AppContext.BaseDirectory, program + ".dll"), .. arguments])
        {
            WorkingDirectory = folder.Path,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        foreach (var key in start.Environment.Keys.Where(IsSetting).ToList())
            start.Environment.Remove(key);
        foreach (var (key, value) in settings)
            start.Environment[key] = value;
        return new OpenClawProcess(start);
    }

    /// <summary>Waits for the block that ends a start.</summary>
    public async Task WaitUntilReadyAsync()
    {
        await Eventually.TrueAsync(() => Errors.Contains("OpenClaw is ready.", StringComparison.Ordinal) && Errors.Contains("  Data ", StringComparison.Ordinal) || _process.HasExited, _timeout.Token);
        if (_process.HasExited)
            throw new InvalidOperationException($"It ended with {_process.ExitCode}: {Errors}");
    }

    /// <summary>Waits until this is in a line of standard output.</summary>
    public Task WaitUntilLoggedAsync(string text) => Eventually.TrueAsync(() => Output.Any(line => line.Contains(text, StringComparison.Ordinal)), _timeout.Token);

    /// <summary>SIGTERM, as a service manager sends it, or another signal.</summary>
    public async Task TerminateAsync(string signal = "TERM")
    {
        using var kill = Process.Start("/bin/sh", ["-c", $"kill -{signal} {_process.Id}"]);
        await kill.WaitForExitAsync(_timeout.Token);
    }

    /// <summary>SIGKILL.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
            _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>Waits for a start that ends with exit code 2, and with no more than that.</summary>
    /// <returns>The sentences that say what to change.</returns>
    public async Task<string[]> WaitForRefusalAsync()
    {
        (await WaitForExitAsync()).ShouldBe(2, Errors);
        Errors.ShouldNotContain("   at ");
        Errors.ShouldNotContain("is ready");
        string.Join('\n', Output).ShouldNotContain("   at ");
        const string beginning = "OpenClaw cannot start: ";
        return [.. Errors.Split('\n').Where(line => line.StartsWith(beginning, StringComparison.Ordinal)).Select(line => line[beginning.Length..])];
    }

    /// <returns>The exit code, with everything written.</returns>
    public async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync(_timeout.Token);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;
        await KillAsync();
        _isDisposed = true;
        _process.Dispose();
        _timeout.Dispose();
    }

    private static void Append(StringBuilder text, string? line)
    {
        lock (text)
        {
            if (line is not null)
                text.Append(line).Append('\n');
        }
    }

    private static bool IsSetting(string key) =>
        key.Contains("__", StringComparison.Ordinal)
        || key.StartsWith("ASPNETCORE_", StringComparison.OrdinalIgnoreCase)
        || key.StartsWith("OTEL_", StringComparison.OrdinalIgnoreCase)
        || key.StartsWith("DOTNET_ENVIRONMENT", StringComparison.OrdinalIgnoreCase)
        || key.StartsWith("CORECLR_", StringComparison.OrdinalIgnoreCase);
}
