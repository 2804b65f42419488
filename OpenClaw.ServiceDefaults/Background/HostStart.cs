using Microsoft.Extensions.Hosting;

namespace OpenClaw.ServiceDefaults.Background;

/// <summary>For loops that need the whole process: its addresses are known and its server answers.</summary>
public static class HostStart
{
    /// <summary>Waits until the process has started and listens.</summary>
    /// <exception cref="OperationCanceledException">It stops before.</exception>
    public static async Task ListeningAsync(this IHostApplicationLifetime lifetime, CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(() => started.TrySetResult());
        await started.Task.WaitAsync(cancellationToken);
    }
}
