namespace OpenClaw.Gateway.Simulator.Waha;

/// <summary>How long each fault lasts when nobody ends it by hand. Long enough to see what follows, short enough to wait for it.</summary>
internal sealed record FaultTimes
{
    /// <summary>The session is FAILED.</summary>
    public TimeSpan Link { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>How long WAHA holds a send back before it refuses it.</summary>
    public TimeSpan BlockedSend { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>No call of the model begins to answer.</summary>
    public TimeSpan SlowModel { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>Every call of the model fails; two or three tries of a turn.</summary>
    public TimeSpan FailingModel { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The database is locked; longer than a commit waits for a lock (2 s) and WAHA before it repeats a webhook (2 s).</summary>
    public TimeSpan Database { get; init; } = TimeSpan.FromSeconds(5);
}
