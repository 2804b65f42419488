using Microsoft.Extensions.Options;
using OpenClaw.Core.Configuration;
using OpenClaw.ServiceDefaults.Background;

namespace OpenClaw.Gateway.Backfill;

/// <summary>Reading missed messages back.</summary>
internal static class BackfillSetup
{
    public static IServiceCollection AddBackfill(this IServiceCollection services)
    {
        services.AddServedOptions<BackfillOptions>("Backfill");
        services.AddSingleton<IValidateOptions<BackfillOptions>, BackfillOptionsValidator>();
        services.AddSingleton<HistorySignals>();
        services.AddSingleton<HeardMessages>();
        services.AddSingleton<ChatReader>();
        services.AddSingleton<HistoryIntake>();
        services.AddSingleton<UnreadableChats>();
        services.AddSingleton<HistoryComparison>();
        services.AddSingleton<BackfillBoard>();
        services.AddSingleton<BackfillMetrics>();
        services.AddSupervised<BackfillService>();
        return services;
    }
}
