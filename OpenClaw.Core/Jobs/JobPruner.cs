using Microsoft.Extensions.Logging;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Jobs;

/// <summary>Deletes jobs a day after they ended, text and all; dead letters stay until somebody decides.</summary>
public sealed partial class JobPruner(IDatabase database, TimeProvider time, ILogger<JobPruner> logger) : Pruner(database, time)
{
    private readonly TimeProvider _time = time;

    // One whose bubble still waits is told apart by its row from what a human's answer puts aside.
    private const string Old =
        """
        WHERE ended_at < @until
        AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.outbox_id = scheduled_jobs.bubble_id AND outbox.state IN ('queued', 'sending'))
        """;

    /// <inheritdoc />
    public override Task<int> PruneAsync(CancellationToken cancellationToken) => DeleteAsync(
        "scheduled_jobs", "job_id", Old, "ended_at", [("@until", _time.NowMicroseconds() - PersonJobs.EndedKept.Microseconds())], cancellationToken);

    /// <inheritdoc />
    protected override void Pruned(int deleted) => Log.Pruned(logger, deleted);

    /// <inheritdoc />
    protected override void Failed(Exception error) => Log.Failed(logger, error);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "Deleted {Jobs} jobs that ended a day ago")]
        public static partial void Pruned(ILogger logger, int jobs);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Old jobs could not be deleted; it is tried again")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
