using Microsoft.Extensions.Configuration;

namespace OpenClaw.AppHost.Levels;

/// <summary>What one look at the machine shows, and at what its developer gave.</summary>
/// <param name="Containers">The container runtime.</param>
/// <param name="HasModel">Whether a model's key or address is given.</param>
/// <param name="HasOwner">Whether it is known whom to answer on WhatsApp.</param>
internal sealed record Machine(ContainerRuntime Containers, bool HasModel, bool HasOwner)
{
    private static readonly TimeSpan EnginePatience = TimeSpan.FromSeconds(5);

    public static async Task<Machine> LookAsync(IConfiguration configuration, CancellationToken cancellationToken = default)
    {
        var runtime = configuration["ASPIRE_CONTAINER_RUNTIME"] ?? configuration["DOTNET_ASPIRE_CONTAINER_RUNTIME"];
        var containers = await new ContainerRuntimeProbe(configuration["PATH"], EnginePatience).LookAsync(runtime, cancellationToken);
        return new(
            containers,
            configuration.HasParameter(ParameterNames.AiApiKey) || configuration.HasParameter(ParameterNames.AiEndpoint),
            configuration.HasParameter(ParameterNames.OwnerPhone));
    }
}
