using System.Globalization;
using OpenClaw.Core.Queue.Acks;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Core.Accounts;

/// <summary>What is known of a session.</summary>
/// <param name="Status">WAHA's word.</param>
/// <param name="Since">Since when it does not work, or when it told so.</param>
/// <param name="HasWorked">Whether a phone was ever linked.</param>
internal sealed record KnownSession(string Status, DateTimeOffset Since, bool HasWorked);

/// <summary>A limit that was met or told, and has not passed.</summary>
internal sealed record KnownLimit(AccountLimit Limit, AccountLimitStage Stage, bool WasRefused, DateTimeOffset NotedAt, DateTimeOffset Until);

/// <summary>The rules of green, amber and red; docs/operations.md has them as a table.</summary>
internal static class AccountRules
{
    /// <summary>Restarts pass through STOPPED, STARTING and FAILED: only what lasts is bad news.</summary>
    public static readonly TimeSpan Lasting = TimeSpan.FromMinutes(2);

    /// <summary>Messages without a server ack that are more than bad luck.</summary>
    public const int ManyMissing = 10;

    public static readonly TimeSpan LongMissing = TimeSpan.FromMinutes(10);

    public static AccountStanding Judge(string session, KnownSession? known, IEnumerable<KnownLimit> limits, ServerAckGap gap, DateTimeOffset now)
    {
        var signs = limits.Where(limit => limit.Until > now).GroupBy(limit => limit.Limit).Select(OfLimit).ToList();
        if (known is not null && OfStatus(known, now) is { } status)
            signs.Add(status);
        if (gap.Missing > 0)
            signs.Add(OfAcks(gap, now));
        return new AccountStanding(session, [.. signs.OrderByDescending(static sign => sign.Level)]);
    }

    private static AccountSign? OfStatus(KnownSession known, DateTimeOffset now) => known switch
    {
        { Status: "WORKING" } => null,
        { Status: "SCAN_QR_CODE", HasWorked: true } => new AccountSign(AccountLevel.Red, "logged_out", "its phone logged out and has to be linked again", null),
        _ when now - known.Since < Lasting => new AccountSign(AccountLevel.Amber, "session_starting", $"its session is {known.Status} and has not worked for a moment", null),
        _ => new AccountSign(AccountLevel.Red, "session_not_working", $"its session is {known.Status} and does not work since {Time(known.Since)}", null),
    };

    private static AccountSign OfLimit(IGrouping<AccountLimit, KnownLimit> limits)
    {
        var inForce = limits.Where(static limit => limit.Stage == AccountLimitStage.Reached).ToList();
        // What WAHA tells has an end of WhatsApp's; what a refused send lets us guess has not.
        var worst = inForce.Where(static limit => !limit.WasRefused).Concat(inForce).Concat(limits).First();
        var source = worst.WasRefused ? $"a message was refused at {Time(worst.NotedAt)}, taken to last until {Time(worst.Until)}" : $"told by WAHA, until {Time(worst.Until)}";
        return (limits.Key, inForce.Count > 0) switch
        {
            (AccountLimit.Timelock, _) => new AccountSign(AccountLevel.Red, "timelock", $"WhatsApp lets it write to no new contacts (463; {source}); do not restart or link it again for that", worst.Until),
            (_, true) => new AccountSign(AccountLevel.Red, "capping", $"WhatsApp lets it begin no more new chats (475; {source}); do not restart or link it again for that", worst.Until),
            _ => new AccountSign(AccountLevel.Amber, "capping_near", $"WhatsApp warns that it begins too many new chats ({source})", worst.Until),
        };
    }

    private static AccountSign OfAcks(ServerAckGap gap, DateTimeOffset now)
    {
        // Without any ack in the hour, WAHA may only not be telling of them.
        var isMany = gap is { HadAcks: true, Missing: >= ManyMissing } && now - gap.Since >= LongMissing;
        return new AccountSign(
            isMany ? AccountLevel.Red : AccountLevel.Amber, "acks_missing",
            string.Create(CultureInfo.InvariantCulture, $"{gap.Missing} of its messages did not reach WhatsApp's server, the first taken at {Time(gap.Since!.Value)}"), null);
    }

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
