using System.Text.Json;

namespace OpenClaw.Core.WhatsApp;

/// <summary>What WAHA's answers about sessions, its process and the linking of phones mean.</summary>
internal static partial class WahaAnswers
{
    private static readonly byte[] PngSignature = [0x89, 0x50, 0x4E, 0x47];

    /// <summary><c>{"name","status","config":{...}|null,"me",...}</c>; 404 <c>Session not found</c>; 422 for a name that an old Core does not know.</summary>
    public static SessionReading SessionReading(WahaAnswer answer)
    {
        SessionReading Without(SessionReadOutcome outcome) => new(outcome, null, SessionConfig.Empty, answer.Reason);

        if (!answer.IsSuccess)
        {
            return SessionCall(answer) switch
            {
                SessionCallOutcome.NoSession => Without(SessionReadOutcome.NoSession),
                SessionCallOutcome.Refused => Without(SessionReadOutcome.Refused),
                _ => Without(SessionReadOutcome.Unavailable),
            };
        }

        if (Session(answer) is not { } session || !TryParse(answer, out var document))
            return Without(SessionReadOutcome.Unavailable) with { Reason = "not_a_session" };
        using (document)
        {
            // "engine":{"engine":"NOWEB",...}
            var engine = Member(document.RootElement, "engine") is { } told ? Text(told, "engine") : null;
            return new SessionReading(SessionReadOutcome.Read, session, SessionConfig.From(Member(document.RootElement, "config")), answer.Reason, engine);
        }
    }

    /// <summary><c>{"startTimestamp":1795336330042,"uptime":...}</c></summary>
    public static long? ServerStart(WahaAnswer answer)
    {
        if (!answer.IsSuccess || !TryParse(answer, out var document))
            return null;
        using (document)
            return Member(document.RootElement, "startTimestamp") is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out var start) ? (long)start : null;
    }

    /// <summary><c>{"WHATSAPP_HOOK_URL":"http://...","WHATSAPP_HOOK_EVENTS":"message,session.status",...}</c></summary>
    public static GlobalWebhook GlobalWebhook(WahaAnswer answer)
    {
        if (answer is { Exchange: WahaExchange.Answered, Status: 403 or 404 or 422 })
            return new GlobalWebhook(GlobalWebhookOutcome.NotTold, null, []);
        if (!answer.IsSuccess || !TryParse(answer, out var document))
            return new GlobalWebhook(GlobalWebhookOutcome.Unavailable, null, []);
        using (document)
        {
            var events = Text(document.RootElement, "WHATSAPP_HOOK_EVENTS")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
            return new GlobalWebhook(GlobalWebhookOutcome.Read, events.Length == 0 ? null : Text(document.RootElement, "WHATSAPP_HOOK_URL"), events);
        }
    }

    /// <summary>A PNG, or <c>{"mimetype":"image/png","data":"base64"}</c>; 422 when no phone is waited for.</summary>
    public static LinkingResult<byte[]> QrCode(WahaAnswer answer)
    {
        if (!answer.IsSuccess)
            return new LinkingResult<byte[]>(NotGiven(answer), null);
        if (answer.Body.Span.StartsWith(PngSignature))
            return new LinkingResult<byte[]>(LinkingOutcome.Given, answer.Body.ToArray());
        if (TryParse(answer, out var document))
        {
            using (document)
            {
                if (Member(document.RootElement, "data") is { ValueKind: JsonValueKind.String } data && data.TryGetBytesFromBase64(out var png) && png.AsSpan().StartsWith(PngSignature))
                    return new LinkingResult<byte[]>(LinkingOutcome.Given, png);
            }
        }

        return new LinkingResult<byte[]>(LinkingOutcome.Unavailable, null);
    }

    /// <summary><c>{"code":"ABCD-1234"}</c></summary>
    public static LinkingResult<string> PairingCode(WahaAnswer answer)
    {
        if (!answer.IsSuccess || !TryParse(answer, out var document))
            return new LinkingResult<string>(NotGiven(answer), null);
        using (document)
        {
            return Text(document.RootElement, "code") is { Length: > 0 } code
                ? new LinkingResult<string>(LinkingOutcome.Given, code)
                : new LinkingResult<string>(LinkingOutcome.Unavailable, null);
        }
    }

    private static LinkingOutcome NotGiven(WahaAnswer answer) =>
        answer is { Exchange: WahaExchange.Answered, Status: 404 or 422 } ? LinkingOutcome.NotNow : LinkingOutcome.Unavailable;
}
