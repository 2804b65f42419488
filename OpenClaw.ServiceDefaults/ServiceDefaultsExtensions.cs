using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using OpenClaw.ServiceDefaults.Background;
using OpenClaw.ServiceDefaults.Health;
using OpenClaw.ServiceDefaults.Logs;
using OpenClaw.ServiceDefaults.Shutdown;
using OpenClaw.ServiceDefaults.Telemetry;

namespace OpenClaw.ServiceDefaults;

/// <summary>What every process of the system does alike: logs, telemetry, health, its end.</summary>
public static class ServiceDefaultsExtensions
{
    /// <summary>
    /// JSON logs on standard output, health checks, and telemetry over OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set.
    /// </summary>
    public static IHostApplicationBuilder AddServiceDefaults(this IHostApplicationBuilder builder)
    {
        builder.Logging.AddJsonLogs();

        // The factory's own loggers write whole addresses, and WAHA's addresses hold chat ids.
        builder.Services.ConfigureHttpClientDefaults(static http => http.RemoveAllLoggers());
        builder.Services.AddHealthChecks().AddCheck<DrainCheck>("draining", tags: [HealthEndpoints.Ready]).AddCheck<BackgroundCheck>("background", tags: [HealthEndpoints.Ready]);
        builder.Services.TryAddSingleton<SupervisedServices>();
        builder.Services.AddHostedService<SecondSignal>();

        // Only here is the SDK touched: without a collector its assemblies are not even loaded.
        if (!string.IsNullOrWhiteSpace(builder.Configuration[TelemetryKeys.Endpoint]))
            TelemetrySetup.Add(builder);

        return builder;
    }

    /// <summary>Keeps the server listening for a moment (<see cref="DrainTime"/>) after the process was asked to stop.</summary>
    public static IServiceCollection AddDrainWindow(this IServiceCollection services)
    {
        services.TryAddSingleton(DrainTime.Default);
        services.AddHostedService<DrainWindow>();
        return services;
    }

    /// <summary>Maps <c>/alive</c> (the process) and <c>/health</c> (what it depends on).</summary>
    public static IEndpointRouteBuilder MapDefaultEndpoints(this IEndpointRouteBuilder endpoints)
    {
        HealthEndpoints.Map(endpoints);
        return endpoints;
    }
}
