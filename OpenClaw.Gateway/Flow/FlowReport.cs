using OpenClaw.Core.Flow;

namespace OpenClaw.Gateway.Flow;

/// <summary>A session's facts as they stand.</summary>
/// <param name="Session">WAHA session.</param>
/// <param name="Status">WAHA's newest word for its state; null when it never told one.</param>
/// <param name="Flow">What went through it last, as any Gateway saw it.</param>
/// <param name="AcceptedAt">WAHA took a message of ours.</param>
/// <param name="ServerAckAt">WhatsApp's server acknowledged one.</param>
internal sealed record FlowFacts(string Session, string? Status, SessionFlow Flow, DateTimeOffset? AcceptedAt, DateTimeOffset? ServerAckAt);

/// <summary>One look at everything.</summary>
/// <param name="At">When.</param>
/// <param name="Sessions">The served sessions.</param>
/// <param name="Work">What waits to be worked on; null where that cannot be told, because the scheduler's engine is down.</param>
/// <param name="Contradictions">Sentences without a full stop: where the facts say that it does not flow.</param>
internal sealed record FlowReport(DateTimeOffset At, IReadOnlyList<FlowFacts> Sessions, WaitingWork? Work, IReadOnlyList<string> Contradictions);
