using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace OpenClaw.Core.WhatsApp;

/// <summary>What WAHA's answers say about WhatsApp's limits on an account.</summary>
internal static partial class WahaAnswers
{
    /// <summary>Which limit a send was refused for; null when it was refused, or failed, for anything else.</summary>
    // GOWS {"error":"2 UNKNOWN: server returned error 463"} with 500; Nest's form {"statusCode":500,"exception":{"message":"...error 463",...},"request":{...}}.
    // "request" echoes the text that was to be sent, where anybody may write "error 463": it is not looked at.
    public static AccountLimit? RefusedFor(WahaAnswer answer)
    {
        if (answer is not { Exchange: WahaExchange.Answered, Status: >= 400 } || !TryParse(answer, out var document))
            return null;
        using (document)
        {
            var root = document.RootElement;
            return LimitIn(root) ?? (Member(root, "exception") is { } exception ? LimitIn(exception) : null) ?? (Member(root, "error") is { } error ? LimitIn(error) : null);
        }
    }

    /// <summary>Reads <c>GET /api/sessions/{session}/timelock</c>.</summary>
    // {"isActive":true,"timeEnforcementEnds":"2026-11-29T09:33:50.000Z","enforcementType":"RESTRICT_ALL_COMPANIONS"}, also in snake_case; null or empty = none.
    public static AccountLimitReading Timelock(WahaAnswer answer, DateTimeOffset now) => Limit(answer, root =>
    {
        var until = Moment(root, "timeEnforcementEnds") ?? Moment(root, "time_enforcement_ends") ?? Moment(root, "endsAt") ?? Moment(root, "until");
        var isActive = Flag(root, "isActive") ?? Flag(root, "is_active") ?? Flag(root, "active") ?? until > now;
        return isActive && (until is null || until > now) ? (AccountLimitStage.Reached, until) : (AccountLimitStage.None, null);
    });

    /// <summary>Reads <c>GET /api/sessions/{session}/capping</c>.</summary>
    // {"cappingStatus":"NONE"|"FIRST_WARNING"|"SECOND_WARNING"|"CAPPED","totalQuota":-1,"usedQuota":0,"cycleEnd":1796000000}
    public static AccountLimitReading Capping(WahaAnswer answer, DateTimeOffset now) => Limit(answer, root =>
    {
        var until = Moment(root, "cycleEnd") ?? Moment(root, "cycle_end_timestamp") ?? Moment(root, "cycleEndTimestamp");
        var status = Text(root, "cappingStatus") ?? Text(root, "capping_status") ?? Text(root, "status") ?? "NONE";
        var stage = status.EndsWith("CAPPED", StringComparison.OrdinalIgnoreCase) ? AccountLimitStage.Reached
            : status.EndsWith("WARNING", StringComparison.OrdinalIgnoreCase) ? AccountLimitStage.Warned : AccountLimitStage.None;
        return stage == AccountLimitStage.None || until <= now ? (AccountLimitStage.None, null) : (stage, until);
    });

    private static AccountLimitReading Limit(WahaAnswer answer, Func<JsonElement, (AccountLimitStage Stage, DateTimeOffset? Until)> read)
    {
        if (answer is { Exchange: WahaExchange.Answered, Status: 400 or 404 or 405 or 422 or 501 })
            return new AccountLimitReading(IsSessionTrouble(answer) ? AccountLimitOutcome.Unavailable : AccountLimitOutcome.NotServed, AccountLimitStage.None, null);
        if (!answer.IsSuccess)
            return new AccountLimitReading(AccountLimitOutcome.Unavailable, AccountLimitStage.None, null);
        if (!TryParse(answer, out var document))
            return new AccountLimitReading(answer is { BodyComplete: true, Body.IsEmpty: true } ? AccountLimitOutcome.Told : AccountLimitOutcome.Unavailable, AccountLimitStage.None, null);
        using (document)
        {
            var (stage, until) = read(document.RootElement);
            return new AccountLimitReading(AccountLimitOutcome.Told, stage, until);
        }
    }

    private static AccountLimit? LimitIn(JsonElement element)
    {
        foreach (var name in (ReadOnlySpan<string>)["code", "errorCode", "message", "details", "error"])
        {
            var told = Member(element, name) switch
            {
                { ValueKind: JsonValueKind.Number } number when name is "code" or "errorCode" && number.TryGetInt32(out var code) => $"error {code.ToString(CultureInfo.InvariantCulture)}",
                { ValueKind: JsonValueKind.String } => name is "code" or "errorCode" ? $"error {Text(element, name)}" : Text(element, name),
                _ => null,
            };
            if (told is null)
                continue;
            if (told.Contains("timelock", StringComparison.OrdinalIgnoreCase))
                return AccountLimit.Timelock;
            if (LimitCode().Match(told) is { Success: true } match)
                return match.Groups["code"].ValueSpan is "463" ? AccountLimit.Timelock : AccountLimit.Capping;
        }

        return null;
    }

    private static bool? Flag(JsonElement element, string name) => Member(element, name) switch
    {
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        _ => null,
    };

    private static DateTimeOffset? Moment(JsonElement element, string name) =>
        Seconds(element, name) ?? (DateTimeOffset.TryParse(Text(element, name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null);

    [GeneratedRegex(@"\berro\w*\D{0,12}\b(?<code>463|475)\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 200)]
    private static partial Regex LimitCode();
}
