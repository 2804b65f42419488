using OpenClaw.Core.Accounts;
using OpenClaw.Core.Integrations;
using OpenClaw.Core.Queue;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Gateway.Backfill;
using OpenClaw.Gateway.Flow;
using OpenClaw.ServiceDefaults.Background;

namespace OpenClaw.Gateway.Sessions;

/// <summary>
/// One session: what is done about each of its states. It is looked at again at <see cref="DueAt"/>, or earlier when WAHA tells something.
/// </summary>
internal sealed partial class SessionCare(
    string session, TimeSpan poll, WahaClient waha, WebhookRegistrar registrar, IntegrationRegistry integrations, ChatEventStore events, SessionAccounts accounts, SessionNews news, OwnerNews owner, HistorySignals history,
    SessionBoard board, FlowBoard flow, TimeProvider time, Random random, ILogger logger)
{
    private const int SilencesToTell = 2;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan BetweenTold = TimeSpan.FromSeconds(1);

    /// <summary>WAHA's own restart of a session passes through STOPPED for about 3 s.</summary>
    private static readonly TimeSpan ReallyStopped = TimeSpan.FromSeconds(10);

    /// <summary>A session that worked so long has recovered; one that fails sooner goes on with the pause it had.</summary>
    private static readonly TimeSpan Recovered = TimeSpan.FromMinutes(5);

    private readonly GrowingPause _silence = KeeperRepeats.Silence.Pause(random);
    private readonly GrowingPause _restarts = KeeperRepeats.Restart.Pause(random);
    private readonly HashSet<(SessionAdvice, string?)> _told = [];
    private int _silences;
    private long? _serverStart;
    private bool _hasRun;
    private bool _isLinking;
    private bool _isOwnerTold;
    private bool _isStartTried;
    private LinkedAccount? _account;
    private DateTimeOffset _lookedAt;
    private DateTimeOffset? _actAt;
    private DateTimeOffset? _workingSince;
    private DateTimeOffset? _stoppedSince;

    /// <summary>When it wants to be looked at.</summary>
    public DateTimeOffset DueAt { get; private set; }

    public string Session => session;

    /// <summary>WAHA told something: its own word is one second fresh at most.</summary>
    public void Hasten()
    {
        var soon = _lookedAt + BetweenTold;
        if (soon < DueAt)
            DueAt = soon;
    }

    /// <summary>Looks at the session and does what its state asks for.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        _lookedAt = time.GetUtcNow();
        var reading = await waha.ReadSessionAsync(session, WahaTimeouts.Read, cancellationToken);
        var pause = reading.Outcome == SessionReadOutcome.Unavailable ? Silent(reading.Reason) : await AnsweredAsync(reading, cancellationToken);
        DueAt = time.GetUtcNow() + pause;
    }

    private TimeSpan Silent(string reason)
    {
        if (++_silences >= SilencesToTell)
        {
            integrations.WahaServer.Failed();
            board.Note(session, new SessionStanding(null, SessionAdvice.None, reason));
            if (_silences == SilencesToTell)
                Log.Silent(logger, session, reason);
        }

        // Where WAHA does not say when it started, it may have been restarted meanwhile.
        if (_serverStart is null)
            _hasRun = false;
        return _silence.Next();
    }

    private async Task<TimeSpan> AnsweredAsync(SessionReading reading, CancellationToken cancellationToken)
    {
        integrations.WahaServer.Succeeded();
        flow.Probed(session);
        _silences = 0;
        _silence.Reset();
        if (await waha.GetServerStartAsync(WahaTimeouts.Read, cancellationToken) is { } start && start != _serverStart)
            (_serverStart, _hasRun, _isStartTried) = (start, false, false);

        if (reading.Session is not { } seen)
            return await WithoutSessionAsync(reading.Outcome, cancellationToken);
        await RememberAsync(seen, cancellationToken);
        // A status that is not known may be a linking at work, which a restart would spoil.
        if (SessionAdviceTexts.Of(seen.Status) != SessionAdvice.UnknownStatus && await registrar.EnsureAsync(session, reading.Config, _serverStart, cancellationToken))
            return Soon;
        return await CareAsync(seen.Status, cancellationToken);
    }

    private async Task<TimeSpan> CareAsync(string status, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (status != "WORKING")
            _workingSince = null;
        if (status != "STOPPED")
            (_hasRun, _isStartTried, _stoppedSince) = (true, false, null);

        switch (status)
        {
            case "WORKING":
                return Working(now);
            case "STOPPED":
                return await StoppedAsync(now, cancellationToken);
            case "FAILED":
                return await FailedAsync(now, cancellationToken);
            case "STARTING":
                _actAt = null;
                board.Note(session, new SessionStanding(status, SessionAdvice.None, null));
                return poll < ReallyStopped ? poll : ReallyStopped;
            case "SCAN_QR_CODE":
                (_actAt, _isLinking) = (null, true);
                await AdviseAsync(status, events.HasWorked(session) ? SessionAdvice.LinkAgain : SessionAdvice.Link, cancellationToken);
                await TellOwnerAsync(cancellationToken);
                return poll;
            default:
                _actAt = null;
                await AdviseAsync(status, SessionAdvice.UnknownStatus, cancellationToken);
                return poll;
        }
    }

    private TimeSpan Working(DateTimeOffset now)
    {
        if (_told.Count > 0)
            Log.Works(logger, session);
        _told.Clear();
        (_isLinking, _isOwnerTold, _actAt) = (false, false, null);
        if (_workingSince is null)
            history.Works(session);
        _workingSince ??= now;
        if (now - _workingSince >= Recovered)
            _restarts.Reset();
        board.Note(session, new SessionStanding("WORKING", SessionAdvice.None, null));
        return poll;
    }

    /// <summary>A WAHA that was restarted leaves its sessions stopped; one that ran under this very process was stopped by somebody.</summary>
    private async Task<TimeSpan> StoppedAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (_hasRun)
        {
            _stoppedSince ??= now;
            if (now - _stoppedSince < ReallyStopped)
                return _stoppedSince.Value + ReallyStopped - now;
            await AdviseAsync("STOPPED", SessionAdvice.StoppedByHand, cancellationToken);
            return poll;
        }

        board.Note(session, new SessionStanding("STOPPED", SessionAdvice.None, null));
        _actAt ??= _isStartTried ? now + _restarts.Next() : now;
        if (now < _actAt)
            return _actAt.Value - now;
        (_actAt, _isStartTried) = (null, true);
        Log.Started(logger, session, await waha.StartSessionAsync(session, WahaTimeouts.Change, cancellationToken));
        return Soon;
    }

    /// <summary>One that waited for a phone in vain fails, too: restarted, it would only do so again, for ever.</summary>
    private async Task<TimeSpan> FailedAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (_isLinking)
        {
            await AdviseAsync("FAILED", SessionAdvice.LinkingExpired, cancellationToken);
            await TellOwnerAsync(cancellationToken);
            return poll;
        }

        await AdviseAsync("FAILED", SessionAdvice.IsRestarted, cancellationToken);
        _actAt ??= now + _restarts.Next();
        if (now < _actAt)
            return _actAt.Value - now;
        _actAt = null;
        Log.Restarted(logger, session, await waha.RestartSessionAsync(session, WahaTimeouts.Change, cancellationToken));
        return Soon;
    }

    private async Task<TimeSpan> WithoutSessionAsync(SessionReadOutcome outcome, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await AdviseAsync(null, outcome == SessionReadOutcome.Refused ? SessionAdvice.NotPossible : SessionAdvice.IsCreated, cancellationToken);
        _actAt ??= _isStartTried ? now + _restarts.Next() : now;
        if (now < _actAt)
            return _actAt.Value - now;
        (_actAt, _isStartTried) = (null, true);
        if (outcome == SessionReadOutcome.NoSession && await registrar.ForNewAsync(session, _serverStart, cancellationToken) is { } config)
            Log.Created(logger, session, await waha.CreateSessionAsync(session, config, WahaTimeouts.Change, cancellationToken));
        return Soon;
    }

    /// <summary>What was seen and not told, because the webhook points elsewhere or its event was lost, is known to every process then.</summary>
    private async Task RememberAsync(SessionInfo seen, CancellationToken cancellationToken)
    {
        var phone = ChatId.Parse(seen.Me?.Id)?.Phone;
        var lid = ChatId.Parse(seen.Me?.Lid) is { Kind: ChatKind.Lid } hidden ? hidden.User : null;
        var account = phone is null && lid is null ? null : new LinkedAccount(phone, lid);
        // At each look: webhooks change it, and where nobody looked another phone may have been linked to a session that works as before.
        var stored = await accounts.StoredAsync(session, cancellationToken);
        _account = account ?? _account ?? stored;
        var isKnown = account is null || account == stored;
        if (seen.Status.Length > 64 || (isKnown && events.SessionStates().GetValueOrDefault(session) == seen.Status))
            return;

        await events.RecordSeenSessionAsync(session, seen.Status, account, _lookedAt, cancellationToken);
    }

    /// <summary>Once until it works again, over restarts and other keepers. Of a session that WAHA does not have nothing is known that could be remembered.</summary>
    private async Task AdviseAsync(string? status, SessionAdvice advice, CancellationToken cancellationToken)
    {
        board.Note(session, new SessionStanding(status, advice, null));
        if (_told.Contains((advice, status)))
            return;
        if (advice.Sentence(session) is { } sentence && (status is null || await news.TellAsync(session, $"{advice} {status}", cancellationToken)))
            Log.Advice(logger, advice == SessionAdvice.LinkAgain ? LogLevel.Error : LogLevel.Warning, session, status ?? "missing", sentence);
        _told.Add((advice, status));
    }

    /// <summary>At each look until it worked: a number that can tell it may be back only later.</summary>
    private async Task TellOwnerAsync(CancellationToken cancellationToken)
    {
        if (!_isOwnerTold && events.HasWorked(session))
            _isOwnerTold = await owner.LoggedOutAsync(session, _account?.Id, cancellationToken);
    }

    private static partial class Log
    {
        [LoggerMessage(Message = "Session {Session} is {Status}: {Advice}")]
        public static partial void Advice(ILogger logger, LogLevel level, string session, string status, string advice);

        [LoggerMessage(Level = LogLevel.Information, Message = "Session {Session} works again")]
        public static partial void Works(ILogger logger, string session);

        [LoggerMessage(Level = LogLevel.Information, Message = "Session {Session} was stopped and is started: {Outcome}")]
        public static partial void Started(ILogger logger, string session, SessionCallOutcome outcome);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Session {Session} failed and is restarted: {Outcome}")]
        public static partial void Restarted(ILogger logger, string session, SessionCallOutcome outcome);

        [LoggerMessage(Level = LogLevel.Information, Message = "Session {Session} is created: {Outcome}")]
        public static partial void Created(ILogger logger, string session, SessionCallOutcome outcome);

        [LoggerMessage(Level = LogLevel.Warning, Message = "WAHA does not tell the state of session {Session} ({Reason}); asked again with growing pauses, and not told again")]
        public static partial void Silent(ILogger logger, string session, string reason);
    }
}
