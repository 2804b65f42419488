namespace OpenClaw.Benchmarks.Load.Scenarios;

/// <summary>When a message has to be answered before one that was written later in its chat.</summary>
internal static class OrderRules
{
    /// <summary>It may have been stored by the time the later one was acknowledged.</summary>
    public static bool BothWereThere(TrackedMessage earlier, TrackedMessage later) => earlier.ReachedAt <= later.AcknowledgedAt;

    /// <summary>
    /// Its 202 had arrived before the Gateway could see a byte of the later one, so it was present when the later one's turn started.
    /// </summary>
    public static bool AcknowledgedBefore(TrackedMessage earlier, TrackedMessage later) => earlier.AcknowledgedAt < later.ReachedAt;
}
