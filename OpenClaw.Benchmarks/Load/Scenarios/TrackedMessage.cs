namespace OpenClaw.Benchmarks.Load.Scenarios;

/// <summary>A message of the kill run and what became of its webhook. Times are Stopwatch ticks.</summary>
/// <param name="number">Its place in the run; a chat's messages are written in this order.</param>
/// <param name="chatId">Its chat.</param>
internal sealed class TrackedMessage(int number, string chatId)
{
    public int Number { get; } = number;

    public string ChatId { get; } = chatId;

    /// <summary>When the Gateway may first have seen it; <see cref="long.MaxValue"/> = never.</summary>
    public long ReachedAt { get; set; } = long.MaxValue;

    /// <summary>When its 202 arrived; <see cref="long.MaxValue"/> = never.</summary>
    public long AcknowledgedAt { get; set; } = long.MaxValue;

    /// <summary>How often it was sent.</summary>
    public int Tries { get; set; }

    public bool IsAcknowledged => AcknowledgedAt != long.MaxValue;
}
