using System.Globalization;
using System.Security.Cryptography;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue;

/// <summary>Leaders as rows of a table.</summary>
public sealed class SqlJobLeases(IDatabase database, TimeProvider time) : IJobLeases
{
    private readonly string _holder = RandomNumberGenerator.GetInt32(int.MaxValue).ToString("x8", CultureInfo.InvariantCulture) + Environment.ProcessId.ToString("x8", CultureInfo.InvariantCulture);

    /// <inheritdoc />
    public Task<bool> HoldAsync(string job, TimeSpan duration, CancellationToken cancellationToken)
    {
        var now = time.NowMicroseconds();
        return database.WriteVolatileAsync(
            sql => sql.Execute(
                """
                INSERT INTO job_leases (job, holder, lease_until) VALUES (@job, @holder, @until)
                ON CONFLICT (job) DO UPDATE SET holder = excluded.holder, lease_until = excluded.lease_until
                WHERE job_leases.holder = excluded.holder OR job_leases.lease_until <= @now
                """,
                ("@job", job), ("@holder", _holder), ("@until", now + duration.Microseconds()), ("@now", now)) == 1,
            cancellationToken);
    }

    /// <summary>At the start of a process that is the only one: whoever led any job is gone.</summary>
    public Task EndAllAsync(CancellationToken cancellationToken) =>
        database.WriteVolatileAsync(static sql => sql.Execute("DELETE FROM job_leases"), cancellationToken);

    /// <inheritdoc />
    public async Task ReleaseAsync(string job, CancellationToken cancellationToken)
    {
        try
        {
            await database.WriteVolatileAsync(
                sql => sql.Execute("DELETE FROM job_leases WHERE job = @job AND holder = @holder", ("@job", job), ("@holder", _holder)), cancellationToken);
        }
        catch (Exception error) when (error is StorageUnavailableException or OperationCanceledException or ObjectDisposedException)
        {
            // It ends by itself.
        }
    }
}
