using System.ComponentModel;
using System.Diagnostics;

namespace OpenClaw.AppHost.Levels;

/// <summary>Looks for docker and podman, and asks the engine of each the question that Aspire will ask: to list containers.</summary>
/// <param name="path">Folders to look in, as in the variable PATH.</param>
/// <param name="patience">How long an engine may take; one that takes longer is being started or hangs, and would leave every container waiting.</param>
internal sealed class ContainerRuntimeProbe(string? path, TimeSpan patience)
{
    private static readonly string[] Question = ["container", "ls", "-n", "1"];

    private static readonly string[] Endings = OperatingSystem.IsWindows() ? [".exe", ".cmd"] : [""];

    /// <param name="configured">The only client to look for, as in <c>ASPIRE_CONTAINER_RUNTIME</c>; null = docker, then podman.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<ContainerRuntime> LookAsync(string? configured, CancellationToken cancellationToken)
    {
        string[] clients = string.IsNullOrWhiteSpace(configured) ? ["docker", "podman"] : [configured];
        var found = await Task.WhenAll(clients.Select(client => LookForAsync(client, cancellationToken)));
        return found.FirstOrDefault(static runtime => runtime.Answers) ?? found.FirstOrDefault(static runtime => runtime.Name is not null) ?? ContainerRuntime.None;
    }

    private async Task<ContainerRuntime> LookForAsync(string client, CancellationToken cancellationToken) =>
        Find(client) is { } file ? new(client, await AnswersAsync(file, cancellationToken)) : ContainerRuntime.None;

    private string? Find(string client) => (path ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .SelectMany(folder => Endings.Select(ending => Path.Combine(folder, client + ending)))
        .FirstOrDefault(File.Exists);

    private async Task<bool> AnswersAsync(string file, CancellationToken cancellationToken)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(file, Question)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                CreateNoWindow = true,
            });
            return process is not null && await EndsWellAsync(process, cancellationToken);
        }
        catch (Win32Exception)
        {
            // A file of that name that cannot be run is no client.
            return false;
        }
    }

    private async Task<bool> EndsWellAsync(Process process, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(patience);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return process.ExitCode == 0;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }
}
