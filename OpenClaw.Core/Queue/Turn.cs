using OpenClaw.Core.People;

namespace OpenClaw.Core.Queue;

/// <summary>One message of a turn's frozen set.</summary>
/// <param name="InboundId">Row.</param>
/// <param name="RequestId">Request id of the message.</param>
/// <param name="TraceParent">Trace of its webhook.</param>
/// <param name="OrderAt">WhatsApp's time.</param>
/// <param name="ArrivedAt">When its webhook arrived here.</param>
/// <param name="Content">Text and addresses.</param>
public sealed record TurnMessage(long InboundId, string RequestId, string? TraceParent, DateTimeOffset OrderAt, DateTimeOffset ArrivedAt, MessageContent Content);

/// <summary>A line of a turn's append-only transcript.</summary>
/// <param name="Step">0, 1, 2 ...</param>
/// <param name="Kind"><c>model</c> (a model's message with skill calls), <c>started</c> (a write or execute call is about to run), <c>done</c> (a call's result).</param>
/// <param name="CallId">The call that <c>started</c> and <c>done</c> belong to.</param>
/// <param name="Content">JSON of the step; what is in it is the agent's business.</param>
public sealed record TurnStep(int Step, string Kind, string? CallId, string Content);

/// <summary>Messages of one lane that are answered together, and how far that came.</summary>
/// <param name="Id">Row.</param>
/// <param name="Reference">Short code that a person can be told.</param>
/// <param name="Person">The author.</param>
/// <param name="Locale">The author's locale.</param>
/// <param name="TimeZone">The author's time zone, IANA.</param>
/// <param name="Attempts">Attempts that were started, this one included.</param>
/// <param name="Failures">Attempts that failed; the rest but this one was interrupted.</param>
/// <param name="Messages">The frozen set in order.</param>
/// <param name="Steps">The transcript so far.</param>
/// <param name="Replayed">It was a dead letter before: its answer comes late, after an apology or others' answers.</param>
public sealed record Turn(
    long Id,
    string Reference,
    PersonScope Person,
    string Locale,
    string TimeZone,
    int Attempts,
    int Failures,
    IReadOnlyList<TurnMessage> Messages,
    IReadOnlyList<TurnStep> Steps,
    bool Replayed = false);

/// <summary>What a lane has to do now, under a fence.</summary>
/// <param name="Chat">The lane.</param>
/// <param name="Fence">Every write of this work names it; a newer one makes them fail.</param>
/// <param name="Turn">The turn to run, or null.</param>
/// <param name="Outbox">Bubbles that are not sent for certain; they come before any turn.</param>
/// <param name="ReadyAt">Nothing to do before this time.</param>
/// <param name="MoreWaits">Whether messages may wait that this work does not cover: signal the lane again when it is done.</param>
/// <param name="Silence">Typed reason why the bot keeps out of this chat now; null = it answers.</param>
public sealed record LaneWork(
    ChatScope Chat, long Fence, Turn? Turn, IReadOnlyList<Bubble> Outbox, DateTimeOffset? ReadyAt, bool MoreWaits, string? Silence = null);

/// <summary>Somebody else works on the lane now; what this worker still wanted to write was refused.</summary>
public sealed class FenceLostException : Exception
{
    /// <summary>Creates the exception.</summary>
    public FenceLostException() : base("The lane belongs to another worker now.")
    {
    }

    /// <summary>Required by convention.</summary>
    public FenceLostException(string message) : base(message)
    {
    }

    /// <summary>Required by convention.</summary>
    public FenceLostException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
