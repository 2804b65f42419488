using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenClaw.Core.Queue;

namespace OpenClaw.Core.Health;

/// <summary>Redis is never a reason to take a process out of service: what counts is committed without it.</summary>
internal sealed class EngineCheck(IEngineStatus engine) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        engine.IsUp
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded(string.Create(
                CultureInfo.InvariantCulture,
                $"does not answer{(engine.DownSince is { } since ? $" since {since.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}" : "")}; messages are taken in and safe, answers wait until it is back")));
}
