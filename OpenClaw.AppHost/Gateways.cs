using System.Globalization;
namespace OpenClaw.AppHost;

/// <summary>The Gateway and the Workers, and the settings that they share.</summary>
internal static class Gateways
{
    /// <summary>Where a container of ours listens; while this runs Aspire chooses ports.</summary>
    public const int ContainerPort = 8080;

    private const string WebhookPath = "/webhooks/waha";

    public static IResourceBuilder<ProjectResource> AddGateway(this IDistributedApplicationBuilder builder) =>
        builder.AddProject<Projects.OpenClaw_Gateway>(ResourceNames.Gateway)
            .WithHealth()
            .WithUrlForEndpoint(ResourceNames.Http, static _ => new() { Url = "/health", DisplayText = "Health", DisplayLocation = UrlDisplayLocation.DetailsOnly })
            .WithUrlForEndpoint(ResourceNames.Http, static _ => new() { Url = "/api/openapi.json", DisplayText = "Admin API", DisplayLocation = UrlDisplayLocation.DetailsOnly });

    public static IResourceBuilder<ProjectResource> AddWorker(this IDistributedApplicationBuilder builder) =>
        builder.AddProject<Projects.OpenClaw_Worker>(ResourceNames.Worker).WithHealth();

    /// <summary>What Gateway and Workers must be given alike.</summary>
    public static IResourceBuilder<ProjectResource> WithSharedSettings(
        this IResourceBuilder<ProjectResource> project, Secrets secrets, IResourceBuilder<RedisResource> redis, IResourceBuilder<ContainerResource> waha, Database database)
    {
        // Neither the parts of a connection string, password apart, nor addresses in three forms.
        project.WithReferenceEnvironment(ReferenceEnvironmentInjectionFlags.ConnectionString | ReferenceEnvironmentInjectionFlags.ServiceDiscovery)
            .WithReference(redis).WaitFor(redis)
            .WithReference(waha.GetEndpoint(ResourceNames.Http)).WaitFor(waha)
            .WithEnvironment("Waha__BaseUrl", waha.GetEndpoint(ResourceNames.Http))
            .WithEnvironment("Waha__ApiKey", secrets.WahaApiKey)
            .WithDatabase(database);
        if (secrets.MasterKey is { } masterKey)
            project.WithEnvironment("Security__MasterKey", masterKey);
        if (secrets.OwnerPhone is { } owner)
            project.WithEnvironment("Access__Owner", owner);
        return project;
    }

    /// <summary>
    /// The Gateway's session keeper registers the webhook, per session and signed. A global <c>WHATSAPP_HOOK_URL</c> of WAHA besides it would deliver everything twice.
    /// </summary>
    public static IResourceBuilder<ProjectResource> WithWebhooksFrom(
        this IResourceBuilder<ProjectResource> gateway, IResourceBuilder<ContainerResource> waha, IResourceBuilder<ParameterResource> hmacKey)
    {
        // The address as WAHA sees it: while this runs the Gateway is a process outside of the containers' network.
        var address = waha.ApplicationBuilder.ExecutionContext.IsRunMode
            ? gateway.GetEndpoint(ResourceNames.Http, KnownNetworkIdentifiers.DefaultAspireContainerNetwork)
            : gateway.GetEndpoint(ResourceNames.Http);
        return gateway
            .WithEnvironment("Waha__WebhookUrl", ReferenceExpression.Create($"{address}{WebhookPath}"))
            .WithEnvironment("Waha__WebhookHmacKey", hmacKey);
    }

    public static IResourceBuilder<ProjectResource> WithAdminApi(this IResourceBuilder<ProjectResource> gateway, IResourceBuilder<ParameterResource> key) =>
        gateway.WithEnvironment("Admin__ApiKey", key).WithReplayCommand(key);

    /// <summary>The page of the simulator, as a link in the dashboard.</summary>
    public static IResourceBuilder<ProjectResource> WithSimulatorLink(this IResourceBuilder<ProjectResource> gateway) =>
        gateway.WithUrlForEndpoint(ResourceNames.Http, static url =>
        {
            url.Url = "/simulator";
            url.DisplayText = "Open the simulator";
        });

    // The probes add their own health checks; the same path once more would be refused. A proxy in front is the operator's: nobody else may say who calls.
    private static IResourceBuilder<ProjectResource> WithHealth(this IResourceBuilder<ProjectResource> project) => project
        .ListensWherePublishingSays()
        .WithHttpEndpoint(targetPort: project.ApplicationBuilder.ExecutionContext.IsPublishMode ? ContainerPort : null, name: ResourceNames.Http)
        .WithHttpProbe(ProbeType.Readiness, "/health", timeoutSeconds: 5, endpointName: ResourceNames.Http)
        .WithHttpProbe(ProbeType.Liveness, "/alive", initialDelaySeconds: 30, periodSeconds: 10, timeoutSeconds: 5, endpointName: ResourceNames.Http)
        .DisableForwardedHeaders();

    /// <summary>A published image listens on a port of its own, and that counts for more than the HTTP_PORTS which Aspire sets.</summary>
    private static IResourceBuilder<ProjectResource> ListensWherePublishingSays(this IResourceBuilder<ProjectResource> project) =>
        project.ApplicationBuilder.ExecutionContext.IsPublishMode
            ? project.WithEnvironment("ASPNETCORE_URLS", string.Create(CultureInfo.InvariantCulture, $"http://+:{ContainerPort}"))
            : project;
}
