using System.Diagnostics.Metrics;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Accounts;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Gateway.Health;

/// <summary>The health of each account: looked at when a collector asks.</summary>
internal sealed class AccountMetrics(IMeterFactory meters, IServiceProvider services, IOptions<WahaOptions> waha) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        meters.CreateStoredGauge("openclaw.account.health", "{level}", "How the account of a session stands with WhatsApp: 0 green, 1 amber, 2 red (only answers go out).", Read);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private IEnumerable<Measurement<int>> Read()
    {
        var health = services.GetRequiredService<AccountHealth>();
        return waha.Value.ServedSessions().Select(session => new Measurement<int>((int)health.Look(session).Level, new KeyValuePair<string, object?>("openclaw.session", session)));
    }
}
