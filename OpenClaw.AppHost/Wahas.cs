namespace OpenClaw.AppHost;

/// <summary>WAHA, the other side of everything: it holds the WhatsApp sessions.</summary>
internal static class Wahas
{
    private const int Port = 3000;

    public static IResourceBuilder<ContainerResource> AddWaha(this IDistributedApplicationBuilder builder, IResourceBuilder<ParameterResource> apiKey) =>
        builder.AddContainer(ResourceNames.Waha, Images.Waha, Images.WahaTag(builder.ExecutionContext.IsPublishMode))
            .WithHttpEndpoint(targetPort: Port, name: ResourceNames.Http)
            .WithEnvironment("WAHA_API_KEY", apiKey)
            .WithEnvironment("WHATSAPP_DEFAULT_ENGINE", Images.WahaEngine)
            .WithEnvironment("WHATSAPP_FILES_FOLDER", "/app/.media")
            .WithEnvironment("WAHA_DASHBOARD_ENABLED", "False")
            .WithEnvironment("WHATSAPP_SWAGGER_ENABLED", "False")
            .WithEnvironment("WAHA_PRINT_QR", "False")
            .WithVolume("openclaw-waha-sessions", "/app/.sessions")
            .WithVolume("openclaw-waha-media", "/app/.media")
            .WithHttpProbe(ProbeType.Liveness, "/ping", initialDelaySeconds: 60, periodSeconds: 10, timeoutSeconds: 5, endpointName: ResourceNames.Http)
            .WithLifetime(ContainerLifetime.Persistent);

    /// <summary>
    /// While this runs the Gateway is a process of the machine. Aspire opens a way from a container to what the container's environment names; WAHA itself
    /// does not read the variable.
    /// </summary>
    public static IResourceBuilder<ContainerResource> ThatReaches(this IResourceBuilder<ContainerResource> waha, IResourceBuilder<ProjectResource> gateway) =>
        waha.ApplicationBuilder.ExecutionContext.IsRunMode ? waha.WithEnvironment("OPENCLAW_GATEWAY", gateway.GetEndpoint(ResourceNames.Http)) : waha;
}
