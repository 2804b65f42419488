using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;

namespace OpenClaw.Core.WhatsApp;

/// <summary>
/// The calls about a session, in contrast to those through it. WAHA answers them at once whatever the session's state, and they are what heals
/// a session whose breaker is open: the breaker neither counts nor stops them. Their caller repeats them and tells people; here they are told
/// to nobody, so that a WAHA that is down does not fill the log.
/// </summary>
public sealed partial class WahaClient
{
    /// <summary>The session's state and what WAHA keeps for it.</summary>
    public async Task<SessionReading> ReadSessionAsync(string session, TimeSpan timeout, CancellationToken cancellationToken) =>
        WahaAnswers.SessionReading(await QuietAsync(HttpMethod.Get, "/api/sessions/{session}", SessionPath(session), null, timeout, cancellationToken));

    /// <summary>Starts a session. One that runs already is what was asked for: WAHA 2026.2 answers 422 then, later ones 201.</summary>
    /// <param name="session">WAHA session.</param>
    /// <param name="timeout">Time for the whole call; other calls about sessions take 3 to 4 s.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<SessionCallOutcome> StartSessionAsync(string session, TimeSpan timeout, CancellationToken cancellationToken) =>
        WahaAnswers.SessionCall(await QuietAsync(HttpMethod.Post, "/api/sessions/{session}/start", SessionPath(session) + "/start", [], timeout, cancellationToken));

    /// <summary>Stops a session, if it runs, and starts it. Takes about 3 s.</summary>
    public async Task<SessionCallOutcome> RestartSessionAsync(string session, TimeSpan timeout, CancellationToken cancellationToken) =>
        WahaAnswers.SessionCall(await QuietAsync(HttpMethod.Post, "/api/sessions/{session}/restart", SessionPath(session) + "/restart", [], timeout, cancellationToken));

    /// <summary>Replaces what WAHA keeps for a session. One that runs is restarted by WAHA, which takes about 3 s; one that is stopped stays so.</summary>
    public async Task<SessionCallOutcome> ConfigureSessionAsync(string session, SessionConfig config, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var body = new JsonObject { ["config"] = config.ToJson() };
        return WahaAnswers.SessionCall(await QuietAsync(HttpMethod.Put, "/api/sessions/{session}", SessionPath(session), Bytes(body), timeout, cancellationToken));
    }

    /// <summary>Makes a session and starts it. <see cref="SessionCallOutcome.Refused"/> when there is one of that name.</summary>
    public async Task<SessionCallOutcome> CreateSessionAsync(string session, SessionConfig config, TimeSpan timeout, CancellationToken cancellationToken)
    {
        // "start" is said: left away it means started or not, depending on the version.
        var body = new JsonObject { ["name"] = session, ["start"] = true };
        if (!config.IsEmpty)
            body["config"] = config.ToJson();
        return WahaAnswers.SessionCall(await QuietAsync(HttpMethod.Post, "/api/sessions", "api/sessions", Bytes(body), timeout, cancellationToken));
    }

    /// <summary>When WAHA's process started, as a number that changes with each start; null when it does not say.</summary>
    public async Task<long?> GetServerStartAsync(TimeSpan timeout, CancellationToken cancellationToken) =>
        WahaAnswers.ServerStart(await QuietAsync(HttpMethod.Get, "/api/server/status", "api/server/status", null, timeout, cancellationToken));

    /// <summary>The webhook that WAHA's own environment sets. The answer holds all of WAHA's secrets: two names are read, the rest is dropped.</summary>
    public async Task<GlobalWebhook> GetGlobalWebhookAsync(TimeSpan timeout, CancellationToken cancellationToken) =>
        WahaAnswers.GlobalWebhook(await QuietAsync(HttpMethod.Get, "/api/server/environment", "api/server/environment", null, timeout, cancellationToken));

    /// <summary>The QR code that links a phone, as PNG. Ask only while the session is <c>SCAN_QR_CODE</c>: otherwise WAHA blocks for 10 s.</summary>
    public async Task<LinkingResult<byte[]>> GetQrCodeAsync(string session, TimeSpan timeout, CancellationToken cancellationToken) =>
        WahaAnswers.QrCode(await QuietAsync(
            HttpMethod.Get, "/api/{session}/auth/qr", $"api/{Uri.EscapeDataString(session)}/auth/qr?format=image", null, timeout, cancellationToken));

    /// <summary>The code that is typed on the phone instead of scanning. Ask only while the session is <c>SCAN_QR_CODE</c>.</summary>
    /// <param name="session">WAHA session.</param>
    /// <param name="phone">The number to link, international, digits only.</param>
    /// <param name="timeout">Time for the whole call.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<LinkingResult<string>> RequestPairingCodeAsync(string session, string phone, TimeSpan timeout, CancellationToken cancellationToken) =>
        WahaAnswers.PairingCode(await QuietAsync(
            HttpMethod.Post, "/api/{session}/auth/request-code", $"api/{Uri.EscapeDataString(session)}/auth/request-code", Bytes(new JsonObject { ["phoneNumber"] = phone }), timeout, cancellationToken));

    private static string SessionPath(string session) => $"api/sessions/{Uri.EscapeDataString(session)}";

    private static byte[] Bytes(JsonObject body) => Encoding.UTF8.GetBytes(body.ToJsonString());

    private Task<WahaAnswer> QuietAsync(HttpMethod method, string route, string path, byte[]? body, TimeSpan timeout, CancellationToken cancellationToken) =>
        ExchangeAsync(method, route, path, body, SmallAnswer, null, timeout, cancellationToken, LogLevel.Debug);
}
