using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Jobs;

/// <summary>
/// Deletes jobs a day after they ended, text and all; dead letters stay until somebody decides. Any number of processes may do it.
/// </summary>
public sealed partial class JobPruner(IDatabase database, TimeProvider time, ILogger<JobPruner> logger) : BackgroundService
{
    private const int Batch = 500;
    private const int MostBatches = 200;

    // One whose bubble still waits is told apart by its row from what a human's answer puts aside.
    private const string Old =
        """
        FROM scheduled_jobs WHERE ended_at < @until
        AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.outbox_id = scheduled_jobs.bubble_id AND outbox.state IN ('queued', 'sending'))
        """;

    private static readonly TimeSpan Period = TimeSpan.FromMinutes(10);

    /// <summary>One round. Returns how many were deleted.</summary>
    public async Task<int> PruneAsync(CancellationToken cancellationToken)
    {
        var until = time.NowMicroseconds() - PersonJobs.EndedKept.Microseconds();
        var deleted = 0;
        for (var batch = 0; batch < MostBatches; batch++)
        {
            // An idle process writes nothing.
            if (database.Read(sql => sql.QueryFirst($"SELECT 1 {Old} LIMIT 1", row => row.GetInt64(0), ("@until", until))) == 0)
                break;
            deleted += await database.WriteAsync(
                sql => sql.Execute(
                    $"DELETE FROM scheduled_jobs WHERE job_id IN (SELECT job_id {Old} ORDER BY ended_at LIMIT @limit)", ("@until", until), ("@limit", (long)Batch)),
                cancellationToken);
        }

        return deleted;
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Period, time, stoppingToken);
                var deleted = await PruneAsync(stoppingToken);
                if (deleted > 0)
                    Log.Pruned(logger, deleted);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                Log.Failed(logger, error);
            }
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "Deleted {Jobs} jobs that ended a day ago")]
        public static partial void Pruned(ILogger logger, int jobs);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Old jobs could not be deleted; it is tried again")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
