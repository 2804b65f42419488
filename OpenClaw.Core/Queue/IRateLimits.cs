using OpenClaw.Core.People;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue;

/// <summary>
/// Token buckets per chat and per person, shared by all processes. A message takes one token of each; a person's flood in a group takes none
/// of the group's.
/// </summary>
public interface IRateLimits
{
    /// <summary>Typed reason: the chat is over its limit.</summary>
    const string ChatReason = "chat_rate";

    /// <summary>Typed reason: the person is over theirs.</summary>
    const string PersonReason = "person_rate";

    /// <summary>Before the transaction that stores a message: takes the tokens where the buckets do not lie in the database.</summary>
    ValueTask<RateTicket> TakeAsync(LaneId lane, PersonId person, CancellationToken cancellationToken);

    /// <summary>In that transaction, once the message is inserted. A refused commit uses nothing up.</summary>
    /// <returns>The typed reason of the limit that was hit (<c>chat_rate</c>, <c>person_rate</c>), or null.</returns>
    string? TakeWithin(ISqlSession sql, RateTicket ticket, DateTimeOffset now);

    /// <summary>The message was a repeat, or was not stored: what <see cref="TakeAsync"/> took is put back. Never throws.</summary>
    void GiveBack(RateTicket ticket);
}

/// <summary>What was decided before the transaction.</summary>
/// <param name="Lane">Chat.</param>
/// <param name="Person">Author.</param>
/// <param name="Decision">Whether the transaction has to decide.</param>
/// <param name="Reason">The limit that was hit, when refused.</param>
public readonly record struct RateTicket(LaneId Lane, PersonId Person, RateDecision Decision, string? Reason = null);

/// <summary>Where a message stands with its limits.</summary>
public enum RateDecision
{
    /// <summary>The transaction takes the tokens.</summary>
    InTransaction,

    /// <summary>Taken outside of the database.</summary>
    Taken,

    /// <summary>A limit was hit; nothing was taken.</summary>
    Refused,
}
