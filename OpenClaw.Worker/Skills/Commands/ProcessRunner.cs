using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace OpenClaw.Worker.Skills.Commands;

/// <param name="ExitCode">As the program gave it.</param>
/// <param name="Output">Standard output, at most the cap.</param>
/// <param name="Errors">Standard error, at most the cap.</param>
/// <param name="IsCut">More was written than was kept.</param>
/// <param name="WasStopped">It wrote so much that it was killed.</param>
internal sealed record ProcessOutcome(int ExitCode, string Output, string Errors, bool IsCut, bool WasStopped);

/// <summary>
/// Starts one program with an argument list: no shell, empty environment, closed input, both outputs read at once. However it ends,
/// nothing that it started is left: it runs in a session of its own where the system has <c>setsid</c>, and that whole group is killed.
/// </summary>
internal sealed class ProcessRunner(ExecutableFinder system, TimeProvider time)
{
    private const int KillSignal = 9;

    // Who still holds the outputs after the group was killed has left it on purpose and is not waited for.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly string? _setsid = OperatingSystem.IsWindows() ? null : system.Find("setsid");

    /// <summary>
    /// Runs to the end. Throws <see cref="OperationCanceledException"/> after everything was killed, <see cref="Win32Exception"/> when
    /// the program could not be started.
    /// </summary>
    public async Task<ProcessOutcome> RunAsync(
        string executable, IReadOnlyList<string> arguments, string workingDirectory, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        using var process = new Process { StartInfo = StartInfo(executable, arguments, workingDirectory) };
        process.Start();
        process.StandardInput.Close();

        using var flood = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var output = new CappedOutput(process.StandardOutput.BaseStream, flood);
        var errors = new CappedOutput(process.StandardError.BaseStream, flood);
        var reading = Task.WhenAll(output.ReadAsync(), errors.ReadAsync());
        try
        {
            await process.WaitForExitAsync(flood.Token);
        }
        catch (OperationCanceledException)
        {
            KillTree(process);
            await Task.WhenAny(process.WaitForExitAsync(CancellationToken.None).WaitAsync(Patience, time, CancellationToken.None));
        }

        KillGroup(process.Id);
        await Task.WhenAny(reading.WaitAsync(Patience, time, CancellationToken.None));
        cancellationToken.ThrowIfCancellationRequested();
        var outcome = new ProcessOutcome(
            process.HasExited ? process.ExitCode : -1, output.Text(), errors.Text(), output.IsCut || errors.IsCut, flood.IsCancellationRequested);
        return IsNotStarted(outcome) ? throw new Win32Exception("The program could not be executed.") : outcome;
    }

    // "setsid: failed to execute /usr/bin/x: Exec format error", with 126 or 127 as a shell would.
    private bool IsNotStarted(ProcessOutcome outcome) => _setsid is not null && (outcome.ExitCode is 126 or 127)
        && outcome.Errors.StartsWith("setsid: ", StringComparison.Ordinal);

    private ProcessStartInfo StartInfo(string executable, IReadOnlyList<string> arguments, string workingDirectory)
    {
        var start = new ProcessStartInfo(_setsid ?? executable)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (_setsid is not null)
            start.ArgumentList.Add(executable);
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);

        // Connection strings and keys of this process are in its environment.
        start.Environment.Clear();
        return start;
    }

    private static void KillTree(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception exception) when (exception is InvalidOperationException or Win32Exception or AggregateException)
        {
            // Ended by itself meanwhile; what it left behind is in its group.
        }
    }

    // The group keeps its number while anyone is in it, so this reaches orphans and nobody else.
    private void KillGroup(int id)
    {
        if (_setsid is not null && id > 1)
            _ = Kill(-id, KillSignal);
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static extern int Kill(int process, int signal);
}
