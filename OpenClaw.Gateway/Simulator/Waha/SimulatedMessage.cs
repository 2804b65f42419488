namespace OpenClaw.Gateway.Simulator.Waha;

/// <summary>How far a message got, as WhatsApp counts.</summary>
internal enum MessageAck
{
    /// <summary>Never arrived.</summary>
    Error = -1,

    /// <summary>Not yet sent.</summary>
    Pending = 0,

    /// <summary>One tick.</summary>
    Server = 1,

    /// <summary>Two ticks.</summary>
    Device = 2,

    /// <summary>Two blue ticks.</summary>
    Read = 3,
}

/// <summary>A text in one of the chats.</summary>
/// <param name="Sequence">Position in the chat, growing.</param>
/// <param name="RawId">WhatsApp's id: <c>3EB0</c> and 18 hex digits.</param>
/// <param name="Place">Where it was written, as WAHA names it.</param>
/// <param name="FromBot">Whether the bot's account wrote it (WAHA's <c>fromMe</c>).</param>
/// <param name="Text">As sent, with WhatsApp's marks.</param>
/// <param name="At">When.</param>
/// <param name="Ack">How far it got on the way to the other side.</param>
/// <param name="QuotedRawId">The message it replies to.</param>
/// <param name="QuotedText">That message's text.</param>
/// <param name="Reaction">The other side's emoji.</param>
/// <param name="ByHuman">Of the bot's account, but typed on its phone and not sent through the API.</param>
internal sealed record SimulatedMessage(
    long Sequence,
    string RawId,
    ChatPlace Place,
    bool FromBot,
    string Text,
    DateTimeOffset At,
    MessageAck Ack,
    string? QuotedRawId = null,
    string? QuotedText = null,
    string? Reaction = null,
    bool ByHuman = false)
{
    /// <summary>WAHA's id of the message: <c>{fromMe}_{chat}_{raw}</c>, and in a group <c>_{author}</c> behind another's.</summary>
    public string FullId => $"{(FromBot ? "true" : "false")}_{Place.ChatId}_{RawId}{(Place.IsGroup && !FromBot ? "_" + Place.Holder.ChatId : "")}";
}
