using Microsoft.Extensions.Hosting;

namespace OpenClaw.ServiceDefaults.Shutdown;

/// <summary>How long a server that was asked to stop still listens, at least.</summary>
/// <param name="Length">Zero = not at all.</param>
public sealed record DrainTime(TimeSpan Length)
{
    /// <summary>Enough for a balancer or WAHA to see it.</summary>
    public static DrainTime Default { get; } = new(TimeSpan.FromSeconds(1));
}

/// <summary>
/// Before the server stops listening: <c>/health</c> is unhealthy and whoever comes is told to try again, instead of finding a closed
/// port. Draining that takes longer than the window is the window.
/// </summary>
internal sealed class DrainWindow(IHostApplicationLifetime lifetime, DrainTime drain, TimeProvider time) : IHostedLifecycleService, IDisposable
{
    private CancellationTokenRegistration _stopping;
    private long? _askedAt;

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        _stopping = lifetime.ApplicationStopping.Register(() => _askedAt = time.GetTimestamp());
        return Task.CompletedTask;
    }

    // A host that never came to listen has no window.
    public Task StoppingAsync(CancellationToken cancellationToken) =>
        _askedAt is { } askedAt && drain.Length - time.GetElapsedTime(askedAt) is var left && left > TimeSpan.Zero
            ? Task.Delay(left, time, cancellationToken).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default)
            : Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _stopping.Dispose();
}
