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

    /// <summary>WhatsApp refused a part of the answer after WAHA had taken it.</summary>
    Refused,

    /// <summary>A part of the answer was put aside: nobody knows whether it arrived. A dead letter until somebody replays or discards it.</summary>
    Unknown,

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

    /// <summary>Kept as history of its chat, and not answered.</summary>
    Context,

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

    /// <summary>An uncertain send was certainly not in the chat and was sent again; the detail is how often.</summary>
    FoundAbsent,

    /// <summary>Nothing could prove that an uncertain send had not arrived, and it was sent again; the detail is how often in all.</summary>
    ResentUnproven,

    /// <summary>Nothing could prove that an uncertain send had not arrived, and it was put aside; the detail is the reason.</summary>
    Withheld,

    /// <summary>An uncertain send was found in the chat.</summary>
    FoundInChat,

    /// <summary>WAHA took the bubble.</summary>
    Accepted,

    /// <summary>WhatsApp's server has it.</summary>
    ServerAck,

    /// <summary>A device of the chat has it.</summary>
    DeviceAck,

    /// <summary>It was read.</summary>
    ReadAck,

    /// <summary>WhatsApp refused it after WAHA had taken it.</summary>
    ErrorAck,

    /// <summary>Given up; the detail is the reason.</summary>
    Dead,

    /// <summary>An operator replayed it; the detail is how often so far.</summary>
    Replayed,

    /// <summary>An operator discarded it, or a replay made it needless. When, is not known.</summary>
    Discarded,

    /// <summary>A bubble was not sent after all, because a human wrote in the chat. When, is not known; the detail is the reason.</summary>
    PutAside,

    /// <summary>A bubble had to wait, because as many as may go out in an hour had gone; the detail is <c>chat</c> or <c>session</c>.</summary>
    BudgetUsedUp,

    /// <summary>Another session sent a bubble, because its chat's own could not; the detail is that session.</summary>
    StoodIn,
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
/// <param name="Bubbles">Our messages, in order.</param>
public sealed record Journey(
    string? RequestId, string? Reference, JourneyOutcome Outcome, string? Reason, string Session, long? Lane, bool IsLate, int Attempts, string? TraceId,
    IReadOnlyList<JourneyStep> Steps, IReadOnlyList<JourneyBubble> Bubbles);

/// <summary>One message of ours, as far as it came. Times are UTC, and null for what did not happen or was not noted.</summary>
/// <param name="Id">Row, as in the steps.</param>
/// <param name="Kind"><c>reply</c>, <c>command</c>, <c>apology</c> or <c>notice</c>.</param>
/// <param name="State"><c>queued</c>, <c>sending</c>, <c>accepted</c>, <c>dead</c> or <c>discarded</c>.</param>
/// <param name="Settlement">How it was settled whether it was sent; null while that is open.</param>
/// <param name="AcceptedAt">When WAHA took it, or when it was found in the chat.</param>
/// <param name="ServerAt">When it was known that WhatsApp's server has it.</param>
/// <param name="DeviceAt">When it was known to be on a device of the chat.</param>
/// <param name="ReadAt">When it was known to be read.</param>
/// <param name="RefusedAt">When WhatsApp refused it, unless it was taken after all.</param>
/// <param name="Session">The session that it goes or went through.</param>
public sealed record JourneyBubble(
    long Id, string Kind, string State, BubbleSettlement? Settlement, DateTimeOffset? AcceptedAt, DateTimeOffset? ServerAt, DateTimeOffset? DeviceAt, DateTimeOffset? ReadAt,
    DateTimeOffset? RefusedAt, string Session);
