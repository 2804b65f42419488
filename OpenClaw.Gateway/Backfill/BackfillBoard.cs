using System.Collections.Concurrent;
using OpenClaw.Gateway.Flow;

namespace OpenClaw.Gateway.Backfill;

/// <summary>Whether WAHA's memory of a session can be read.</summary>
internal enum HistoryStanding
{
    /// <summary>It can.</summary>
    Readable,

    /// <summary>WAHA keeps none.</summary>
    NotKept,

    /// <summary>The session works, and its chats could not be read several times.</summary>
    Unreadable,
}

/// <summary>What this process knows of WAHA's histories, for <c>/health</c>. Empty where another process looks after them.</summary>
internal sealed class BackfillBoard(FlowBoard flow)
{
    private readonly ConcurrentDictionary<string, HistoryStanding> _standings = new(StringComparer.Ordinal);

    public IReadOnlyList<(string Session, HistoryStanding Standing)> All =>
        [.. _standings.Select(pair => (pair.Key, pair.Value)).OrderBy(pair => pair.Key, StringComparer.Ordinal)];

    public void Note(string session, HistoryStanding standing)
    {
        _standings[session] = standing;
        if (standing == HistoryStanding.Readable)
            flow.Compared(session);
    }

    public void Forget(string session) => _standings.TryRemove(session, out _);
}
