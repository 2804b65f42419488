namespace OpenClaw.Core.Queue.DeadLetters;

/// <summary>
/// One kind of work that can be given up. The dead rows stay where they are, in the state <c>dead</c>: that state is the dead letter, so
/// there is no second record that could differ. A further kind of work registers one more of these.
/// </summary>
public interface IDeadLetterKind
{
    /// <summary>First part of the ids, lower case: <c>turn</c>, <c>bubble</c>, <c>job</c>.</summary>
    string Name { get; }

    /// <summary>
    /// A query without parameters over its dead rows, with exactly these columns: <c>kind, row_id, reason, attempts, replays, died_at,
    /// lane_id, session, reference, request_id, trace_parent, replay_order</c>. Only reference, request_id and trace_parent may be null. A replay of
    /// all takes the smallest <c>replay_order</c> (a 64-bit number) first.
    /// </summary>
    string Rows { get; }

    /// <summary>Decrypts what a dead row is about; null when the row does not exist.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">The key was destroyed, or the row is damaged.</exception>
    DeadLetterPayload? Open(long row);

    /// <summary>Puts the work back where it waits, in one commit; exactly one of several callers gets <see cref="DeadLetterOutcome.Done"/>.</summary>
    Task<DeadLetterOutcome> ReplayAsync(long row, CancellationToken cancellationToken);

    /// <summary>Gives it up for good: state and reason stay, the text goes.</summary>
    Task<DeadLetterOutcome> DiscardAsync(long row, CancellationToken cancellationToken);
}
