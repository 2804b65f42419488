using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Accounts;
using OpenClaw.Core.Storage;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Gateway.Health;

/// <summary>The health of each account: looked at when a collector asks.</summary>
internal sealed class AccountMetrics(IMeterFactory meters, IServiceProvider services, IOptions<WahaOptions> waha) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        meters.Create("OpenClaw.Gateway").CreateObservableGauge(
            "openclaw.account.health", Observe, "{level}", "How the account of a session stands with WhatsApp: 0 green, 1 amber, 2 red (only answers go out).");
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IEnumerable<Measurement<int>> Observe()
    {
        try
        {
            var health = services.GetRequiredService<AccountHealth>();
            return [.. waha.Value.ServedSessions().Select(session => new Measurement<int>((int)health.Look(session).Level, new KeyValuePair<string, object?>("openclaw.session", session)))];
        }
        catch (Exception error) when (error is StorageUnavailableException or ObjectDisposedException)
        {
            // No figure is better than a wrong one; the database's own trouble is told elsewhere.
            return [];
        }
    }
}
