using Microsoft.Extensions.Hosting;

namespace OpenClaw.Core.Memory;

/// <summary>Samples the memory twice a second, so that nobody who asks has to.</summary>
public sealed class MemoryWatch(MemoryPressure pressure, TimeProvider time) : BackgroundService
{
    internal static readonly TimeSpan Period = TimeSpan.FromMilliseconds(500);

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            pressure.Sample();
    }
}
