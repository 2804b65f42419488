using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.Integrations;

namespace OpenClaw.Core.WhatsApp;

/// <summary>Registration of <see cref="WahaClient"/>.</summary>
public static class WahaClientExtensions
{
    /// <summary>
    /// Adds <see cref="WahaClient"/> and the options <c>Waha</c>. <see cref="IWahaAddress"/> comes from the settings when <c>Waha__BaseUrl</c> is
    /// set; otherwise the simulator registers its own.
    /// </summary>
    public static IServiceCollection AddWahaClient(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddIntegrations();
        services.AddServedOptions<WahaOptions>("Waha");
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WahaOptions>, WahaOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(WahaTimeouts.Policy);
        services.TryAddSingleton<WahaClient>();
        if (!string.IsNullOrWhiteSpace(configuration["Waha:BaseUrl"]))
            services.TryAddSingleton<IWahaAddress, ConfiguredWahaAddress>();
        return services;
    }
}
