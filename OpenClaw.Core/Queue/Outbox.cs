using OpenClaw.Core.Security;

namespace OpenClaw.Core.Queue;

/// <summary>What goes out as one WhatsApp message; stored encrypted with the key of the person who caused it.</summary>
/// <param name="ChatId">WAHA's chat id.</param>
/// <param name="Text">WhatsApp-formatted text.</param>
/// <param name="ReplyTo">Full id of the message to quote, or null.</param>
/// <param name="Own">Where another session is to send it: as the chat's own session would; null = <paramref name="ChatId"/> and <paramref name="ReplyTo"/> are that.</param>
public sealed record BubbleContent(string ChatId, string Text, string? ReplyTo, BubbleAddress? Own = null)
{
    /// <summary>For another session, which knows the chat by another id and has no message in it that could be quoted.</summary>
    public BubbleContent For(string chatId) => new(chatId, Text, null, Own ?? new BubbleAddress(ChatId, ReplyTo));

    /// <summary>For the chat's own session again.</summary>
    public BubbleContent Home() => Own is { } own ? new(own.ChatId, Text, own.ReplyTo) : this;
}

/// <summary>Where a bubble goes.</summary>
/// <param name="ChatId">WAHA's chat id.</param>
/// <param name="ReplyTo">Full id of the message to quote, or null.</param>
public sealed record BubbleAddress(string ChatId, string? ReplyTo);

/// <summary>A bubble that is not sent for certain yet.</summary>
/// <param name="Id">Row; order within the lane.</param>
/// <param name="TurnId">The turn it answers, or null for notices.</param>
/// <param name="State"><c>queued</c> or <c>sending</c>.</param>
/// <param name="Fence">Fence of the claim when <c>sending</c>.</param>
/// <param name="ClaimedAt">When it was claimed, UTC.</param>
/// <param name="Deadline">When the claimed send is given up.</param>
/// <param name="NotBefore">Pacing and backoff.</param>
/// <param name="Attempts">Claims so far.</param>
/// <param name="Uncertain">Earlier claims whose end nobody knew.</param>
/// <param name="AbsentAt">When a first read of the chat did not find it.</param>
/// <param name="Content">What to send.</param>
/// <param name="Kind">What it is.</param>
/// <param name="RawId">The id that it is sent with, chosen before its first send; null where WAHA chooses.</param>
/// <param name="IsAcknowledged">WhatsApp told something of a message with this id: a send of it was taken.</param>
/// <param name="IsReplayed">An operator asked for it after it had been given up.</param>
/// <param name="WasGuessed">It was sent again without a proof that it had not arrived.</param>
/// <param name="IsBooked">It holds a place in the budget of <paramref name="Session"/>: it needs none when it is sent next.</param>
/// <param name="Session">The session that it goes through; empty = its chat's.</param>
/// <param name="Key">Key of <paramref name="Content"/>.</param>
public sealed record Bubble(
    long Id,
    long? TurnId,
    string State,
    long Fence,
    DateTimeOffset? ClaimedAt,
    DateTimeOffset? Deadline,
    DateTimeOffset NotBefore,
    int Attempts,
    int Uncertain,
    DateTimeOffset? AbsentAt,
    BubbleContent Content,
    BubbleKind Kind = BubbleKind.Reply,
    string? RawId = null,
    bool IsAcknowledged = false,
    bool IsReplayed = false,
    bool WasGuessed = false,
    bool IsBooked = false,
    string Session = "",
    DataKeyId Key = default)
{
    /// <summary>Request id of the newest message that it answers; null for notices.</summary>
    public string? RequestId { get; init; }

    /// <summary>W3C trace context of that message.</summary>
    public string? TraceParent { get; init; }

    /// <summary>Of the last bubble of a turn: when the turn's first message arrived; null for all others.</summary>
    public DateTimeOffset? EndsTurnSince { get; init; }

    /// <summary>The session that it was sent or is to be sent through.</summary>
    /// <param name="chat">Its chat.</param>
    public string SessionIn(ChatScope chat) => Session.Length > 0 ? Session : chat.Session;
}

/// <summary>A message or reaction that is context, not work.</summary>
/// <param name="ChatId">Chat.</param>
/// <param name="RawId">Raw WhatsApp id.</param>
/// <param name="Text">Text or emoji.</param>
/// <param name="Source"><c>api</c>, <c>app</c> or null.</param>
/// <param name="Target">Raw id that a reaction belongs to.</param>
public sealed record ChatEventContent(string ChatId, string RawId, string Text, string? Source, string? Target);

/// <summary>The account that a session is logged in with.</summary>
/// <param name="Id">Digits of the phone number.</param>
/// <param name="Lid">Digits of the hidden id.</param>
public sealed record LinkedAccount(string? Id, string? Lid);
