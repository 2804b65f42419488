using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Queue.Acks;
using OpenClaw.Core.Storage;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Gateway.Health;

/// <summary>Each served session of which what WAHA took does not reach WhatsApp's server in time. Tells counts only, and is well again with the next ack.</summary>
internal sealed class ServerAcksCheck(IServerAckHealth acks, IOptions<WahaOptions> waha, IOptions<ServerAckOptions> options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var gaps = waha.Value.ServedSessions().Select(acks.Of).Where(gap => gap.Missing > 0).Select(Sentence).ToList();
            return Task.FromResult(gaps.Count == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded(string.Join(". ", gaps)));
        }
        catch (StorageUnavailableException)
        {
            return Task.FromResult(HealthCheckResult.Degraded("unknown: the database cannot be read"));
        }
    }

    private string Sentence(ServerAckGap gap) => string.Create(
        CultureInfo.InvariantCulture,
        $"{gap.Session}: {gap.Missing}{(gap.Missing == ServerAckGap.MostCounted ? " or more" : "")} accepted messages without a server ack within {options.Value.ServerAckWithin.TotalSeconds:0} s, the first taken at {gap.Since!.Value.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}{(gap.HadAcks ? "" : "; no ack at all in the last hour: check that WAHA's webhook has the event message.ack")}");
}
