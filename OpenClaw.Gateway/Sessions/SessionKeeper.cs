using Microsoft.Extensions.Options;
using OpenClaw.Core.Accounts;
using OpenClaw.Core.Integrations;
using OpenClaw.Core.Queue;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Gateway.Backfill;
using OpenClaw.Gateway.Flow;
using OpenClaw.ServiceDefaults.Background;

namespace OpenClaw.Gateway.Sessions;

/// <summary>
/// Watches every served session of a real WAHA, registers our webhook and brings back what fell over. Of several Gateways one does so, as long
/// as it holds the job's lease.
/// </summary>
internal sealed partial class SessionKeeper(
    WahaClient waha, WebhookRegistrar registrar, IntegrationRegistry integrations, ChatEventStore events, SessionAccounts accounts, SessionNews news, OwnerNews owner, SessionSignals signals, HistorySignals history, SessionBoard board, FlowBoard flow, IJobLeases jobs,
    IOptions<WahaOptions> options, IHostApplicationLifetime lifetime, TimeProvider time, Random random, ILogger<SessionKeeper> logger) : BackgroundService
{
    internal const string Job = "session-keeper";

    /// <summary>Longer than the longest wait and the longest look together, so that a keeper at work stays the keeper.</summary>
    private readonly TimeSpan _leadership = LeadershipOf(options.Value);
    private readonly GrowingPause _afterFailure = new(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(1), random);
    private List<SessionCare>? _cares;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The simulator's one session always works, and its webhooks need no registration.
        if (options.Value.UsesSimulator || !options.Value.KeepSessions)
            return;
        try
        {
            // A webhook that is registered brings events at once: first we listen.
            await lifetime.ListeningAsync(stoppingToken);
            if (registrar.Wanted is null)
                Log.NoUrl(logger, Webhooks.WebhookEndpoints.Route, string.Join(',', WebhookRegistration.Events));
            while (true)
                await signals.WaitAsync(await RoundAsync(stoppingToken), time, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_cares is not null)
            await jobs.ReleaseAsync(Job, CancellationToken.None);
    }

    /// <summary>Looks at every session that is due.</summary>
    /// <returns>When the next one is.</returns>
    internal async Task<DateTimeOffset> KeepAsync(CancellationToken cancellationToken)
    {
        // Somebody who does not lead asks now and then whether it may.
        if (_cares is null && !await LeadAsync(cancellationToken))
            return time.GetUtcNow() + options.Value.SessionPollInterval;

        foreach (var care in _cares!)
        {
            if (signals.Take(care.Session))
                care.Hasten();
            if (care.DueAt > time.GetUtcNow())
                continue;
            // Taken anew for each: a look may take long.
            if (!await LeadAsync(cancellationToken))
                return time.GetUtcNow() + options.Value.SessionPollInterval;
            await care.LookAsync(cancellationToken);
        }

        return _cares!.Min(care => care.DueAt);
    }

    private async Task<TimeSpan> RoundAsync(CancellationToken cancellationToken)
    {
        try
        {
            var wait = await KeepAsync(cancellationToken) - time.GetUtcNow();
            _afterFailure.Reset();
            return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            Log.Failed(logger, error);
            return _afterFailure.Next();
        }
    }

    private async Task<bool> LeadAsync(CancellationToken cancellationToken)
    {
        var leads = await jobs.HoldAsync(Job, _leadership, cancellationToken);
        if (leads)
        {
            _cares ??= [.. options.Value.ServedSessions().Select(Care)];
        }
        else if (_cares is not null)
        {
            // What was known here grows old from now on.
            _cares = null;
            registrar.Forget();
            board.Clear();
        }

        return leads;
    }

    private SessionCare Care(string session) =>
        new(session, options.Value.SessionPollInterval, waha, registrar, integrations, events, accounts, news, owner, history, board, flow, time, random, logger);

    /// <summary>For how long somebody who keeps the sessions is waited for.</summary>
    public static TimeSpan LeadershipOf(WahaOptions options) => Longer(options.SessionPollInterval, TimeSpan.FromMinutes(1)) + TimeSpan.FromSeconds(90);

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Waha__WebhookUrl is empty, so no webhook is registered. Register it by hand: WAHA's WHATSAPP_HOOK_URL = this address + {Route}, WHATSAPP_HOOK_EVENTS = {Events}, WHATSAPP_HOOK_HMAC_KEY = Waha__WebhookHmacKey")]
        public static partial void NoUrl(ILogger logger, string route, string events);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The sessions could not be looked after; tried again soon")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
