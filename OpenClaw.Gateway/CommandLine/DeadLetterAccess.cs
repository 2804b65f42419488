using OpenClaw.Core.Configuration;
using OpenClaw.Core.Startup;
using OpenClaw.Core.Storage;
using OpenClaw.Gateway.Admin;

namespace OpenClaw.Gateway.CommandLine;

/// <summary>
/// The way to the dead letters. The locks tell whether a Gateway runs, so the key is never sent to whatever listens on a port that a
/// stopped Gateway left: while it runs, it is asked; else the data is opened here.
/// </summary>
internal sealed class DeadLetterAccess : IDisposable
{
    private readonly RemoteDeadLetters? _remote;

    private DeadLetterAccess(IDeadLetterDesk desk, string afterReplay)
    {
        (Desk, AfterReplay) = (desk, afterReplay);
        _remote = desk as RemoteDeadLetters;
    }

    public IDeadLetterDesk Desk { get; }

    /// <summary>What happens next with what was replayed, in a sentence.</summary>
    public string AfterReplay { get; }

    /// <exception cref="CommandLineException">A Gateway runs and cannot be reached, or there is no data.</exception>
    /// <exception cref="StartupException">The data cannot be opened.</exception>
    public static async Task<DeadLetterAccess> OpenAsync(WebApplication app, CancellationToken cancellationToken)
    {
        var services = app.Services;
        var directory = services.GetRequiredService<DataDirectory>();
        var deployment = services.GetRequiredService<Deployment>();
        if (Occupied(services, deployment, directory) is { } sentence)
        {
            var url = GatewayAddressFile.Read(directory) ?? app.ConfiguredUrls(GatewayHost.DefaultPort).Select(GatewayAddressFile.Reachable).OfType<string>().First();
            return new DeadLetterAccess(new RemoteDeadLetters(new Uri(url), services.GetRequiredService<AdminKey>().Value, sentence), "It is answered now.");
        }

        RefuseNothing(app.Configuration, deployment, directory);
        await services.GetRequiredService<DataStart>().OpenAsync(new StartupTalk(TextWriter.Null), RefuseOtherKernel, static _ => Task.CompletedTask, cancellationToken);
        return new DeadLetterAccess(
            services.GetRequiredService<DeadLetterDesk>(),
            deployment.IsSplit ? "A Worker takes it within seconds, if one runs." : "No Gateway runs: it is answered when one is started.");
    }

    public void Dispose() => _remote?.Dispose();

    /// <summary>The sentence of the lock that a running Gateway holds; null when the data may be opened here.</summary>
    private static string? Occupied(IServiceProvider services, Deployment deployment, DataDirectory directory)
    {
        try
        {
            if (deployment.SharesFiles)
            {
                using var free = new GatewayLock(directory);
            }
            else if (deployment.IsAlone)
            {
                services.GetRequiredService<DataDirectoryLock>();
                services.GetRequiredService<DatabaseLock>();
            }

            return null;
        }
        catch (StartupException held)
        {
            return held.Sentences[0];
        }
    }

    private static void RefuseNothing(IConfiguration configuration, Deployment deployment, DataDirectory directory)
    {
        if (!deployment.UsesServer && string.IsNullOrWhiteSpace(configuration["ConnectionStrings:openclaw"]) && !File.Exists(directory.DatabaseFile))
            throw new CommandLineException(ExitCodes.Usage, $"There is no data in {directory.Root}. If it lies elsewhere, add --Storage:DataDirectory=<folder>.");
    }

    private static void RefuseOtherKernel(KernelFile file)
    {
        if (!file.Fits())
            throw new CommandLineException(ExitCodes.Unavailable, "The data is used by a Gateway of another machine: run this command there.");
    }
}
