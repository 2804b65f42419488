using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OpenClaw.ServiceDefaults.Background;

/// <summary>Unhealthy while a background service ends again and again; well by itself once it has run for a while.</summary>
internal sealed class BackgroundCheck(SupervisedServices services) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var broken = services.All.Select(service => (service.Service.Name, service.Failures)).Where(service => service.Failures >= SupervisedService.MostFailures)
            .Select(service => $"{service.Name} ended {service.Failures} times in a row and is started again; the log says why")
            .ToList();
        return Task.FromResult(broken.Count == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy(string.Join(". ", broken)));
    }
}
