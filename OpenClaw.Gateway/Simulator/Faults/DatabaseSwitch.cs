using Microsoft.Data.Sqlite;
using OpenClaw.Gateway.Simulator.Waha;

namespace OpenClaw.Gateway.Simulator.Faults;

/// <summary>Holds SQLite's write lock from a connection of its own, as another program could.</summary>
internal sealed class DatabaseSwitch(ProductView product, FaultTimes times, TimeProvider time)
{
    /// <summary>While it lasts, nothing can be committed.</summary>
    public Outage Outage { get; } = new(times.Database, time);

    /// <summary>Takes the lock.</summary>
    /// <returns>What gives it back; null when the lock could not be had.</returns>
    public async Task<IDisposable?> TryLockAsync(CancellationToken cancellationToken)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = product.DatabaseFile, Pooling = false, DefaultTimeout = 5 }.ToString());
        try
        {
            await connection.OpenAsync(cancellationToken);
            await using var begin = connection.CreateCommand();
            begin.CommandText = "BEGIN IMMEDIATE";
            await begin.ExecuteNonQueryAsync(cancellationToken);
            // Nothing is written: closing it gives the lock back and leaves no trace.
            return connection;
        }
        catch (SqliteException)
        {
            await connection.DisposeAsync();
            return null;
        }
    }
}
