using OpenClaw.Core.Queue.DeadLetters;

namespace OpenClaw.Gateway.Admin;

/// <summary>What an operator does with dead letters: in this process, or through a running Gateway.</summary>
internal interface IDeadLetterDesk
{
    /// <param name="query">Which.</param>
    /// <param name="after">The cursor of the page before, or null.</param>
    /// <param name="limit">1 to <see cref="DeadLetterDesk.LargestPage"/>.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task<DeadLetterList> ListAsync(DeadLetterQuery query, string? after, int limit, CancellationToken cancellationToken);

    /// <summary>With its texts; null when there is no such dead letter.</summary>
    Task<DeadLetterDetail?> ShowAsync(DeadLetterId id, CancellationToken cancellationToken);

    /// <summary>Puts one back where it waits.</summary>
    Task<DeadLetterAnswer> ReplayAsync(DeadLetterId id, CancellationToken cancellationToken);

    /// <summary>Gives one up for good.</summary>
    Task<DeadLetterAnswer> DiscardAsync(DeadLetterId id, CancellationToken cancellationToken);

    /// <summary>Replays all that are meant.</summary>
    Task<DeadLetterSweepAnswer> ReplayAllAsync(DeadLetterQuery query, CancellationToken cancellationToken);
}
