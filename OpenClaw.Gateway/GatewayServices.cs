using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Gateway.Admission;
using OpenClaw.Gateway.Health;
using OpenClaw.Gateway.Simulator;
using OpenClaw.Gateway.Simulator.Waha;
using OpenClaw.Gateway.Startup;
using OpenClaw.Gateway.Webhooks;
using OpenClaw.Worker.Skills.Files;

namespace OpenClaw.Gateway;

/// <summary>Webhook ingress, admission, and the simulator where no WAHA is configured.</summary>
internal static class GatewayServices
{
    public static IServiceCollection AddGateway(this IServiceCollection services, IConfiguration configuration, bool withSimulator)
    {
        services.AddServedOptions<AccessOptions>("Access");
        services.AddServedOptions<GroupsOptions>("Groups");
        services.AddServedOptions<WebhooksOptions>("Webhooks");
        services.AddServedOptions<SimulatorOptions>("Simulator");
        services.AddSingleton<IValidateOptions<AccessOptions>, AccessOptionsValidator>();
        services.AddSingleton<IValidateOptions<GroupsOptions>, GroupsOptionsValidator>();
        services.AddSingleton<IValidateOptions<WebhooksOptions>, WebhooksOptionsValidator>();

        services.AddWahaClient(configuration);
        services.TryAddSingleton(provider => new WebhookKey(provider.GetRequiredService<IOptions<WahaOptions>>().Value));
        if (withSimulator)
        {
            services.AddSimulator();
            services.AddSingleton<IStartingFiles, WelcomeFiles>();
            services.AddSingleton(provider => new AlwaysAllowed(provider.GetRequiredService<SimulatedWaha>().People.Select(person => person.Phone).ToList()));
        }

        services.AddSingleton<AccessPolicy>();
        services.AddSingleton<GroupAddressing>();
        services.AddSingleton<MessageIntake>();
        services.AddSingleton<EventIntake>();
        services.AddSingleton<LidResolver>();
        services.AddHostedService(provider => provider.GetRequiredService<LidResolver>());

        services.AddSingleton<WebhookSignature>();
        services.AddSingleton<WebhookMetrics>();
        services.AddSingleton<WebhookEndpoints>();
        services.AddSingleton<GatewayStart>();
        services.AddGatewayHealth();
        return services;
    }

    public static void MapGateway(this WebApplication app, bool withSimulator)
    {
        app.MapPost(WebhookEndpoints.Route, app.Services.GetRequiredService<WebhookEndpoints>().HandleAsync);
        if (withSimulator)
            app.MapSimulator();
        app.MapGet("/", (RequestDelegate)(context =>
        {
            if (withSimulator)
                context.Response.Redirect("/simulator");
            return withSimulator ? Task.CompletedTask : context.Response.WriteAsync("OpenClaw is running. Its state: /health\n");
        }));
    }
}
