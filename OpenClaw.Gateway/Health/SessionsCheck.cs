using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Storage;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Gateway.Health;

/// <summary>The newest state that each served session told us.</summary>
internal sealed class SessionsCheck(ChatEventStore events, IOptions<WahaOptions> options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var down = events.SessionStates().Where(session => options.Value.Serves(session.Key) && session.Value != "WORKING").Select(session => $"{session.Key} is {session.Value}").ToList();
            return Task.FromResult(down.Count == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded(string.Join(", ", down)));
        }
        catch (StorageUnavailableException)
        {
            return Task.FromResult(HealthCheckResult.Degraded("unknown: the database cannot be read"));
        }
    }
}
