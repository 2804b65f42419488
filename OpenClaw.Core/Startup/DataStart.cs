using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.Redis;
using OpenClaw.Core.Security;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Startup;

/// <summary>Opens the data in the order that every process keeps: directory, locks, database, keys. Whatever cannot be opened becomes a sentence.</summary>
public sealed class DataStart(IServiceProvider services, Deployment deployment)
{
    /// <summary>Long enough for another process's migration of much data.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    /// <summary>
    /// Opens everything, after <paramref name="beforeFiles"/> has had a look where files are shared; then lets <paramref name="begin"/> write what
    /// the process notes of itself.
    /// </summary>
    /// <exception cref="StartupException">Something must be changed first.</exception>
    public async Task OpenAsync(StartupTalk talk, Action<KernelFile> beforeFiles, Func<CancellationToken, Task> begin, CancellationToken cancellationToken)
    {
        talk.Phase("opening the data directory");
        var directory = services.GetRequiredService<DataDirectory>();
        services.GetRequiredService<DataDirectoryLock>();
        services.GetRequiredService<DatabaseLock>();
        if (deployment.SharesFiles)
            beforeFiles(services.GetRequiredService<KernelFile>());
        try
        {
            // Processes of a split system are started together: the first one makes or migrates the files, with a snapshot before it.
            using (deployment.IsSplit ? WaitForTurn(directory) : null)
            {
                talk.Phase("opening the database");
                services.GetRequiredService<IDatabase>();
                talk.Phase("opening the keys");
                var keys = services.GetRequiredService<KeyRing>();
                if (!await services.GetRequiredService<ProcessFacts>().KeysFitAsync(keys.Blind("check", "keys"), cancellationToken))
                    throw new StartupException($"The keys database does not belong to {Name(directory)}: put back the keys.db (or ConnectionStrings__openclaw-keys) that it was written with.");
            }

            if (services.GetService<SharedClock>() is { } clock)
                await clock.SettleAsync(services.GetRequiredService<IDatabase>(), cancellationToken);
            await begin(cancellationToken);
        }
        catch (StorageUnavailableException error)
        {
            throw new StartupException(
                deployment.UsesServer
                    ? $"The database server cannot be used ({error.Failure}): start it, or correct ConnectionStrings__openclaw and ConnectionStrings__openclaw-keys."
                    : $"The database in {directory.Root} cannot be written ({error.Failure}): free some space, end the program that locks it, or set Storage__DataDirectory to another folder.",
                error);
        }
    }

    private static FileStream WaitForTurn(DataDirectory directory) => FileLock.Wait(
        Path.Combine(directory.Root, "opening.lock"), Patience, $"Another process has been opening the data in {directory.Root} for too long: look at what it says, or end it.");

    private string Name(DataDirectory directory) => deployment.UsesServer ? "the database of ConnectionStrings__openclaw" : $"the database in {directory.Root}";
}
