namespace OpenClaw.Core.Queue;

/// <summary>Once-only jobs: what one process does for all of them. Whoever holds the job's lease is its leader until it ends.</summary>
public interface IJobLeases
{
    /// <summary>Takes or extends the lease.</summary>
    /// <param name="job">A constant name, for example <c>lid-resolver</c>.</param>
    /// <param name="duration">How long from now, by the clock that all processes share.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>False while another process leads, or nobody can tell.</returns>
    Task<bool> HoldAsync(string job, TimeSpan duration, CancellationToken cancellationToken);

    /// <summary>Gives the lease back early, if it is ours. Never throws.</summary>
    Task ReleaseAsync(string job, CancellationToken cancellationToken);
}
