namespace OpenClaw.Core.Flow;

/// <summary>When something last went through a session, UTC; null = never, or not since it is noted. No fact is about anybody.</summary>
/// <param name="EventAt">Any webhook of WAHA came.</param>
/// <param name="MessageAt">A webhook brought a message that somebody else wrote.</param>
/// <param name="ProbeAt">WAHA answered the session keeper.</param>
/// <param name="ComparedAt">What came was compared with WAHA's history.</param>
/// <param name="MissedAt">When the newest message was written that only WAHA's history told of.</param>
public sealed record SessionFlow(DateTimeOffset? EventAt, DateTimeOffset? MessageAt, DateTimeOffset? ProbeAt, DateTimeOffset? ComparedAt, DateTimeOffset? MissedAt)
{
    /// <summary>Nothing is known.</summary>
    public static SessionFlow None { get; } = new(null, null, null, null, null);

    /// <summary>The later of each fact: several processes note them.</summary>
    public SessionFlow With(SessionFlow other) => new(
        Later(EventAt, other.EventAt), Later(MessageAt, other.MessageAt), Later(ProbeAt, other.ProbeAt), Later(ComparedAt, other.ComparedAt), Later(MissedAt, other.MissedAt));

    private static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset? other) => one is null || other > one ? other : one;
}

/// <summary>What is stored about a session's flow.</summary>
/// <param name="Status">WAHA's newest word for its state; null when it never told one.</param>
/// <param name="Flow">What was noted, up to half a minute ago.</param>
/// <param name="AcceptedAt">WAHA took a message of ours.</param>
/// <param name="ServerAckAt">WhatsApp's server acknowledged one of the newest of them.</param>
public sealed record StoredFlow(string? Status, SessionFlow Flow, DateTimeOffset? AcceptedAt, DateTimeOffset? ServerAckAt);
