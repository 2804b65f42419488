using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;

namespace OpenClaw.ServiceDefaults.Background;

/// <summary>Registration of background services that are started again when they fail.</summary>
public static class SupervisionExtensions
{
    /// <summary>
    /// Adds a singleton that the host runs, in place of <c>AddHostedService</c>: an exception that ends its loop is logged, and the loop is started again
    /// after 1 s, then ever later up to a minute. The third time in a row the health check <c>background</c> is unhealthy, until it has run for a minute.
    /// A second registration of the same type does nothing.
    /// </summary>
    public static IServiceCollection AddSupervised<T>(this IServiceCollection services)
        where T : BackgroundService
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Random.Shared);
        services.TryAddSingleton<SupervisedServices>();
        services.TryAddSingleton<T>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, SupervisedService<T>>());
        return services;
    }
}
