using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenClaw.Core.Integrations;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Health;

/// <summary>Commits: a database that only reads acknowledges nothing and answers nobody.</summary>
internal sealed class DatabaseCheck(IDatabase database, IntegrationRegistry integrations, FullDisk disk, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            // An update of no row takes the write lock and costs no sync.
            await database.WriteAsync(sql => sql.Execute("UPDATE facts SET value = value WHERE name = ''"), cancellationToken).WaitAsync(Patience, time, cancellationToken);
            if (await disk.IsFullAsync(cancellationToken).WaitAsync(Patience, time, cancellationToken))
            {
                integrations.Database.Failed();
                return HealthCheckResult.Unhealthy("the disk of the database is full: webhooks get 503 and are repeated by WAHA, answers wait, nothing that was acknowledged is lost; make room, no restart is needed");
            }

            integrations.Database.Succeeded();
            return disk.IsShort
                ? HealthCheckResult.Degraded("the disk of the database has less than 2 MiB left: webhooks that do not fit get 503 and are repeated by WAHA; make room, no restart is needed")
                : HealthCheckResult.Healthy();
        }
        catch (StorageUnavailableException error) when (error.Failure == StorageFailure.Moved)
        {
            integrations.Database.Failed();
            return HealthCheckResult.Unhealthy(
                "the file of the database was deleted, moved or replaced while this process runs: webhooks get 503 and are repeated by WAHA, answers wait; put it back where it was, or stop, restore a backup and start again");
        }
        catch (StorageUnavailableException error)
        {
            integrations.Database.Failed();
            return HealthCheckResult.Unhealthy($"cannot commit ({error.Failure}); webhooks get 503 and are repeated by WAHA, answers wait");
        }
        catch (TimeoutException)
        {
            integrations.Database.Failed();
            return HealthCheckResult.Unhealthy("commits take longer than 5 s");
        }
    }
}
