namespace OpenClaw.Core.Memory;

/// <summary>When memory is short. Section <c>Resilience:Memory</c>.</summary>
public sealed class MemoryOptions
{
    /// <summary>Share of the memory this process may use from which on it takes no webhooks in and answers fewer chats at once; below 1, 0 = never.</summary>
    public double HighWatermark { get; set; } = 0.9;
}
