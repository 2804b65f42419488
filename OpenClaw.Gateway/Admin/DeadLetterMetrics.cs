using System.Diagnostics.Metrics;
using OpenClaw.Core.Queue.DeadLetters;
using OpenClaw.Core.Storage;

namespace OpenClaw.Gateway.Admin;

/// <summary>How many dead letters there are, by kind: counted when a collector asks.</summary>
internal sealed class DeadLetterMetrics(IMeterFactory meters, IServiceProvider services) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        meters.Create("OpenClaw.Gateway").CreateObservableGauge("openclaw.dead_letters", Observe, "{letter}", "Turns and bubbles that were given up and neither replayed nor discarded.");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IEnumerable<Measurement<long>> Observe()
    {
        try
        {
            return services.GetRequiredService<DeadLetterStore>().Count().Select(count => new Measurement<long>(count.Value, new KeyValuePair<string, object?>("openclaw.kind", count.Key)));
        }
        catch (Exception error) when (error is StorageUnavailableException or ObjectDisposedException)
        {
            // No figure is better than a wrong one; the database's own trouble is told elsewhere.
            return [];
        }
    }
}
