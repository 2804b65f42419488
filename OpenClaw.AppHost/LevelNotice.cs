using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenClaw.AppHost.Levels;

namespace OpenClaw.AppHost;

/// <summary>Not a thing that runs: a line of the dashboard that tells what does, and what would bring more.</summary>
internal sealed class LevelResource(string name) : Resource(name);

internal static partial class LevelNotice
{
    /// <summary>Tells the level and the next steps: in the dashboard as state, properties and log of a resource, and on the console.</summary>
    public static void AddLevel(this IDistributedApplicationBuilder builder, SystemPlan plan)
    {
        if (builder.ExecutionContext.IsPublishMode)
            return;

        var level = builder.AddResource(new LevelResource(ResourceNames.Level))
            .WithInitialState(new()
            {
                ResourceType = "Level",
                State = new(plan.Headline, plan.Notices.Count == 0 ? KnownResourceStateStyles.Success : KnownResourceStateStyles.Info),
                Properties = [.. plan.Notices.Select(static (notice, index) => new ResourcePropertySnapshot($"Next step {index + 1}", notice))],
            })
            .ExcludeFromManifest();

        builder.Eventing.Subscribe<BeforeStartEvent>((starting, _) =>
        {
            var services = starting.Services;
            Tell(services.GetRequiredService<ResourceLoggerService>().GetLogger(level.Resource), plan);
            Tell(services.GetRequiredService<ILoggerFactory>().CreateLogger("OpenClaw.AppHost"), plan);
            return Task.CompletedTask;
        });
    }

    private static void Tell(ILogger logger, SystemPlan plan)
    {
        Log.Level(logger, plan.Headline);
        foreach (var notice in plan.Notices)
            Log.Notice(logger, notice);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Level {Headline}")]
        public static partial void Level(ILogger logger, string headline);

        [LoggerMessage(Level = LogLevel.Information, Message = "{Notice}")]
        public static partial void Notice(ILogger logger, string notice);
    }
}
