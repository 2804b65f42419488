namespace OpenClaw.Core.WhatsApp;

/// <summary>What is known after a send call. Only <see cref="Accepted"/> and <see cref="Refused"/> are certain.</summary>
public enum SendOutcome
{
    /// <summary>2xx: WAHA handed the text to the engine. Not yet delivered.</summary>
    Accepted,

    /// <summary>A definite refusal that a retry cannot mend (400, 404 of the session, 413 ...).</summary>
    Refused,

    /// <summary>A definite refusal that a later try may pass: connection refused, 401/403, 422 "not WORKING", 429.</summary>
    Unavailable,

    /// <summary>Time-out, cut connection, 5xx: the text may or may not have been sent. Read the chat before sending again.</summary>
    Uncertain,
}

/// <param name="Outcome">What is known.</param>
/// <param name="RawId">WhatsApp's raw message id (third part of <c>true_chat_raw</c>) when WAHA told it; may be null on 201.</param>
/// <param name="RetryAfter">WAHA's <c>Retry-After</c>, when given.</param>
/// <param name="Reason">A short typed reason for the journey and logs (<c>http_500</c>, <c>timeout</c>, <c>connection_refused</c>, <c>session_not_working</c> ...); never a body.</param>
/// <param name="Limit">WhatsApp's limit that the send was refused for: certain, and final for this text. The session works.</param>
public sealed record SendResult(SendOutcome Outcome, string? RawId, TimeSpan? RetryAfter, string Reason, AccountLimit? Limit = null);

/// <summary>A message read back from WAHA's store.</summary>
/// <param name="RawId">Raw WhatsApp id.</param>
/// <param name="FromMe">Whether the bot's account wrote it.</param>
/// <param name="Text">Body; empty when it has none.</param>
/// <param name="Timestamp">WhatsApp's time, whole seconds.</param>
/// <param name="Source"><c>api</c>, <c>app</c> or null where the engine does not say.</param>
public sealed record ChatMessage(string RawId, bool FromMe, string Text, DateTimeOffset Timestamp, string? Source);

/// <summary>The answer to reading a chat: the messages, or why there are none.</summary>
/// <param name="Outcome">Whether it could be read.</param>
/// <param name="Messages">The bot's own messages, oldest first.</param>
/// <param name="IsWhole">Whether WAHA listed everything that it has since the time that was asked for.</param>
public sealed record ChatReadResult(ChatReadOutcome Outcome, IReadOnlyList<ChatMessage> Messages, bool IsWhole = false);

/// <summary>Whether a chat could be read.</summary>
public enum ChatReadOutcome
{
    /// <summary>Read.</summary>
    Read,

    /// <summary>400: WAHA keeps no message store, so absence can never be proven.</summary>
    NoStore,

    /// <summary>WAHA could not be asked now; try later.</summary>
    Unavailable,
}
