namespace OpenClaw.Core.Queue;

/// <summary>Whether the engine between the processes of a split system (Redis) answers. Without it nothing is lost; it only takes longer.</summary>
public interface IEngineStatus
{
    /// <summary>Whether it answers now.</summary>
    bool IsUp { get; }

    /// <summary>Since when it does not; null while it does.</summary>
    DateTimeOffset? DownSince { get; }
}
