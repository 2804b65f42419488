using System.Diagnostics.Metrics;
using OpenClaw.Core.Queue.DeadLetters;
using OpenClaw.Gateway.Health;

namespace OpenClaw.Gateway.Admin;

/// <summary>How many dead letters there are, by kind: counted when a collector asks.</summary>
internal sealed class DeadLetterMetrics(IMeterFactory meters, IServiceProvider services) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        meters.CreateStoredGauge("openclaw.dead_letters", "{letter}", "Turns, bubbles and scheduled jobs that were given up and neither replayed nor discarded.", Read);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IEnumerable<Measurement<long>> Read() =>
        services.GetRequiredService<DeadLetterStore>().Count().Select(count => new Measurement<long>(count.Value, new KeyValuePair<string, object?>("openclaw.kind", count.Key)));
}
