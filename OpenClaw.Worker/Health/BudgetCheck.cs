using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenClaw.Core.Queue.Budgets;

namespace OpenClaw.Worker.Health;

/// <summary>
/// Says which session's hourly budget is used up. Always healthy: that answers wait is what the operator asked for, and no other process would send
/// them sooner.
/// </summary>
internal sealed class BudgetCheck(BudgetBoard board, TimeProvider time) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var sentences = board.UsedUp(time.GetUtcNow()).Select(entry => string.Create(
            CultureInfo.InvariantCulture,
            $"the session {entry.Session} has sent as many messages as Limits__BubblesPerHourPerSession allows; those that wait are sent until {entry.Until.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}"));
        return Task.FromResult(HealthCheckResult.Healthy(string.Join(". ", sentences) is { Length: > 0 } text ? text : null));
    }
}
