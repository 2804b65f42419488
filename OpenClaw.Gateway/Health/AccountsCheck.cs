using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Accounts;
using OpenClaw.Core.Storage;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Gateway.Health;

/// <summary>Each served account that is not green, with its reasons. Never a reason to take the process out of service: answers go on.</summary>
internal sealed class AccountsCheck(AccountHealth health, IOptions<WahaOptions> waha) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var sentences = waha.Value.ServedSessions().Select(session => health.Look(session).Sentence).OfType<string>().ToList();
            return Task.FromResult(sentences.Count == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded(string.Join(". ", sentences)));
        }
        catch (StorageUnavailableException)
        {
            return Task.FromResult(HealthCheckResult.Degraded("unknown: the database cannot be read"));
        }
    }
}
