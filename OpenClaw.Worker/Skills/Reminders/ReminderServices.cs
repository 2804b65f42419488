using OpenClaw.Core.Jobs;
using OpenClaw.ServiceDefaults.Background;
using OpenClaw.Worker.Jobs;

namespace OpenClaw.Worker.Skills.Reminders;

/// <summary>Scheduled jobs, and what they are for.</summary>
internal static class ReminderServices
{
    /// <summary>Adds the runner, the reminder and its skills; the jobs' store is Core's.</summary>
    public static IServiceCollection AddReminders(this IServiceCollection services)
    {
        services.AddSingleton<IJobHandler, ReminderJob>();
        services.AddSingleton<ISkill, SetReminderSkill>();
        services.AddSingleton<ISkill, ListRemindersSkill>();
        services.AddSingleton<ISkill, CancelReminderSkill>();
        services.AddSupervised<JobRunner>();
        services.AddSupervised<JobPruner>();
        return services;
    }
}
