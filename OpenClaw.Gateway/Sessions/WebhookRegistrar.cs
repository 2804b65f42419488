using Microsoft.Extensions.Options;
using OpenClaw.Core.WhatsApp;
using OpenClaw.ServiceDefaults.Background;

namespace OpenClaw.Gateway.Sessions;

/// <summary>
/// Puts our webhook into a session's config, where it is missing or different. Each time restarts the session for about 3 s, so it is done only
/// when needed, and ever less often where it does not last.
/// </summary>
internal sealed partial class WebhookRegistrar(WahaClient waha, IOptions<WahaOptions> options, TimeProvider time, Random random, ILogger<WebhookRegistrar> logger)
{

    /// <summary>A registration that lasted so long is not being fought over.</summary>
    private static readonly TimeSpan Lasting = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, Registered> _sessions = new(StringComparer.Ordinal);
    private (long? ServerStart, GlobalWebhook Webhook)? _global;

    /// <summary>What is registered; null where <c>Waha__WebhookUrl</c> does not say our address.</summary>
    public WebhookRegistration? Wanted { get; } = string.IsNullOrWhiteSpace(options.Value.WebhookUrl)
        ? null
        : new WebhookRegistration(
            new Uri(options.Value.WebhookUrl.Trim(), UriKind.Absolute), string.IsNullOrWhiteSpace(options.Value.WebhookHmacKey) ? null : options.Value.WebhookHmacKey);

    /// <summary>Looks at what WAHA keeps for a session, and registers where that is needed.</summary>
    /// <param name="session">Session.</param>
    /// <param name="config">What WAHA keeps.</param>
    /// <param name="serverStart">Which start of WAHA this is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether WAHA restarts the session for it.</returns>
    public async Task<bool> EnsureAsync(string session, SessionConfig config, long? serverStart, CancellationToken cancellationToken)
    {
        if (Wanted is not { } wanted)
            return false;
        var state = StateOf(session, serverStart);
        if (!config.IsEmpty)
            state.Kept = config;

        var now = time.GetUtcNow();
        var fit = config.Fit(wanted);
        // A WAHA that does not show the key: ours was registered by this process, so it is the one of now.
        if (fit == WebhookFit.Fits || (fit == WebhookFit.KeyNotShown && state.IsRegistered))
        {
            state.FitsSince ??= now;
            if (now - state.FitsSince >= Lasting)
                state.Restart();
            return false;
        }

        state.FitsSince = null;
        if (now < state.NextTry || await GlobalAsync(serverStart, cancellationToken) is not { } global)
            return false;
        if (wanted.IsUrl(global.Url))
        {
            TellGlobal(session, state, global, isTwice: fit != WebhookFit.Missing);
            return false;
        }

        // WAHA before 2026.6 forgets the config when it ends. What stood in it besides is given back.
        var wantedConfig = (config.IsEmpty ? state.Kept ?? SessionConfig.New : config).With(wanted);
        state.NextTry = now + state.Pause.Next();
        return Settle(session, state, fit, await waha.ConfigureSessionAsync(session, wantedConfig, WahaTimeouts.Change, cancellationToken));
    }

    /// <summary>The config of a session that is to be made; null while nobody can tell whether a webhook belongs into it.</summary>
    public async Task<SessionConfig?> ForNewAsync(string session, long? serverStart, CancellationToken cancellationToken)
    {
        if (Wanted is not { } wanted)
            return SessionConfig.New;
        if (await GlobalAsync(serverStart, cancellationToken) is not { } global)
            return null;
        if (!wanted.IsUrl(global.Url))
            return SessionConfig.New.With(wanted);
        TellGlobal(session, StateOf(session, serverStart), global, isTwice: false);
        return SessionConfig.New;
    }

    /// <summary>Another process keeps the sessions from now on.</summary>
    public void Forget()
    {
        _sessions.Clear();
        _global = null;
    }

    private bool Settle(string session, Registered state, WebhookFit fit, SessionCallOutcome outcome)
    {
        if (outcome == SessionCallOutcome.Done)
        {
            state.IsRegistered = true;
            state.IsRefusalTold = false;
            Log.Registered(logger, session, fit);
            return true;
        }

        if (outcome == SessionCallOutcome.Refused && !state.IsRefusalTold)
        {
            state.IsRefusalTold = true;
            Log.Refused(logger, session, string.Join(',', WebhookRegistration.Events));
        }

        return false;
    }

    /// <summary>Asked for once per start of WAHA, which alone can change it: the answer holds WAHA's secrets.</summary>
    private async Task<GlobalWebhook?> GlobalAsync(long? serverStart, CancellationToken cancellationToken)
    {
        if (serverStart is not null && _global is { } known && known.ServerStart == serverStart)
            return known.Webhook;
        var webhook = await waha.GetGlobalWebhookAsync(WahaTimeouts.Read, cancellationToken);
        if (webhook.Outcome == GlobalWebhookOutcome.Unavailable)
            return null;
        _global = (serverStart, webhook);
        return webhook;
    }

    private void TellGlobal(string session, Registered state, GlobalWebhook global, bool isTwice)
    {
        if (state.IsGlobalTold)
            return;
        state.IsGlobalTold = true;
        Log.Global(logger, session);
        if (global.Lacks.Count > 0)
            Log.GlobalLacks(logger, string.Join(',', global.Lacks));
        if (isTwice)
            Log.Twice(logger, session);
    }

    private Registered StateOf(string session, long? serverStart)
    {
        if (!_sessions.TryGetValue(session, out var state))
            _sessions[session] = state = new Registered(KeeperRepeats.Webhook.Pause(random));
        if (serverStart is not null && state.ServerStart != serverStart)
        {
            state.Restart();
            state.ServerStart = serverStart;
            state.IsGlobalTold = false;
        }

        return state;
    }

    private sealed class Registered(GrowingPause pause)
    {
        public GrowingPause Pause { get; } = pause;

        public long? ServerStart { get; set; }

        public SessionConfig? Kept { get; set; }

        public DateTimeOffset NextTry { get; set; }

        public DateTimeOffset? FitsSince { get; set; }

        public bool IsRegistered { get; set; }

        public bool IsRefusalTold { get; set; }

        public bool IsGlobalTold { get; set; }

        public void Restart()
        {
            Pause.Reset();
            NextTry = default;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "The webhook was registered at WAHA for session {Session} (before: {Fit}); WAHA restarts the session for it")]
        public static partial void Registered(ILogger logger, string session, WebhookFit fit);

        [LoggerMessage(Level = LogLevel.Error, Message = "WAHA refuses our webhook for session {Session}: it must be able to use Waha__WebhookUrl and know the events {Events}; tried again with growing pauses")]
        public static partial void Refused(ILogger logger, string session, string events);

        [LoggerMessage(Level = LogLevel.Information, Message = "WAHA's global webhook points to us already: none is registered for session {Session}")]
        public static partial void Global(ILogger logger, string session);

        [LoggerMessage(Level = LogLevel.Warning, Message = "WAHA's global webhook does not bring all that is needed: add {Events} to WHATSAPP_HOOK_EVENTS")]
        public static partial void GlobalLacks(ILogger logger, string events);

        [LoggerMessage(Level = LogLevel.Warning, Message = "WAHA sends every event of session {Session} twice, by its global webhook and by the session's: remove one of them")]
        public static partial void Twice(ILogger logger, string session);
    }
}
