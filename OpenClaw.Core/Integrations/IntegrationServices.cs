using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Configuration;

namespace OpenClaw.Core.Integrations;

/// <summary>Registration of the <see cref="IntegrationRegistry"/>.</summary>
public static class IntegrationServices
{
    /// <summary>Adds the registry and the options <c>Resilience</c>, once; whatever calls something outside asks for it.</summary>
    public static IServiceCollection AddIntegrations(this IServiceCollection services)
    {
        if (services.Any(static service => service.ServiceType == typeof(IntegrationRegistry)))
            return services;
        services.AddLogging();
        services.AddMetrics();
        services.AddServedOptions<ResilienceOptions>("Resilience");
        services.AddSingleton<IValidateOptions<ResilienceOptions>, ResilienceOptionsValidator>();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Random.Shared);
        services.AddSingleton<IntegrationRegistry>();
        return services;
    }
}
