using OpenClaw.Core.Configuration;
using OpenClaw.Core.Queue;
using OpenClaw.Gateway.Health;
using OpenClaw.ServiceDefaults.Background;

namespace OpenClaw.Gateway.Flow;

/// <summary>Proof that messages flow.</summary>
internal static class FlowSetup
{
    public static IServiceCollection AddFlow(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<FlowBoard>();
        services.AddSingleton<FlowRules>();
        services.AddSupervised<FlowWatch>();
        services.AddHostedService<FlowMetrics>();
        // Work that Redis forgot while no Worker runs would wait unseen.
        if (SplitMode.IsOn(configuration))
            services.AddSupervised<Reconciler>();
        return services;
    }
}
