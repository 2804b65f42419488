namespace OpenClaw.AppHost.Levels;

/// <summary>What runs, decided before anything is started: a machine that lacks something gets a smaller system and a next step, never a failed resource.</summary>
internal sealed record SystemPlan
{
    public required SystemLevel Level { get; init; }

    /// <summary>Where answers come from; null = the offline brain.</summary>
    public ModelSource? Model { get; init; }

    public Store Store { get; init; }

    public PublishTarget Target { get; init; }

    /// <summary>What was asked for or could be had, and is not, with the next step; empty when nothing is missing.</summary>
    public IReadOnlyList<string> Notices { get; init; } = [];

    /// <summary>Whether there are Workers, Redis and a WAHA.</summary>
    public bool IsSplit => Level > SystemLevel.Simulator;

    /// <summary>The level in a few words.</summary>
    public string Headline => Level switch
    {
        SystemLevel.Simulator => "1 of 3: one process with the simulator",
        SystemLevel.OfflineBrain => "2 of 3: the whole system, offline brain",
        _ => "3 of 3: everything real",
    };

    /// <summary>What this machine can run, up to what was asked for.</summary>
    public static SystemPlan For(Machine machine, Switches switches)
    {
        var level = !machine.Containers.Answers ? SystemLevel.Simulator
            : switches.Model != ModelSource.Ollama && !machine.HasModel ? SystemLevel.OfflineBrain
            : SystemLevel.Complete;
        level = level < switches.Highest ? level : switches.Highest;
        var isSplit = level > SystemLevel.Simulator;
        return new()
        {
            Level = level,
            Model = ModelFor(level, machine, switches),
            Store = isSplit ? switches.Store : Store.Sqlite,
            Notices = [.. NextSteps.For(level, machine, switches)],
        };
    }

    /// <summary>
    /// A publish looks at no machine: it is about another one. Its Workers may land anywhere, so its data lies in PostgreSQL; where azd deploys, a container's
    /// volume is a share on which PostgreSQL does not start, so there it is a server that exists.
    /// </summary>
    public static SystemPlan ForPublishing(Switches switches) => new()
    {
        Level = switches.Highest < SystemLevel.Complete ? SystemLevel.OfflineBrain : SystemLevel.Complete,
        Model = switches.Highest < SystemLevel.Complete ? null : switches.Model,
        Store = switches.Target == PublishTarget.Manifest ? Store.External : Store.Postgres,
        Target = switches.Target,
    };

    // One process answers by a given model too; Ollama needs a container.
    private static ModelSource? ModelFor(SystemLevel level, Machine machine, Switches switches) => level switch
    {
        SystemLevel.Complete => switches.Model,
        SystemLevel.Simulator when machine.HasModel && switches.Highest != SystemLevel.OfflineBrain => ModelSource.Server,
        _ => null,
    };
}
