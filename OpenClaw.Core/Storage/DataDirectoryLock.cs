using Microsoft.Extensions.Configuration;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.Storage.Postgres;

namespace OpenClaw.Core.Storage;

/// <summary>
/// Either one process that works alone, or any number of a split system: the former takes the data directory for itself, the latter share
/// it. The operating system gives the lock back when the process dies, however it dies.
/// </summary>
public sealed class DataDirectoryLock : IDisposable
{
    private readonly FileStream _file;

    /// <summary>Takes the lock.</summary>
    /// <exception cref="StartupException">Another process has it.</exception>
    public DataDirectoryLock(DataDirectory directory, Deployment deployment) => _file = FileLock.Take(
        Path.Combine(directory.Root, "openclaw.lock"), deployment.IsSplit,
        $"Another OpenClaw already uses the data directory {directory.Root}{Kind(deployment.IsSplit)}: stop it, or set Storage__DataDirectory to another folder for this one.");

    /// <inheritdoc />
    public void Dispose() => _file.Dispose();

    /// <summary>Who has it is not what this one is: all processes of a split system share the lock.</summary>
    internal static string Kind(bool isShared) => isShared ? " for itself, without ConnectionStrings__redis" : "";
}

/// <summary>The same for the database itself, which a connection string may put outside the data directory, or on a server.</summary>
public sealed class DatabaseLock : IDisposable
{
    private readonly IDisposable _lock;

    /// <summary>Takes the lock.</summary>
    /// <exception cref="StartupException">Another process has it.</exception>
    public DatabaseLock(DataDirectory directory, IConfiguration configuration, Deployment deployment)
    {
        if (deployment.UsesServer)
        {
            _lock = PostgresStart.Lock(configuration, deployment.IsSplit);
            return;
        }

        var file = Path.GetFullPath(CoreServices.DataSource(configuration, "openclaw", directory.DatabaseFile));
        _lock = FileLock.Take(
            file + ".lock", deployment.IsSplit,
            $"Another OpenClaw already uses the database {file}{DataDirectoryLock.Kind(deployment.IsSplit)}: stop it, or set ConnectionStrings__openclaw to another file for this one.");
    }

    /// <inheritdoc />
    public void Dispose() => _lock.Dispose();
}

/// <summary>One Gateway of a split system per data directory: it alone notes there how processes started and ended.</summary>
public sealed class GatewayLock : IDisposable
{
    private readonly FileStream _file;

    /// <summary>Takes the lock.</summary>
    /// <exception cref="StartupException">Another Gateway has it.</exception>
    public GatewayLock(DataDirectory directory) => _file = FileLock.Take(
        Path.Combine(directory.Root, "gateway.lock"), isShared: false,
        $"Another Gateway already serves the data directory {directory.Root}: stop it, start an OpenClaw.Worker instead of this one, or use PostgreSQL (ConnectionStrings__openclaw=Host=...), which several Gateways may share.");

    /// <inheritdoc />
    public void Dispose() => _file.Dispose();
}
