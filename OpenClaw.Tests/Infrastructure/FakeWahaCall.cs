namespace OpenClaw.Tests.Infrastructure;

/// <summary>A call that reached the fake WAHA with a valid key, in the order of arrival.</summary>
internal abstract record FakeWahaCall(string Session)
{
    public DateTimeOffset At { get; init; }

    /// <summary>The call's <c>X-Request-Id</c>.</summary>
    public string? RequestId { get; init; }

    /// <summary>The call's <c>traceparent</c>.</summary>
    public string? TraceParent { get; init; }
}

internal sealed record SendTextCall(string Session, string ChatId, string Text, string? ReplyTo) : FakeWahaCall(Session)
{
    /// <summary>The id that the message is to have.</summary>
    public string? MessageId { get; init; }
}

internal sealed record NewMessageIdCall(string Session) : FakeWahaCall(Session);

internal sealed record SendSeenCall(string Session, string ChatId, IReadOnlyList<string> MessageIds, string? Participant) : FakeWahaCall(Session);

internal sealed record StartTypingCall(string Session, string ChatId) : FakeWahaCall(Session);

internal sealed record StopTypingCall(string Session, string ChatId) : FakeWahaCall(Session);

internal sealed record ReadChatCall(string Session, string ChatId, long Since, int Limit, bool? FromMe, int Offset = 0) : FakeWahaCall(Session);

internal sealed record ListChatsCall(string Session, int Limit, int Offset) : FakeWahaCall(Session);

internal sealed record ResolveLidCall(string Session, string Lid) : FakeWahaCall(Session);

/// <summary>A question for a limit of WhatsApp's: <c>timelock</c> or <c>capping</c>.</summary>
internal sealed record ReadLimitCall(string Session, string Limit) : FakeWahaCall(Session);

internal sealed record GetSessionCall(string Session) : FakeWahaCall(Session);

/// <summary>A call that changes a session: <c>create</c>, <c>configure</c>, <c>start</c>, <c>restart</c>, <c>qr</c> or <c>request-code</c>.</summary>
internal sealed record SessionChangeCall(string Session, string Change, string Body) : FakeWahaCall(Session);

/// <summary>What goes wrong with one send.</summary>
internal enum FakeWahaFault
{
    /// <summary>Nothing: delivered and answered 201.</summary>
    None,

    /// <summary>500, not delivered.</summary>
    Refuse500BeforeDelivery,

    /// <summary>Delivered, yet answered 500.</summary>
    DeliveredBut500,

    /// <summary>Delivered, then the connection is cut before the answer.</summary>
    DeliveredButCut,

    /// <summary>The connection is cut and nothing is delivered.</summary>
    NotDeliveredAndCut,

    /// <summary>Held until <see cref="FakeWaha.Release"/>, then delivered even if the caller hung up: WAHA does not stop either.</summary>
    HangThenDeliver,

    /// <summary>Delivered, the answer held until <see cref="FakeWaha.Release"/>.</summary>
    DeliverThenHang,

    /// <summary>429 with <c>Retry-After</c> (<see cref="FakeWaha.RetryAfter"/>), not delivered.</summary>
    TooManyRequests,

    /// <summary>503 with <c>Retry-After</c>, not delivered.</summary>
    Unavailable503,

    /// <summary>422 in Nest's form, not about the session: a refusal that stays.</summary>
    Refuse422,

    /// <summary>500 with WhatsApp's error 463 as GOWS tells it: no message to new contacts.</summary>
    Timelock463,

    /// <summary>500 with WhatsApp's error 475 in Nest's form, which echoes the request.</summary>
    Capping475,

    /// <summary>Held for 0.2 s, then 422 "status is not as expected", though the session works as far as anybody can ask: it was about to come back.</summary>
    BlockedThen422,

    /// <summary>422 "does not exist": the session is gone.</summary>
    SessionGone,

    /// <summary>302 to another path, not delivered.</summary>
    Redirect,
}

/// <summary>Whose shape the 201 of a send has.</summary>
internal enum FakeWahaEngine
{
    /// <summary><c>{"key":{"id":RAW}...}</c></summary>
    Noweb,

    /// <summary><c>{"id":{"_serialized":"true_chat_RAW","id":RAW}...}</c></summary>
    Webjs,

    /// <summary><c>{"id":"true_chat_RAW"...}</c></summary>
    Gows,

    /// <summary>201 without a body, as some versions did.</summary>
    Empty,
}
