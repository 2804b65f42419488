using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.Health;
using OpenClaw.Core.Memory;
using OpenClaw.Core.Startup;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Gateway.Accounts;
using OpenClaw.Gateway.Admin;
using OpenClaw.Gateway.Admission;
using OpenClaw.Gateway.Backfill;
using OpenClaw.Gateway.Flow;
using OpenClaw.Gateway.Health;
using OpenClaw.Gateway.Sessions;
using OpenClaw.Gateway.Simulator;
using OpenClaw.Gateway.Simulator.Waha;
using OpenClaw.Gateway.Startup;
using OpenClaw.Gateway.Webhooks;
using OpenClaw.ServiceDefaults;
using OpenClaw.ServiceDefaults.Background;
using OpenClaw.ServiceDefaults.Health;
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
        services.AddSingleton<IValidateOptions<WahaOptions>, SignedWebhooksValidator>();
        services.TryAddSingleton(provider => new WebhookKey(provider.GetRequiredService<IOptions<WahaOptions>>().Value));
        if (withSimulator)
        {
            services.AddSimulator();
            services.AddSingleton<IStartingFiles, WelcomeFiles>();
            services.AddSingleton(provider => new AlwaysAllowed(provider.GetRequiredService<SimulatedWaha>().People.Select(person => person.Phone).ToList()));
        }

        services.AddSingleton<AccessPolicy>();
        services.AddSingleton<AnswerEligibility>();
        services.AddSingleton<OwnSessions>();
        services.AddSingleton<GroupAddressing>();
        services.AddSingleton<MessageIntake>();
        services.AddSingleton<HumanTakeover>();
        services.AddSingleton<EventIntake>();
        services.AddSupervised<LidResolver>();

        services.AddSingleton<SessionSignals>();
        services.AddSingleton<SessionBoard>();
        services.AddSingleton<OwnerNews>();
        services.AddSingleton<WebhookRegistrar>();
        services.AddSingleton(KeeperRepeats.Policy);
        services.AddSupervised<SessionKeeper>();
        services.AddSingleton<LimitQuestions>();
        services.AddSupervised<AccountWatch>();
        services.AddBackfill();
        services.AddFlow(configuration);

        services.AddSingleton<WebhookSignature>();
        services.AddSingleton<WebhookMetrics>();
        services.AddSingleton<WebhookEndpoints>();
        services.AddAdmin();
        services.AddSingleton<IProcessStart, GatewayStart>();
        if (SplitMode.IsOn(configuration))
            services.AddDrainWindow();
        services.AddHealthChecks().AddCoreChecks(configuration, HealthEndpoints.Ready)
            .AddCheck<SessionsCheck>("whatsapp", tags: [HealthEndpoints.Ready]).AddCheck<ServerAcksCheck>("server_acks", tags: [HealthEndpoints.Ready])
            .AddCheck<AccountsCheck>("accounts", tags: [HealthEndpoints.Ready]).AddCheck<HistoryCheck>("history", tags: [HealthEndpoints.Ready])
            .AddCheck<FlowCheck>("flow", tags: [HealthEndpoints.Ready]);
        services.AddSupervised<MemoryWatch>();
        services.AddHostedService<ServerAckMetrics>();
        services.AddHostedService<AccountMetrics>();
        return services;
    }

    public static void MapGateway(this WebApplication app, bool withSimulator)
    {
        // Asked for with the first webhook: it opens the data, which only the start may do, after it took the locks.
        app.MapPost(WebhookEndpoints.Route, static (HttpContext context) => context.RequestServices.GetRequiredService<WebhookEndpoints>().HandleAsync(context));
        app.MapAdmin();
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
