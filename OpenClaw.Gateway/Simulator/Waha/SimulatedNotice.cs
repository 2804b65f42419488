namespace OpenClaw.Gateway.Simulator.Waha;

/// <summary>A quiet line between the bubbles that says what the system did about a fault.</summary>
/// <param name="Sequence">Position in the chat, among the messages.</param>
/// <param name="Code">Which of the page's texts.</param>
/// <param name="Values">What to put into it; numbers and fixed words.</param>
/// <param name="At">When.</param>
internal sealed record SimulatedNotice(long Sequence, string Code, IReadOnlyDictionary<string, string> Values, DateTimeOffset At);
