using OpenClaw.Core.Queue;

namespace OpenClaw.Core.Jobs;

/// <summary>Tells the runner of this process that a job may be due earlier than it knows. Those of other processes find it at their next look.</summary>
public sealed class JobWake(TimeProvider time)
{
    private readonly LaneWake _wake = new(time);

    /// <summary>There is a new time.</summary>
    public void Signal() => _wake.Signal();

    /// <summary>Waits for a signal, but not for ever.</summary>
    public Task WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => _wake.WaitAsync(atMost, cancellationToken);
}
