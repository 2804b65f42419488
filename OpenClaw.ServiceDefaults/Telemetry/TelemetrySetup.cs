using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace OpenClaw.ServiceDefaults.Telemetry;

/// <summary>Traces, metrics and logs over OTLP, from .NET's own instruments and ours. Touched only when a collector is configured.</summary>
internal static class TelemetrySetup
{
    // Inlined into its caller it would load the SDK's assemblies in every process.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Add(IHostApplicationBuilder builder)
    {
        // Without this ASP.NET Core's server spans carry no method, scheme or path.
        AppContext.SetSwitch("Microsoft.AspNetCore.Hosting.SuppressActivityOpenTelemetryData", isEnabled: false);

        var configuration = builder.Configuration;
        var resource = Describe(builder);
        builder.Logging.AddOpenTelemetry(logs =>
        {
            logs.IncludeScopes = true;
            logs.IncludeFormattedMessage = true;
            logs.SetResourceBuilder(resource);
            logs.AddOtlpExporter();
        });
        builder.Services.AddSingleton<IStartupFilter, ServerSpans>();
        builder.Services.AddHostedService(services => new TelemetryHost(
            () => Traces(configuration, resource),
            () => Metrics(configuration, resource),
            services.GetService<LoggerProvider>,
            services.GetRequiredService<ILogger<TelemetryHost>>()));
    }

    private static TracerProvider Traces(IConfiguration configuration, ResourceBuilder resource) =>
        OpenTelemetry.Sdk.CreateTracerProviderBuilder()
            .ConfigureServices(services => services.AddSingleton(configuration))
            .SetResourceBuilder(resource)
            .AddSource("Microsoft.AspNetCore", "System.Net.Http", "OpenClaw.*")
            .AddProcessor(new ProbeSpans())
            .AddProcessor(new AddressRedaction())
            .AddOtlpExporter()
            .Build();

    private static MeterProvider Metrics(IConfiguration configuration, ResourceBuilder resource) =>
        OpenTelemetry.Sdk.CreateMeterProviderBuilder()
            .ConfigureServices(services => services.AddSingleton(configuration))
            .SetResourceBuilder(resource)
            .AddMeter("Microsoft.AspNetCore.*", "System.Net.Http", "System.Runtime", "OpenClaw.*")
            .AddOtlpExporter()
            .Build();

    // Ours first: OTEL_RESOURCE_ATTRIBUTES may override it. The environment under its name of today and under the one that many dashboards still group by.
    private static ResourceBuilder Describe(IHostApplicationBuilder builder) =>
        ResourceBuilder.CreateEmpty()
            .AddService(
                builder.Configuration[TelemetryKeys.ServiceName] is { Length: > 0 } name ? name : builder.Environment.ApplicationName,
                serviceVersion: Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0",
                serviceInstanceId: Guid.NewGuid().ToString())
            .AddAttributes([new("deployment.environment.name", Environment(builder)), new("deployment.environment", Environment(builder))])
            .AddTelemetrySdk()
            .AddEnvironmentVariableDetector();

    private static string Environment(IHostApplicationBuilder builder) => builder.Environment.EnvironmentName.ToLowerInvariant();
}
