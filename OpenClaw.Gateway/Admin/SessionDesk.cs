using Microsoft.Extensions.Options;
using OpenClaw.Core.Accounts;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Gateway.Sessions;

namespace OpenClaw.Gateway.Admin;

/// <summary>Why something cannot be done with a session now.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Detail">A sentence that says what to do.</param>
internal sealed record SessionRefusal(int Status, string Detail);

/// <summary>Sessions as an operator sees and links them. WAHA is asked each time: a code is good for seconds.</summary>
internal sealed class SessionDesk(WahaClient waha, WebhookRegistrar registrar, AccountHealth accounts, SessionBoard board, SessionSignals signals, IOptions<WahaOptions> options)
{
    public async Task<SessionList> ListAsync(CancellationToken cancellationToken) =>
        new(await Task.WhenAll(options.Value.ServedSessions().Select(session => ViewAsync(session, cancellationToken))));

    /// <summary>Whether a phone can be linked now.</summary>
    /// <returns>Null when it can.</returns>
    public async Task<SessionRefusal?> RefuseLinkingAsync(string session, CancellationToken cancellationToken)
    {
        if (!options.Value.Serves(session))
            return NotServed;
        var reading = await waha.ReadSessionAsync(session, WahaTimeouts.Desk, cancellationToken);
        return reading.Outcome == SessionReadOutcome.Read ? Refusal(session, reading.Session!.Status) : Refusal(reading);
    }

    public Task<LinkingResult<byte[]>> QrCodeAsync(string session, CancellationToken cancellationToken) => waha.GetQrCodeAsync(session, WahaTimeouts.Link, cancellationToken);

    public Task<LinkingResult<string>> PairingCodeAsync(string session, string phone, CancellationToken cancellationToken) =>
        waha.RequestPairingCodeAsync(session, phone, WahaTimeouts.Link, cancellationToken);

    /// <summary>Starts a stopped session, restarts any other.</summary>
    public async Task<(SessionChange? Change, SessionRefusal? Refusal)> RestartAsync(string session, CancellationToken cancellationToken)
    {
        if (!options.Value.Serves(session))
            return (null, NotServed);
        var reading = await waha.ReadSessionAsync(session, WahaTimeouts.Desk, cancellationToken);
        if (reading.Outcome != SessionReadOutcome.Read)
            return (null, Refusal(reading));
        var isStopped = reading.Session!.Status == "STOPPED";
        var outcome = isStopped
            ? await waha.StartSessionAsync(session, WahaTimeouts.Link, cancellationToken)
            : await waha.RestartSessionAsync(session, WahaTimeouts.Link, cancellationToken);
        signals.Tell(session);
        return outcome switch
        {
            SessionCallOutcome.Done => (new SessionChange(session, isStopped ? "started" : "restarted"), null),
            SessionCallOutcome.NoSession => (null, NoSession),
            SessionCallOutcome.Refused => (null, new SessionRefusal(StatusCodes.Status409Conflict, "WAHA refuses to start this session; its log says why.")),
            _ => (null, new SessionRefusal(StatusCodes.Status502BadGateway, "WAHA did not answer; whether the session starts is not known. Look at it again.")),
        };
    }

    public static SessionRefusal NotServed { get; } = new(StatusCodes.Status404NotFound, "This session is not among Waha__Sessions.");

    private static SessionRefusal NoSession { get; } = new(StatusCodes.Status404NotFound, "WAHA has no such session (yet). It is created soon unless Waha__KeepSessions is false.");

    private async Task<SessionView> ViewAsync(string session, CancellationToken cancellationToken)
    {
        var reading = await waha.ReadSessionAsync(session, WahaTimeouts.Desk, cancellationToken);
        if (reading.Session is not { } seen)
            return new SessionView(session, null, false, null, Refusal(reading).Detail, Account(session));
        var advice = board.Of(session) is { } standing && standing.Status == seen.Status ? standing.Advice : SessionAdviceTexts.Of(seen.Status);
        return new SessionView(session, seen.Status, seen.IsWorking, Webhook(reading.Config), seen.IsWorking ? null : advice.Sentence(session), Account(session));
    }

    private AccountView Account(string session)
    {
        var standing = accounts.Of(session);
        return new AccountView(Word(standing.Level), [.. standing.Signs.Select(sign => new AccountSignView(sign.Reason, Word(sign.Level), sign.Sentence, sign.Until))]);
    }

    private static string Word(AccountLevel level) => level switch
    {
        AccountLevel.Green => "green",
        AccountLevel.Amber => "amber",
        _ => "red",
    };

    private string? Webhook(SessionConfig config) => registrar.Wanted is not { } wanted ? null : config.Fit(wanted) switch
    {
        WebhookFit.Fits or WebhookFit.KeyNotShown => "registered",
        WebhookFit.Different => "different",
        _ => "none",
    };

    private static SessionRefusal Refusal(SessionReading reading) => reading.Outcome switch
    {
        SessionReadOutcome.NoSession => NoSession,
        SessionReadOutcome.Refused => new(StatusCodes.Status409Conflict, SessionAdvice.NotPossible.Sentence("") + "."),
        _ => new(StatusCodes.Status502BadGateway, $"WAHA does not answer ({reading.Reason})."),
    };

    private static SessionRefusal? Refusal(string session, string status) => status switch
    {
        "SCAN_QR_CODE" => null,
        "WORKING" => new(StatusCodes.Status409Conflict, "A phone is linked already and the session works."),
        "STARTING" => new(StatusCodes.Status409Conflict, "The session is starting: ask again in some seconds."),
        "STOPPED" or "FAILED" => new(StatusCodes.Status409Conflict, $"The session is {status}: POST /api/sessions/{session}/restart, then ask again in some seconds."),
        _ => new(StatusCodes.Status409Conflict, $"The session is {status}, which waits for something else than a code: WAHA's dashboard says for what."),
    };
}
