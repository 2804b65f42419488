using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.Integrations;
using OpenClaw.Worker.Skills.Clock;
using OpenClaw.Worker.Skills.Commands;
using OpenClaw.Worker.Skills.Files;

namespace OpenClaw.Worker.Skills;

/// <summary>Registration of the skills.</summary>
internal static class SkillServices
{
    /// <summary>What is set and checked, also by a Gateway that runs none of them and has not what they need.</summary>
    public static IServiceCollection AddSkillSettings(this IServiceCollection services)
    {
        services.AddIntegrations();
        services.AddSingleton(RunCommandSkill.Policy);
        services.AddServedOptions<CommandSkillOptions>("Skills:Commands");
        services.AddSingleton<IValidateOptions<CommandSkillOptions>, CommandSkillOptionsCheck>();
        services.TryAddSingleton(ExecutableFinder.System);
        return services;
    }

    /// <summary>
    /// Adds <see cref="SkillExecutor"/>, <see cref="SkillCatalog"/> and the built-in skills. The host brings
    /// <see cref="ISkillAudit"/> and <see cref="IPersonFiles"/>, both singletons.
    /// </summary>
    public static IServiceCollection AddSkills(this IServiceCollection services)
    {
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<SkillTelemetry>();
        services.AddSingleton<SkillCatalog>();
        services.AddSingleton<SkillExecutor>();

        services.AddSingleton<ISkill, CurrentTimeSkill>();

        services.AddSingleton<ISkill, ListFilesSkill>();
        services.AddSingleton<ISkill, SearchFilesSkill>();
        services.AddSingleton<ISkill, ReadFileSkill>();

        services.AddSingleton<ProcessRunner>();
        services.AddSingleton<ISkill, RunCommandSkill>();
        return services;
    }
}
