using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Integrations;
using OpenClaw.Core.Queue;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Tests.Infrastructure;

/// <summary>The product's registry without the product.</summary>
internal static class IntegrationsOf
{
    /// <param name="time">Clock of the breaks.</param>
    /// <param name="change">Over the defaults.</param>
    /// <param name="slots">Lanes at once.</param>
    /// <param name="engine">Redis.</param>
    /// <param name="meters">Makes the meter, for who listens to this registry alone.</param>
    /// <param name="sessions">Served WAHA sessions.</param>
    public static IntegrationRegistry Process(
        TimeProvider? time = null, Action<ResilienceOptions>? change = null, int? slots = null, IEngineStatus? engine = null, IMeterFactory? meters = null, params string[] sessions)
    {
        var options = new ResilienceOptions();
        change?.Invoke(options);
        var waha = new WahaOptions();
        foreach (var session in sessions)
            waha.Sessions.Add(session);
        meters ??= new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        return new IntegrationRegistry(
            Options.Create(options), Options.Create(waha), time ?? TimeProvider.System, new Random(4711), meters, NullLogger<IntegrationRegistry>.Instance, [],
            slots is { } count ? new WorkerSlots(count) : null, engine);
    }
}
