namespace OpenClaw.Core.Queue.Journeys;

/// <summary>What became of a message.</summary>
public enum JourneyOutcome
{
    /// <summary>Stored; nobody has begun with it.</summary>
    Waiting,

    /// <summary>Waits until WAHA links its hidden id to a person.</summary>
    Held,

    /// <summary>An answer is being made.</summary>
    InProgress,

    /// <summary>The answer is stored and on its way.</summary>
    Sending,

    /// <summary>WAHA has the whole answer.</summary>
    Sent,

    /// <summary>The whole answer is on the person's device.</summary>
    Delivered,

    /// <summary>The person has seen the whole answer.</summary>
    Read,

    /// <summary>Given up; a dead letter until somebody replays or discards it.</summary>
    Dead,

    /// <summary>Given up, and discarded by an operator.</summary>
    Discarded,

    /// <summary>Not meant for us, or nothing to answer.</summary>
    Ignored,

    /// <summary>Over a rate limit.</summary>
    Limited,

    /// <summary>The sender is not allowed.</summary>
    Denied,

    /// <summary>A notice of our own: nobody's message is behind it.</summary>
    Notice,
}

/// <summary>One thing that happened.</summary>
public enum JourneyStepKind
{
    /// <summary>The webhook was stored; the detail is its request id.</summary>
    Arrived,

    /// <summary>Its turn began: the set of messages was frozen.</summary>
    TurnBegan,

    /// <summary>The model asked for skills.</summary>
    SkillsAsked,

    /// <summary>A skill that changes something was about to run.</summary>
    SkillStarted,

    /// <summary>A skill came back.</summary>
    SkillDone,

    /// <summary>The answer was committed.</summary>
    Answered,

    /// <summary>A bubble was put into the outbox; the detail is its kind.</summary>
    Queued,

    /// <summary>A bubble was about to be sent; the detail is how often.</summary>
    Claimed,

    /// <summary>Nobody knows yet whether a send arrived: the chat is being read.</summary>
    Uncertain,

    /// <summary>An uncertain send was not in the chat and was sent again; the detail is how often.</summary>
    FoundAbsent,

    /// <summary>An uncertain send was found in the chat.</summary>
    FoundInChat,

    /// <summary>WAHA took the bubble.</summary>
    Accepted,

    /// <summary>WhatsApp's server has it. When, is not known.</summary>
    ServerAck,

    /// <summary>A device of the chat has it.</summary>
    DeviceAck,

    /// <summary>It was read. When, is not known.</summary>
    ReadAck,

    /// <summary>WhatsApp refused it after WAHA had taken it.</summary>
    ErrorAck,

    /// <summary>Given up; the detail is the reason.</summary>
    Dead,

    /// <summary>An operator replayed it; the detail is how often so far.</summary>
    Replayed,

    /// <summary>An operator discarded it, or a replay made it needless. When, is not known.</summary>
    Discarded,
}

/// <param name="Kind">What happened.</param>
/// <param name="At">When, UTC; null where the rows do not say.</param>
/// <param name="Bubble">Which bubble of ours, or null.</param>
/// <param name="Detail">A typed word or a number; never a text that somebody wrote.</param>
public sealed record JourneyStep(JourneyStepKind Kind, DateTimeOffset? At, long? Bubble, string? Detail);

/// <summary>The way of a message and of its answer, without what was written.</summary>
/// <param name="RequestId">Request id of the message; of the newest one of a turn that was asked for by its code. Null for a notice.</param>
/// <param name="Reference">The turn's code.</param>
/// <param name="Outcome">What became of it.</param>
/// <param name="Reason">Typed reason where it was not answered.</param>
/// <param name="Session">WAHA session.</param>
/// <param name="Lane">The chat; null where it was not admitted to one.</param>
/// <param name="IsLate">It was answered after younger messages of its chat.</param>
/// <param name="Attempts">Attempts of the turn that were started since it was last replayed.</param>
/// <param name="TraceId">W3C trace id of the webhook.</param>
/// <param name="Steps">In the order of time; what has no time stands where it belongs.</param>
public sealed record Journey(
    string? RequestId, string? Reference, JourneyOutcome Outcome, string? Reason, string Session, long? Lane, bool IsLate, int Attempts, string? TraceId,
    IReadOnlyList<JourneyStep> Steps);
