using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.Integrations;
using OpenClaw.Core.Memory;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Queue.Acks;
using OpenClaw.Core.Storage;
using OpenClaw.ServiceDefaults.Background;
using OpenClaw.ServiceDefaults.Health;
using OpenClaw.Worker.Agents;
using OpenClaw.Worker.Commands;
using OpenClaw.Worker.Health;
using OpenClaw.Worker.Inbox;
using OpenClaw.Worker.Models;
using OpenClaw.Worker.Replies;
using OpenClaw.Worker.Skills;
using OpenClaw.Worker.Skills.Files;
using OpenClaw.Worker.Skills.Reminders;

namespace OpenClaw.Worker;

/// <summary>What consumes the queue: conversation, agent, skills, replies.</summary>
public static class WorkerServices
{
    /// <summary>The worker's settings and its system texts; a Gateway that only takes messages in needs these too.</summary>
    public static IServiceCollection AddWorkerSettings(this IServiceCollection services)
    {
        services.AddServedOptions<WorkerOptions>("Worker");
        services.AddServedOptions<DeliveryOptions>("Delivery");
        services.AddSingleton<IValidateOptions<WorkerOptions>, WorkerOptionsValidator>();
        services.AddSingleton<IValidateOptions<DeliveryOptions>, DeliveryOptionsValidator>();
        services.AddSingleton(provider => DeliveryPolicy.Of(provider.GetRequiredService<IOptions<DeliveryOptions>>().Value));
        services.AddSingleton<Notices>();
        services.AddSingleton<INoticeTexts>(provider => provider.GetRequiredService<Notices>());
        services.AddServedOptions<OwnerOptions>("Access");
        services.AddSingleton<IValidateOptions<OwnerOptions>, OwnerOptionsValidator>();
        services.AddModels();
        services.AddSkillSettings();
        return services;
    }

    /// <summary>The consumer itself.</summary>
    public static IServiceCollection AddWorker(this IServiceCollection services)
    {
        services.TryAddSingleton(Random.Shared);
        services.AddSingleton(provider => new WorkerSlots(provider.GetRequiredService<IOptions<WorkerOptions>>().Value.Concurrency));
        services.AddSingleton<ILaneGate, IntegrationGate>();
        services.AddSingleton<ISkillAudit, StoredSkillAudit>();
        services.AddSingleton<IPersonFiles>(provider => new PersonFiles(
            provider.GetRequiredService<DataDirectory>().FilesDirectory, provider.GetService<IStartingFiles>()));
        services.AddSkills();
        services.AddReminders();
        services.AddSingleton<SystemPrompt>();
        services.AddSingleton<Agent>();
        services.AddSingleton<Owner>();
        services.AddSingleton<IChatCommand, WhyCommand>();
        services.AddSingleton<IChatCommand, BotCommand>();
        services.AddSingleton<ChatCommands>();
        services.AddSingleton<Pacing>();
        services.AddSingleton<ChatPresence>();
        services.AddSingleton<SendBudget>();
        services.AddSingleton<StandIns>();
        services.AddSingleton<BubbleRoutes>();
        services.AddSingleton<ReplyComposer>();
        services.AddSingleton<MessageIds>();
        services.AddSingleton<UncertainSends>();
        services.AddSingleton<UncertainBubbles>();
        services.AddSingleton<ReplySender>();
        services.AddSingleton<TurnTelemetry>();
        services.AddSingleton<LeaseKeeper>();
        services.AddSingleton<ConsumerPulse>();
        services.AddScoped<MessageHandler>();
        services.AddSupervised<Reconciler>();
        services.AddSupervised<AckPruner>();
        services.AddSupervised<MemoryWatch>();
        services.AddSupervised<MessageConsumer>();
        services.AddHealthChecks().AddCheck<ConsumerCheck>("consumer", tags: [HealthEndpoints.Ready]).AddCheck<BudgetCheck>("budgets", tags: [HealthEndpoints.Ready]);
        return services;
    }
}
