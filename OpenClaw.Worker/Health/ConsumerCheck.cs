using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using OpenClaw.Worker.Inbox;

namespace OpenClaw.Worker.Health;

/// <summary>Whether lanes are still looked for. An idle loop goes round every 5 s, and more often when something fails.</summary>
internal sealed class ConsumerCheck(ConsumerPulse pulse, IOptions<WorkerOptions> options) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(
        pulse.IsFull ? HealthCheckResult.Healthy($"all {options.Value.Concurrency} slots are taken")
        : pulse.SinceLastRound < Patience ? HealthCheckResult.Healthy()
        : HealthCheckResult.Unhealthy($"no lane was looked for in the last {Patience.TotalSeconds:0} s; restart this process"));
}
