using OpenClaw.Benchmarks.Load.Report;

namespace OpenClaw.Benchmarks.Load.Processes;

/// <summary>The durable record of the system under test.</summary>
internal enum Store
{
    Sqlite,
    Postgres,
}

/// <summary>Which processes the system under test is made of, and what it has to reach.</summary>
/// <param name="Store">The database.</param>
/// <param name="Workers">Workers of their own; 0 = the Gateway answers itself.</param>
/// <param name="Redis">Whether there is a redis-server without Workers too.</param>
internal sealed record SystemSetup(Store Store, int Workers, bool Redis)
{
    public static SystemSetup AllInOne { get; } = new(Store.Sqlite, 0, Redis: false);

    public bool IsSplit => Workers > 0;

    public bool HasRedis => Redis || IsSplit;

    /// <summary>Answers a second with a model that takes no time.</summary>
    public Goal Answers => Goal.AtLeast(Store == Store.Postgres ? 250 : HasRedis ? 400 : 600);

    /// <summary>Acknowledged webhooks a second.</summary>
    public Goal Acknowledged => Goal.AtLeast(Store == Store.Postgres ? 2000 : HasRedis ? 3000 : 5000);

    /// <summary>A target that holds in one process on SQLite only; elsewhere the latency is told.</summary>
    public Goal? Latency(double milliseconds) => this == AllInOne ? Goal.Below(milliseconds) : null;

    /// <summary>For example <c>split sqlite, 2 workers</c>.</summary>
    public override string ToString()
    {
        var store = Store.ToString().ToLowerInvariant();
        return this switch
        {
            { IsSplit: true } => $"split {store}, {Workers} {(Workers == 1 ? "worker" : "workers")}",
            { Redis: true } => $"all-in-one {store}, redis",
            _ => $"all-in-one {store}",
        };
    }
}
