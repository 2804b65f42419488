using Microsoft.Extensions.Hosting;

namespace OpenClaw.Core.Storage;

/// <summary>Deletes old rows every ten minutes, a batch a transaction. Any number of processes may do it.</summary>
public abstract class Pruner(IDatabase database, TimeProvider time) : BackgroundService
{
    private const int Batch = 500;
    private const int MostBatches = 200;

    /// <summary>So many are deleted in one go at most.</summary>
    protected const int Most = Batch * MostBatches;

    private static readonly TimeSpan Period = TimeSpan.FromMinutes(10);

    /// <summary>One round. Returns how many were deleted.</summary>
    public abstract Task<int> PruneAsync(CancellationToken cancellationToken);

    /// <summary>A round deleted some.</summary>
    protected abstract void Pruned(int deleted);

    /// <summary>A round failed; the next one comes.</summary>
    protected abstract void Failed(Exception error);

    /// <summary>Deletes what is old.</summary>
    /// <param name="table">Where.</param>
    /// <param name="key">The columns that tell a row.</param>
    /// <param name="old"><c>WHERE</c> and what makes a row old.</param>
    /// <param name="order">The column of its age.</param>
    /// <param name="parameters">Of <paramref name="old"/>.</param>
    /// <param name="cancellationToken">Ends it between two batches.</param>
    protected async Task<int> DeleteAsync(string table, string key, string old, string order, (string, object?)[] parameters, CancellationToken cancellationToken)
    {
        var deleted = 0;
        for (var batch = 0; batch < MostBatches; batch++)
        {
            // An idle process writes nothing.
            if (database.Read(sql => sql.QueryFirst($"SELECT 1 FROM {table} {old} LIMIT 1", row => row.GetInt64(0), parameters)) == 0)
                break;
            deleted += await database.WriteAsync(
                sql => sql.Execute(
                    $"DELETE FROM {table} WHERE ({key}) IN (SELECT {key} FROM {table} {old} ORDER BY {order} LIMIT @limit)", [.. parameters, ("@limit", (long)Batch)]),
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
                    Pruned(deleted);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                Failed(error);
            }
        }
    }
}
