using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OpenClaw.Core.Queue;
using OpenClaw.Gateway;
using OpenClaw.Gateway.Admin;
using OpenClaw.Gateway.Health;
using OpenClaw.ServiceDefaults;
using OpenClaw.ServiceDefaults.Background;
using OpenClaw.ServiceDefaults.Shutdown;
using OpenClaw.ServiceDefaults.Telemetry;
using OpenClaw.Tests.Simulator;
using OpenClaw.Worker;

namespace OpenClaw.Tests.ServiceDefaults;

/// <summary>No loop of ours may end unnoticed, nor end the process.</summary>
public sealed class SupervisionCoverageTests
{
    /// <summary>They have no loop: they do something when the process starts or stops, and where that fails the start must fail.</summary>
    private static readonly Type[] WithoutLoop =
    [
        typeof(DeadLetterMetrics), typeof(ServerAckMetrics), typeof(AccountMetrics), typeof(FlowMetrics), // register a gauge
        typeof(GatewayAddressFile), // writes a file once listening, deletes it at the end
        typeof(SecondSignal), typeof(DrainWindow), // signals, and the end of the process
        typeof(TelemetryHost), // starts and flushes the exporter, which has threads of its own
    ];

    [Fact]
    public async Task Every_background_service_of_ours_is_supervised()
    {
        await using var app = await SimulatorApp.StartAsync();
        var supervised = app.Services.GetRequiredService<SupervisedServices>().All.Select(service => service.Service);
        var ours = new[] { typeof(Reconciler), typeof(ServiceDefaultsExtensions), typeof(WorkerServices), typeof(GatewayServices) }
            .SelectMany(type => type.Assembly.GetTypes())
            .Where(type => type is { IsClass: true, IsAbstract: false, IsGenericTypeDefinition: false } && type.IsAssignableTo(typeof(IHostedService)));

        supervised.ShouldBe(ours.Except(WithoutLoop), ignoreOrder: true);
    }

    [Fact]
    public async Task The_host_runs_no_loop_of_ours_past_the_supervisor()
    {
        await using var app = await SimulatorApp.StartAsync();

        app.Services.GetServices<IHostedService>()
            .Where(service => service is not SupervisedService && service.GetType().Assembly.GetName().Name!.StartsWith("OpenClaw.", StringComparison.Ordinal))
            .Select(service => service.GetType())
            .ShouldBeSubsetOf(WithoutLoop);
    }
}
