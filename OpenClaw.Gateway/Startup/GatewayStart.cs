using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Security;
using OpenClaw.Core.Storage;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Gateway.Simulator;
using OpenClaw.Worker.Inbox;
using OpenClaw.Worker.Models;

namespace OpenClaw.Gateway.Startup;

/// <summary>The order of a start and of a stop: refuse what is dangerous, open the data, clear up after the last process, listen, report.</summary>
internal sealed partial class GatewayStart(
    IServiceProvider services, IConfiguration configuration, IServer server, IOptions<WahaOptions> waha, IOptions<WorkerOptions> worker,
    IOptions<SimulatorOptions> simulator, IOptions<Admission.AccessOptions> access, IEnumerable<ServedOptions> served, ILogger<GatewayStart> logger)
{
    /// <summary>Before the server listens.</summary>
    /// <exception cref="StartupException">Something must be changed first.</exception>
    public async Task PrepareAsync(IEnumerable<string> urls, StartupTalk talk, CancellationToken cancellationToken)
    {
        RefuseExposure(urls.ToList());
        talk.Phase("opening the data directory");
        var directory = services.GetRequiredService<DataDirectory>();
        services.GetRequiredService<DataDirectoryLock>();
        services.GetRequiredService<DatabaseLock>();
        talk.Phase("opening the database");
        services.GetRequiredService<IDatabase>();
        talk.Phase("opening the keys");
        var keys = services.GetRequiredService<KeyRing>();
        try
        {
            if (!await services.GetRequiredService<ProcessFacts>().KeysFitAsync(keys.Blind("check", "keys"), cancellationToken))
                throw new StartupException($"The keys database does not belong to the database in {directory.Root}: put back the keys.db (or ConnectionStrings__openclaw-keys) that it was written with.");
            var before = await services.GetRequiredService<ProcessFacts>().MarkStartedAsync(cancellationToken);
            await services.GetRequiredService<SqlLaneScheduler>().EndAllLeasesAsync(cancellationToken);
            await services.GetRequiredService<OutboxStore>().EndAllClaimsAsync(cancellationToken);
            if (!before.First)
                services.GetService<StartGrace>()?.Begin();
            if (before.Unclean)
                CheckIntegrity();
        }
        catch (StorageUnavailableException error)
        {
            throw new StartupException(
                $"The database in {directory.Root} cannot be written ({error.Failure}): free some space, end the program that locks it, or set Storage__DataDirectory to another folder.", error);
        }

        talk.Phase("starting to listen");
    }

    /// <summary>After the server listens.</summary>
    public StartupFacts Facts()
    {
        var model = services.GetRequiredService<ModelDescription>();
        return new StartupFacts
        {
            Urls = server.Features.Get<IServerAddressesFeature>()?.Addresses.ToList() ?? [],
            HasSimulator = waha.Value.UsesSimulator,
            Mode = worker.Value.IsEmbedded ? "all-in-one (gateway and worker in this process)" : "gateway only (messages are taken in, nobody answers them here)",
            Model = model.ToString(),
            Waha = waha.Value.UsesSimulator ? "built-in simulator" : waha.Value.BaseUrl!,
            DataDirectory = services.GetRequiredService<DataDirectory>().Root,
            Settings = configuration is IConfigurationRoot root ? ServedSettings.DifferingFromDefaults(root, served) : [],
            Warnings = Warnings().ToList(),
            NextSteps = waha.Value.UsesSimulator ? [] : [$"point WAHA's webhook at {waha.Value.WebhookUrl ?? "<this address>" + Webhooks.WebhookEndpoints.Route} (events: message.any, message.ack, message.ack.group, message.reaction, session.status)"],
        };
    }

    /// <summary>After everything stopped.</summary>
    public async Task FinishAsync()
    {
        try
        {
            await services.GetRequiredService<ProcessFacts>().MarkStoppedAsync(CancellationToken.None);
        }
        catch (StorageUnavailableException error)
        {
            Log.NotMarked(logger, error.Failure);
        }
    }

    private void RefuseExposure(List<string> urls)
    {
        if (waha.Value.UsesSimulator && SimulatorExposure.Verify(urls, simulator.Value) is { } sentence)
            throw new StartupException(sentence);
        if (waha.Value.AllowUnsignedWebhooks && !simulator.Value.AllowPublic && SimulatorExposure.FirstPublic(urls) is { } exposed)
        {
            throw new StartupException(
                $"Waha__AllowUnsignedWebhooks=true on {exposed} would let anybody who reaches it speak for anybody: set Waha__WebhookHmacKey instead, listen on http://localhost:5080, or set Simulator__AllowPublic=true.");
        }
    }

    private IEnumerable<string> Warnings()
    {
        if (waha.Value.AllowUnsignedWebhooks)
            yield return "webhooks are accepted without a signature (Waha__AllowUnsignedWebhooks)";
        if (simulator.Value.AllowPublic)
            yield return "the simulator may be opened to everybody who reaches this address (Simulator__AllowPublic)";
        if (!waha.Value.UsesSimulator && string.Equals(access.Value.Mode, "Allowlist", StringComparison.OrdinalIgnoreCase)
            && access.Value.Allowed.Count == 0 && string.IsNullOrWhiteSpace(access.Value.Owner))
        {
            yield return "nobody is allowed yet: set Access__Owner or Access__Allowed__0 to a phone number, or Access__Mode=Open";
        }
    }

    private void CheckIntegrity() => _ = Task.Run(() =>
    {
        try
        {
            var finding = services.GetRequiredService<ProcessFacts>().CheckIntegrity();
            if (finding == "ok")
                Log.Intact(logger);
            else
                Log.Damaged(logger, finding);
        }
        catch (Exception error) when (error is StorageUnavailableException or ObjectDisposedException)
        {
            Log.NotChecked(logger, error);
        }
    });

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "The last process did not stop cleanly; the database was checked and is intact")]
        public static partial void Intact(ILogger logger);

        [LoggerMessage(Level = LogLevel.Critical, Message = "The database is damaged ({Finding}): stop, and restore a backup")]
        public static partial void Damaged(ILogger logger, string finding);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The database could not be checked after an unclean stop")]
        public static partial void NotChecked(ILogger logger, Exception error);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The clean stop could not be noted ({Failure})")]
        public static partial void NotMarked(ILogger logger, StorageFailure failure);
    }
}
