using OpenClaw.Benchmarks.Load.Traffic;

namespace OpenClaw.Benchmarks.Load.Scenarios;

/// <summary>A message of a run with kills and what became of its webhook. Times are Stopwatch ticks.</summary>
/// <param name="number">Its place in the run; a chat's messages are written in this order.</param>
/// <param name="chat">The number of its chat.</param>
internal sealed class TrackedMessage(int number, int chat)
{
    public int Number { get; } = number;

    public int Chat { get; } = chat;

    public string ChatId { get; } = WebhookRequest.ChatId(chat);

    /// <summary>The envelope's timestamp, unlike that of every other message of the run; the database keeps it as the row's <c>envelope_at</c>.</summary>
    public DateTimeOffset WrittenAt { get; set; }

    /// <summary>When it fell due.</summary>
    public long DueAt { get; set; }

    /// <summary>When the Gateway may first have seen it; <see cref="long.MaxValue"/> = never.</summary>
    public long ReachedAt { get; set; } = long.MaxValue;

    /// <summary>When its 202 arrived; <see cref="long.MaxValue"/> = never.</summary>
    public long AcknowledgedAt { get; set; } = long.MaxValue;

    /// <summary>How often it was sent.</summary>
    public int Tries { get; set; }

    public bool IsAcknowledged => AcknowledgedAt != long.MaxValue;
}
