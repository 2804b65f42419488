using OpenClaw.Core.People;

namespace OpenClaw.Core.Queue;

/// <summary>A message that may be answered, as it came through the door.</summary>
/// <param name="Session">WAHA session.</param>
/// <param name="RawId">Raw WhatsApp id; with session and direction the dedupe key.</param>
/// <param name="Person">Who wrote it.</param>
/// <param name="GroupId">The group's id without suffix, or null in a direct chat.</param>
/// <param name="OrderAt">WhatsApp's time of the message (whole seconds).</param>
/// <param name="EnvelopeAt">WAHA's time of the event (milliseconds).</param>
/// <param name="RequestId">Names this message in logs, spans and error replies.</param>
/// <param name="TraceParent">W3C trace context of the webhook, if there is one.</param>
/// <param name="Content">What is stored encrypted.</param>
public sealed record InboundMessage(
    string Session,
    string RawId,
    PersonRecord Person,
    string? GroupId,
    DateTimeOffset OrderAt,
    DateTimeOffset EnvelopeAt,
    string RequestId,
    string? TraceParent,
    MessageContent Content)
{
    /// <summary>
    /// It was not told but read from WAHA's history. The rate limits are not for it: that many come at once is our doing, not the sender's.
    /// </summary>
    public bool IsReadBack { get; init; }

    /// <summary>Of a group's message that several of our sessions may have; null where only one is served, and in direct chats.</summary>
    public GroupShare? Share { get; init; }
}

/// <summary>The personal part of a message; stored encrypted with the author's key.</summary>
/// <param name="Text">What was written; a caption for media; empty when there is neither.</param>
/// <param name="ChatId">Where the answer goes (<c>...@c.us</c>, <c>...@lid</c>, <c>...@g.us</c>).</param>
/// <param name="MessageId">WAHA's full message id, for quoting.</param>
/// <param name="SenderName">The display name that the sender chose.</param>
/// <param name="QuotedText">The text that the message quotes.</param>
/// <param name="Media">Kind of media that came along (<c>image</c>, <c>audio</c>, <c>location</c> ...), or null.</param>
/// <param name="QuotedId">Raw id of the message that is quoted.</param>
public sealed record MessageContent(string Text, string ChatId, string MessageId, string? SenderName, string? QuotedText, string? Media, string? QuotedId = null);

/// <summary>Something that came through the door and is not kept as text: only its reason and blind keys.</summary>
/// <param name="Session">WAHA session.</param>
/// <param name="DedupeId">Raw WhatsApp id, or the event's own id where there is none.</param>
/// <param name="FromMe">Direction, part of the dedupe key.</param>
/// <param name="State"><c>ignored</c>, <c>limited</c> or <c>denied</c>.</param>
/// <param name="Reason">Typed reason.</param>
/// <param name="Chat">What repeats are counted by (a chat id or event name); only its blind index is stored.</param>
/// <param name="OrderAt">Time of the event.</param>
/// <param name="RequestId">Request id.</param>
public sealed record DroppedEvent(string Session, string DedupeId, bool FromMe, string State, string Reason, string Chat, DateTimeOffset OrderAt, string RequestId);

/// <summary>What the commit made of an event.</summary>
public enum IntakeOutcome
{
    /// <summary>New, and a worker will answer it.</summary>
    Accepted,

    /// <summary>Known already; nothing changed.</summary>
    Duplicate,

    /// <summary>New, over a limit; answered by at most one notice per window.</summary>
    Limited,

    /// <summary>
    /// Read back from a minute in which messages were over a limit, and of which more are missing than were: one of them was never told, and nobody can
    /// tell which. Kept as a reason only.
    /// </summary>
    MaybeMissed,

    /// <summary>New, waits until WAHA links its hidden id to a person.</summary>
    Held,

    /// <summary>Kept as a reason only.</summary>
    Ignored,

    /// <summary>The sender is not allowed; kept as a reason only.</summary>
    Denied,

    /// <summary>Kept as history of the chat, and not answered.</summary>
    Context,

    /// <summary>Kept as context (ack, reaction, own message, session status).</summary>
    Recorded,
}
