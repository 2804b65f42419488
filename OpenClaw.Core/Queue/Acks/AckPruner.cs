using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue.Acks;

/// <summary>
/// Deletes acks that waited in vain for a bubble: of messages typed on the phone, or sent by another program. Any number of processes may do it.
/// </summary>
public sealed partial class AckPruner(IDatabase database, TimeProvider time, ILogger<AckPruner> logger) : BackgroundService
{
    private const int Batch = 500;
    private const int MostBatches = 200;

    /// <summary>Longer than an uncertain send is left open by anything but a session that is down for days.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromDays(2);

    /// <summary>A row without an ack in it is where a binding and its ack met; both are long committed.</summary>
    private static readonly TimeSpan EmptyKept = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan Period = TimeSpan.FromMinutes(10);
    private long _emptyFrom;

    /// <summary>One round; the next one goes on where the bound of this one ended. Returns how many were deleted.</summary>
    public async Task<int> PruneAsync(CancellationToken cancellationToken)
    {
        var now = time.NowMicroseconds();
        var emptyUntil = now - EmptyKept.Microseconds();
        var empty = await PruneAsync("level = 0", _emptyFrom, emptyUntil, cancellationToken);
        // What is left behind this time has acks in it.
        if (empty < Batch * MostBatches)
            _emptyFrom = emptyUntil;
        return empty + await PruneAsync("level <> 0", 0, now - Kept.Microseconds(), cancellationToken);
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

    private async Task<int> PruneAsync(string which, long from, long until, CancellationToken cancellationToken)
    {
        var old = $"FROM acks WHERE arrived_at >= @from AND arrived_at < @until AND {which}";
        var deleted = 0;
        for (var batch = 0; batch < MostBatches; batch++)
        {
            // An idle process writes nothing.
            if (database.Read(sql => sql.QueryFirst($"SELECT 1 {old} LIMIT 1", row => row.GetInt64(0), ("@from", from), ("@until", until))) == 0)
                break;
            deleted += await database.WriteAsync(
                sql => sql.Execute(
                    $"DELETE FROM acks WHERE (session, raw_id) IN (SELECT session, raw_id {old} ORDER BY arrived_at LIMIT @limit)",
                    ("@from", from), ("@until", until), ("@limit", Batch)),
                cancellationToken);
        }

        return deleted;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "Deleted {Acks} acks of messages that are not ours")]
        public static partial void Pruned(ILogger logger, int acks);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Old acks could not be deleted; it is tried again")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
