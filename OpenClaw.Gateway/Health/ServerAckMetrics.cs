using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Queue.Acks;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Gateway.Health;

/// <summary>Missing server acks by session: counted when a collector asks.</summary>
internal sealed class ServerAckMetrics(IMeterFactory meters, IServiceProvider services, IOptions<WahaOptions> waha) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        meters.CreateStoredGauge("openclaw.delivery.server_acks_missing", "{message}", "Messages that WAHA took and WhatsApp's server did not acknowledge in time, since the last acknowledged one.", Read);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IEnumerable<Measurement<long>> Read()
    {
        var acks = services.GetRequiredService<IServerAckHealth>();
        return waha.Value.ServedSessions().Select(session => new Measurement<long>(acks.Of(session).Missing, new KeyValuePair<string, object?>("openclaw.session", session)));
    }
}
