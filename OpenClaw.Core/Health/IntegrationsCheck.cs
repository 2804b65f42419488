using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenClaw.Core.Integrations;

namespace OpenClaw.Core.Health;

/// <summary>Every open breaker as a sentence. Never a reason to take the process out of service: another one would meet the same silence.</summary>
internal sealed class IntegrationsCheck(IntegrationRegistry integrations) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        // Database and Redis have checks of their own.
        var broken = integrations.All
            .Where(status => status.State != BreakerState.Closed && status.Kind is IntegrationKind.Waha or IntegrationKind.Model or IntegrationKind.Skill && status.Since is not null)
            .Select(Sentence)
            .ToList();
        return Task.FromResult(broken.Count == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded(string.Join(". ", broken)));
    }

    private static string Sentence(IntegrationStatus status)
    {
        var (what, meanwhile) = status.Kind switch
        {
            IntegrationKind.Waha => ("the WhatsApp session", "its messages are taken in and safe, its answers wait, other sessions go on"),
            IntegrationKind.Model => ("the model", "messages are taken in and safe, answers wait"),
            _ => ("the skill", "the model is told so and answers without it"),
        };
        var next = status.State == BreakerState.HalfOpen ? "it is being tried now" : string.Create(CultureInfo.InvariantCulture, $"tried again at {status.RetryAt!.Value.UtcDateTime:HH:mm:ssZ}");
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{what} {status.Name[(status.Name.IndexOf(':', StringComparison.Ordinal) + 1)..]} does not answer since {status.Since!.Value.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}; {meanwhile}; {next}");
    }
}
