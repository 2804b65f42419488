using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Gateway.Simulator.Faults;
using OpenClaw.Gateway.Simulator.Phone;
using OpenClaw.Gateway.Simulator.Waha;
using OpenClaw.ServiceDefaults.Background;
using OpenClaw.Worker.Models;

namespace OpenClaw.Gateway.Simulator;

/// <summary>
/// The other side when no WAHA is configured: a WAHA-shaped server and a phone-shaped page inside this process. To be added
/// only when <see cref="WahaOptions.UsesSimulator"/>.
/// </summary>
internal static class SimulatorSetup
{
    /// <summary>Where the page is.</summary>
    public const string PagePath = "/simulator";

    /// <summary>Registers the simulator, its <see cref="IWahaAddress"/> and the key that its webhooks are signed with.</summary>
    public static IServiceCollection AddSimulator(this IServiceCollection services)
    {
        services.AddServedOptions<SimulatorOptions>("Simulator");
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(provider => new WebhookKey(provider.GetRequiredService<IOptions<WahaOptions>>().Value));

        services.AddSingleton<SimulatorAddress>();
        services.AddSingleton<IWahaAddress>(provider => provider.GetRequiredService<SimulatorAddress>());
        services.AddSingleton<SimulatorGuard>();

        services.TryAddSingleton(new FaultTimes());
        services.AddSingleton<SimulatedLink>();
        services.AddSingleton<WebhookQueue>();
        services.AddSingleton<SimulatedWaha>();
        services.AddSingleton<WahaApi>();
        services.AddSupervised<SimulatorWebhooks>();

        services.AddSingleton<ProductView>();
        services.AddSingleton<ModelSwitch>();
        services.AddSingleton<IModelFault>(provider => provider.GetRequiredService<ModelSwitch>());
        services.AddSingleton<DatabaseSwitch>();
        services.AddSingleton<FaultStories>();
        services.AddSingleton<FaultPanel>();

        services.AddSingleton<PhonePage>();
        services.AddSingleton<PhoneApi>();
        services.AddSingleton<PhoneStream>();
        return services;
    }

    /// <summary>Maps the page, its API and stream, and the WAHA-shaped server below <see cref="PagePath"/>, all behind <see cref="SimulatorGuard"/>.</summary>
    public static IEndpointRouteBuilder MapSimulator(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup(PagePath);
        var guard = app.ServiceProvider.GetRequiredService<SimulatorGuard>();
        ((IEndpointConventionBuilder)group).Finally(endpoint => endpoint.RequestDelegate = guard.Protect(endpoint.RequestDelegate!));

        app.ServiceProvider.GetRequiredService<PhonePage>().Map(group);
        app.ServiceProvider.GetRequiredService<PhoneApi>().Map(group);
        app.ServiceProvider.GetRequiredService<PhoneStream>().Map(group);
        app.ServiceProvider.GetRequiredService<WahaApi>().Map(group.MapGroup("/waha"));
        return app;
    }
}
