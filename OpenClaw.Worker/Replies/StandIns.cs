using System.Collections.Frozen;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Accounts;
using OpenClaw.Core.Integrations;
using OpenClaw.Core.Queue;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Worker.Replies;

/// <summary>
/// Which session sends in place of one whose account is red or which is gone: the healthiest of the others that work, in the order of the settings. All
/// of them are numbers of one assistant. Looked up every two seconds at most, and answered from memory in between.
/// </summary>
internal sealed class StandIns(
    AccountHealth accounts, ChatEventStore events, IntegrationRegistry integrations, IOptions<WahaOptions> waha, IOptions<DeliveryOptions> delivery, TimeProvider time)
{
    /// <summary>How long the last look counts.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromSeconds(2);

    /// <summary>As long as a session may be silent before its account counts as red: restarts are no reason to write from another number.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(2);

    private readonly IReadOnlyList<string> _served = waha.Value.ServedSessions();
    private volatile FrozenDictionary<string, string> _standIns = FrozenDictionary<string, string>.Empty;
    private volatile FrozenSet<string> _gone = [];
    private long _lookedAt;

    private bool IsOn => delivery.Value.StandIn && _served.Count > 1;

    /// <summary>Looks again, where the last look is too old.</summary>
    /// <exception cref="OpenClaw.Core.Storage.StorageUnavailableException">The database cannot be read now.</exception>
    public void Refresh()
    {
        var now = time.GetUtcNow();
        var last = Interlocked.Read(ref _lookedAt);
        if (!IsOn || (now.UtcTicks - last < Remembered.Ticks && last <= now.UtcTicks) || Interlocked.CompareExchange(ref _lookedAt, now.UtcTicks, last) != last)
            return;
        var states = events.SessionStates();
        var standings = _served.Select(accounts.Of).ToList();
        var fit = standings
            .Where(standing => !standing.OnlyAnswers && states.GetValueOrDefault(standing.Session) == "WORKING" && integrations.Waha(standing.Session).IsClosed)
            .OrderBy(standing => standing.Level).Select(standing => standing.Session).ToList();
        _gone = standings.Where(standing => IsGone(standing, now)).Select(standing => standing.Session).ToFrozenSet(StringComparer.Ordinal);
        _standIns = standings.Where(standing => fit.Count > 0 && (standing.OnlyAnswers || _gone.Contains(standing.Session)))
            .ToFrozenDictionary(standing => standing.Session, _ => fit[0], StringComparer.Ordinal);
    }

    /// <summary>Who sends in place of a session now; null = it does itself, or nobody can.</summary>
    public string? Of(string session) => _standIns.GetValueOrDefault(session);

    /// <summary>Who sends in a direct chat of a session now; null in groups, where another number may not even be.</summary>
    public string? Of(ChatScope chat) => chat.IsGroup ? null : Of(chat.Session);

    /// <summary>Whether a session cannot send at all, for some time now.</summary>
    public bool IsGone(string session) => _gone.Contains(session);

    private bool IsGone(AccountStanding standing, DateTimeOffset now) =>
        standing.Signs.Any(static sign => sign.Reason is "session_not_working" or "logged_out")
        || integrations.Waha(standing.Session).Status is { State: not BreakerState.Closed, Since: { } since } && now - since >= LongestSilence;
}
