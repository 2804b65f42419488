using Microsoft.Extensions.Options;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.Jobs;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Startup;
using OpenClaw.Core.Storage;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Gateway.Admin;
using OpenClaw.Gateway.Simulator;
using OpenClaw.Worker.Inbox;
using OpenClaw.Worker.Models;

namespace OpenClaw.Gateway.Startup;

/// <summary>The order of a Gateway's start and stop: refuse what is dangerous, open the data, clear up after the last process, listen, report.</summary>
internal sealed partial class GatewayStart(
    IServiceProvider services, IConfiguration configuration, DataStart data, Deployment deployment, StartupFactsSource facts, IOptions<WahaOptions> waha,
    IOptions<SimulatorOptions> simulator, IOptions<Admission.AccessOptions> access, ILogger<GatewayStart> logger) : IProcessStart
{
    public async Task PrepareAsync(WebApplication app, StartupTalk talk, CancellationToken cancellationToken)
    {
        RefuseExposure(app.ConfiguredUrls(GatewayHost.DefaultPort));
        await data.OpenAsync(talk, TakeFiles, TakeOverAsync, cancellationToken);
        // Made now, so that the command line finds it as soon as it needs it.
        _ = services.GetRequiredService<AdminKey>().Value;
    }

    public StartupFacts Facts() => facts.Describe(Mode(), services.GetRequiredService<ModelDescription>().ToString()) with
    {
        Pages = waha.Value.UsesSimulator ? [("Simulator", "/simulator")] : [],
        Warnings = Warnings().ToList(),
        NextSteps = NextSteps().ToList(),
    };

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

    private void TakeFiles(KernelFile file)
    {
        services.GetRequiredService<GatewayLock>();
        file.Write();
    }

    private async Task TakeOverAsync(CancellationToken cancellationToken)
    {
        var isUnclean = await services.GetRequiredService<ProcessFacts>().MarkStartedAsync(cancellationToken);
        if (deployment.IsAlone)
        {
            // Whoever had these is gone. In a split system they may well be at work.
            await services.GetRequiredService<SqlLaneScheduler>().EndAllLeasesAsync(cancellationToken);
            await services.GetRequiredService<SqlJobLeases>().EndAllAsync(cancellationToken);
            await services.GetRequiredService<OutboxStore>().EndAllClaimsAsync(cancellationToken);
            await services.GetRequiredService<JobStore>().EndAllLeasesAsync(cancellationToken);
        }

        if (isUnclean)
            CheckIntegrity();
    }

    private void RefuseExposure(IReadOnlyList<string> urls)
    {
        if (waha.Value.UsesSimulator && SimulatorExposure.Verify(urls, simulator.Value) is { } sentence)
            throw new StartupException(sentence);
        if (waha.Value.AllowUnsignedWebhooks && !simulator.Value.AllowPublic && SimulatorExposure.FirstPublic(urls) is { } exposed)
        {
            throw new StartupException(
                $"Waha__AllowUnsignedWebhooks=true on {exposed} would let anybody who reaches it speak for anybody: set Waha__WebhookHmacKey instead, listen on http://localhost:5080, or set Simulator__AllowPublic=true.");
        }
    }

    private string Mode() => (deployment.IsSplit, WorkerOptions.IsEmbedded(configuration)) switch
    {
        (false, true) => "all-in-one (gateway and worker in this process)",
        (false, false) => "gateway only (messages are taken in, nobody answers them here)",
        (true, false) => "gateway of a split system (messages are taken in; Workers answer them)",
        (true, true) => "gateway of a split system (messages are taken in, and answered here and by Workers)",
    };

    private IEnumerable<string> NextSteps()
    {
        if (waha.Value.UsesSimulator)
        {
            yield return "open {address}/simulator and write \"que horas são?\"";
            yield break;
        }

        if (waha.Value.WebhookUrl is { Length: > 0 } url && waha.Value.KeepSessions)
            yield return $"WAHA is told by itself to call {url}; /health says when a phone has to be linked, GET /api/sessions/{waha.Value.ServedSessions()[0]}/qr shows the code";
        else
            yield return $"point WAHA's webhook at {waha.Value.WebhookUrl ?? "<this address>" + Webhooks.WebhookEndpoints.Route} (events: {string.Join(", ", WebhookRegistration.Events)})";
        if (deployment.IsSplit && !WorkerOptions.IsEmbedded(configuration))
            yield return "start one OpenClaw.Worker or more with the same settings, but another ASPNETCORE_URLS";
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
            var finding = services.GetRequiredService<IDatabase>().CheckIntegrity();
            if (finding == "ok")
                Log.Intact(logger);
            else if (finding is not null)
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
