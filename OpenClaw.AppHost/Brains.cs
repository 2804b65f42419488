using OpenClaw.AppHost.Levels;

namespace OpenClaw.AppHost;

/// <param name="Model">The model's name; null = the offline brain.</param>
/// <param name="Endpoint">Address of its server; null = OpenAI's.</param>
/// <param name="ApiKey">Its key; null where the server wants none.</param>
/// <param name="Pull">Ends when the model is there; null where nothing is pulled.</param>
internal sealed record Brain(
    IResourceBuilder<ParameterResource>? Model, ReferenceExpression? Endpoint, IResourceBuilder<ParameterResource>? ApiKey, IResourceBuilder<ContainerResource>? Pull)
{
    public static readonly Brain Offline = new(null, null, null, null);
}

/// <summary>What answers.</summary>
internal static class Brains
{
    private const int OllamaPort = 11434;

    public static Brain AddBrain(this IDistributedApplicationBuilder builder, SystemPlan plan) => plan.Model switch
    {
        ModelSource.Server => builder.AddServer(),
        ModelSource.Ollama => builder.AddOllama(),
        _ => Brain.Offline,
    };

    public static IResourceBuilder<ProjectResource> WithBrain(this IResourceBuilder<ProjectResource> project, Brain brain)
    {
        if (brain.Model is not { } model)
            return project;

        project.WithEnvironment("Ai__Main__Provider", "OpenAI").WithEnvironment("Ai__Main__Model", model);
        if (brain.Endpoint is { } endpoint)
            project.WithEnvironment("Ai__Main__Endpoint", endpoint);
        if (brain.ApiKey is { } key)
            project.WithEnvironment("Ai__Main__ApiKey", key);
        if (brain.Pull is not null)
        {
            // A model on the processors of a laptop takes minutes to its first word.
            project.WithEnvironment("Ai__Main__FirstTokenTimeout", "00:05:00").WithEnvironment("Ai__Main__TotalTimeout", "00:15:00");
        }

        return project;
    }

    /// <summary>Nobody asks a model that is still being downloaded.</summary>
    public static IResourceBuilder<ProjectResource> WaitForModel(this IResourceBuilder<ProjectResource> worker, Brain brain) =>
        brain.Pull is { } pull ? worker.WaitForCompletion(pull) : worker;

    private static Brain AddServer(this IDistributedApplicationBuilder builder)
    {
        var isPublishing = builder.ExecutionContext.IsPublishMode;
        var endpoint = isPublishing ? builder.AddDefaulted(ParameterNames.AiEndpoint, "https://api.openai.com/v1")
            : builder.Configuration.HasParameter(ParameterNames.AiEndpoint) ? builder.AddParameter(ParameterNames.AiEndpoint)
            : null;
        return new(
            builder.AddDefaulted(ParameterNames.AiModel, "gpt-4o-mini"),
            endpoint is null ? null : ReferenceExpression.Create($"{endpoint}"),
            isPublishing || builder.Configuration.HasParameter(ParameterNames.AiApiKey) ? builder.AddParameter(ParameterNames.AiApiKey, secret: true) : null,
            Pull: null);
    }

    private static Brain AddOllama(this IDistributedApplicationBuilder builder)
    {
        var model = builder.AddDefaulted(ParameterNames.AiModel, "qwen3:4b");
        var ollama = builder.AddContainer(ResourceNames.Ollama, Images.Ollama, Images.OllamaTag)
            .WithHttpEndpoint(targetPort: OllamaPort, name: ResourceNames.Http)
            .WithVolume("openclaw-ollama", "/root/.ollama")
            .WithHttpProbe(ProbeType.Readiness, "/", endpointName: ResourceNames.Http)
            .WithLifetime(ContainerLifetime.Persistent);
        var pull = builder.AddContainer(ResourceNames.OllamaPull, Images.Ollama, Images.OllamaTag)
            .WithEntrypoint("/bin/sh")
            .WithArgs("-c", "ollama pull \"$OLLAMA_MODEL\"")
            .WithEnvironment("OLLAMA_MODEL", model)
            .WithEnvironment("OLLAMA_HOST", ollama.GetEndpoint(ResourceNames.Http))
            .WaitFor(ollama);
        return new(model, ReferenceExpression.Create($"{ollama.GetEndpoint(ResourceNames.Http)}/v1"), ApiKey: null, pull);
    }

    private static IResourceBuilder<ParameterResource> AddDefaulted(this IDistributedApplicationBuilder builder, string name, string value) =>
        builder.AddParameter(name, () => builder.Configuration.GivenParameter(name) ?? value, publishValueAsDefault: true);
}
