using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Core.Configuration;

namespace OpenClaw.Core.Health;

/// <summary>What Gateway and Workers depend on alike.</summary>
public static class CoreHealth
{
    /// <summary>Adds <c>database</c>, <c>integrations</c>, <c>memory</c>, and in split mode <c>redis</c>.</summary>
    /// <param name="checks">The process's checks.</param>
    /// <param name="configuration">Tells whether the mode is split.</param>
    /// <param name="tag">Of the checks that decide.</param>
    public static IHealthChecksBuilder AddCoreChecks(this IHealthChecksBuilder checks, IConfiguration configuration, string tag)
    {
        checks.AddCheck<DatabaseCheck>("database", tags: [tag]);
        checks.AddCheck<IntegrationsCheck>("integrations", tags: [tag]);
        checks.AddCheck<MemoryCheck>("memory", tags: [tag]);
        if (SplitMode.IsOn(configuration))
            checks.AddCheck<EngineCheck>("redis", tags: [tag]);
        return checks;
    }
}
