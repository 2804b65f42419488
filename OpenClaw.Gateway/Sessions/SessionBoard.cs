using System.Collections.Concurrent;

namespace OpenClaw.Gateway.Sessions;

/// <summary>A session as it was last seen.</summary>
/// <param name="Status">WAHA's word; null when WAHA did not answer or has no such session.</param>
/// <param name="Advice">What is to be done.</param>
/// <param name="SilenceReason">Short typed reason where WAHA did not answer.</param>
internal sealed record SessionStanding(string? Status, SessionAdvice Advice, string? SilenceReason);

/// <summary>What the keeper saw, for <c>/health</c> and the admin API. Empty where another process keeps the sessions.</summary>
internal sealed class SessionBoard
{
    private readonly ConcurrentDictionary<string, SessionStanding> _standings = new(StringComparer.Ordinal);

    public SessionStanding? Of(string session) => _standings.GetValueOrDefault(session);

    public void Note(string session, SessionStanding standing) => _standings[session] = standing;

    public void Clear() => _standings.Clear();
}
