using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using OpenClaw.Core.Caching;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Queue.Budgets;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Redis;

/// <summary>What split mode puts in place of the single process's parts.</summary>
internal static class RedisServices
{
    public static IServiceCollection AddRedis(this IServiceCollection services)
    {
        services.ShareClock();
        services.AddSingleton(provider => new RedisConnection(
            RedisAddress.Parse(provider.GetRequiredService<IConfiguration>().GetConnectionString(SplitMode.Connection)!),
            provider.GetRequiredService<ILogger<RedisConnection>>()));
        services.AddSingleton(RedisConnection.Policy);
        services.AddSingleton<IEngineStatus>(provider => provider.GetRequiredService<RedisConnection>());
        services.AddSingleton<InstallationId>();
        services.AddSingleton<RedisKeys>();
        services.AddSingleton<ILaneScheduler, RedisLaneScheduler>();
        services.AddSingleton<SqlRateLimits>();
        services.AddSingleton<IRateLimits, RedisRateLimits>();
        services.AddSingleton<IBubbleBudgets, RedisBubbleBudgets>();
        services.AddSingleton<IJobLeases, RedisJobLeases>();
        services.AddSingleton<ICacheStore, RedisCacheStore>();
        return services;
    }

    /// <summary>Whatever clock was registered is corrected for everybody.</summary>
    private static void ShareClock(this IServiceCollection services)
    {
        var inner = services.Last(service => service.ServiceType == typeof(TimeProvider));
        services.RemoveAll<TimeProvider>();
        services.AddSingleton(provider => new SharedClock(
            Inner(provider, inner), provider.GetRequiredService<RedisConnection>(), provider.GetRequiredService<ILogger<SharedClock>>()));
        services.AddSingleton<TimeProvider>(provider => provider.GetRequiredService<SharedClock>());
    }

    private static TimeProvider Inner(IServiceProvider provider, ServiceDescriptor inner) =>
        (TimeProvider)(inner.ImplementationInstance
            ?? inner.ImplementationFactory?.Invoke(provider)
            ?? ActivatorUtilities.CreateInstance(provider, inner.ImplementationType!));
}
