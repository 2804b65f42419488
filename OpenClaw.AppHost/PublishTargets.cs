using OpenClaw.AppHost.Levels;

namespace OpenClaw.AppHost;

/// <summary>What a publish writes: <c>--Target=compose</c>, <c>--Target=k8s</c>, or the manifest, which needs no target.</summary>
internal static class PublishTargets
{
    public static void AddPublishTarget(this IDistributedApplicationBuilder builder, SystemPlan plan)
    {
        if (!builder.ExecutionContext.IsPublishMode)
            return;
        if (plan.Target == PublishTarget.Compose)
            builder.AddDockerComposeEnvironment(ResourceNames.Compose).WithDashboard(false);
        if (plan.Target == PublishTarget.Kubernetes)
        {
            builder.AddKubernetesEnvironment(ResourceNames.Kubernetes).WithDashboard(false)
                .WithProperties(static cluster =>
                {
                    // A volume is an empty folder of the pod otherwise.
                    cluster.DefaultStorageType = "pvc";
                    cluster.DefaultStorageSize = "2Gi";
                })
                .WithHelm(static helm => helm.WithNamespace("openclaw").WithReleaseName("openclaw"));
        }
    }

    /// <summary>Compose is told of replicas and restarts apart; anywhere else this must not be said.</summary>
    public static IResourceBuilder<ProjectResource> RunsInCompose(this IResourceBuilder<ProjectResource> project, SystemPlan plan, int replicas = 1, string? port = null) =>
        project.ApplicationBuilder.ExecutionContext.IsPublishMode && plan.Target == PublishTarget.Compose
            ? project.PublishAsDockerComposeService((_, service) =>
            {
                service.Restart = "unless-stopped";
                service.Deploy = new() { Replicas = replicas };
                if (port is not null)
                    service.Ports = [port];
            })
            : project;

    /// <summary>
    /// A Kubernetes publish waits for ever, in silence, for a parameter without a value. Why nothing is published, as sentences that say what to set; null when
    /// nothing is in the way.
    /// </summary>
    public static string? RefusalToPublish(this IDistributedApplicationBuilder builder, SystemPlan plan)
    {
        if (!builder.ExecutionContext.IsPublishMode || plan.Target != PublishTarget.Kubernetes)
            return null;
        if (plan.Model == ModelSource.Ollama)
            return "--Model=ollama is not published to Kubernetes, where the download of a model would be started over and over. Give the address of a server: Parameters__ai_endpoint.";
        var missing = builder.Resources.OfType<ParameterResource>()
            .Where(parameter => parameter.Default is null && !builder.Configuration.HasParameter(parameter.Name))
            .Select(static parameter => $"Parameters__{parameter.Name.Replace('-', '_')} is missing: set it in the environment; the chart is made with it.")
            .ToArray();
        return missing.Length == 0 ? null : string.Join(Environment.NewLine, missing);
    }
}
