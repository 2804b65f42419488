using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Storage;
using OpenClaw.Core.WhatsApp;
using OpenClaw.ServiceDefaults.Health;

namespace OpenClaw.Gateway.Health;

/// <summary>What the Gateway depends on: the database (without it nothing is acknowledged) and the WhatsApp sessions.</summary>
internal static class GatewayHealth
{
    public static void AddGatewayHealth(this IServiceCollection services) => services.AddHealthChecks()
        .AddCheck<DatabaseCheck>("database", tags: [HealthEndpoints.Ready])
        .AddCheck<SessionsCheck>("whatsapp", tags: [HealthEndpoints.Ready]);
}

/// <summary>Commits: a database that only reads acknowledges nothing.</summary>
internal sealed class DatabaseCheck(IDatabase database, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            // An update of no row takes the write lock and costs no sync.
            await database.WriteAsync(sql => sql.Execute("UPDATE facts SET value = value WHERE name = ''"), cancellationToken).WaitAsync(Patience, time, cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (StorageUnavailableException error)
        {
            return HealthCheckResult.Unhealthy($"cannot commit ({error.Failure}); webhooks get 503 and are repeated by WAHA");
        }
        catch (TimeoutException)
        {
            return HealthCheckResult.Unhealthy("commits take longer than 5 s");
        }
    }
}

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
