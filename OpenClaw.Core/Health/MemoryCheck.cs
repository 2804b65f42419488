using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenClaw.Core.Memory;

namespace OpenClaw.Core.Health;

/// <summary>Degraded while memory is short: another process may have more, and this one goes on by itself.</summary>
internal sealed class MemoryCheck(MemoryPressure pressure) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(pressure.IsHigh
        ? HealthCheckResult.Degraded($"memory is short: {MemoryPressure.Percent(pressure.Share)} of the limit is used; webhooks get 503 and are repeated by WAHA, fewer chats are answered at once")
        : HealthCheckResult.Healthy());
}
