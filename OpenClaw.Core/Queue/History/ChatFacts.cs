using System.Collections.Concurrent;
using OpenClaw.Core.Security;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue.History;

/// <summary>What is stored that decides whether a message still wants an answer.</summary>
public sealed class ChatFacts(IDatabase database, KeyRing keys, TimeProvider time)
{
    /// <summary>A session without a beginning gets one once; until then it is not asked for with every message.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, (DateTimeOffset? At, DateTimeOffset ReadAt)> _connections = new(StringComparer.Ordinal);

    /// <summary>When the session was first seen at work; null when nobody knows.</summary>
    public async ValueTask<DateTimeOffset?> FirstConnectionAsync(string session, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (_connections.TryGetValue(session, out var known) && (known.At is not null || now - known.ReadAt < LookAgain))
            return known.At;
        var at = await database.ReadAsync(
            sql => sql.QueryFirst(
                // One that was at work when it was first looked at may be told to work only after its next failure.
                """
                SELECT MIN(at) FROM (
                    SELECT first_working_at AS at FROM sessions WHERE session = @session
                    UNION ALL SELECT connected_at FROM history_marks WHERE session = @session) AS known
                """,
                row => row.IsDBNull(0) ? (long?)null : row.GetInt64(0), ("@session", session)),
            cancellationToken);
        DateTimeOffset? first = at is { } told ? UnixMicroseconds.FromUnixTimeMicroseconds(told) : null;
        _connections[session] = (first, now);
        return first;
    }

    /// <summary>The session told something: what was not known of it may be known now.</summary>
    public void Forget(string session) => _connections.TryRemove(session, out _);

    /// <summary>Whether somebody wrote in a chat by hand, on the phone of the bot's own account, after a time.</summary>
    /// <param name="session">WAHA session.</param>
    /// <param name="chat">The chat as WAHA names it.</param>
    /// <param name="alias">The same chat under the other kind of id, or <paramref name="chat"/> again.</param>
    /// <param name="after">Later than this.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<bool> HumanWroteAsync(string session, string chat, string alias, DateTimeOffset after, CancellationToken cancellationToken)
    {
        var (one, other) = (keys.Blind("chat", chat, session), keys.Blind("chat", alias, session));
        return await database.ReadAsync(
            sql => sql.QueryFirst(
                "SELECT 1 FROM chat_events WHERE chat_blind IN (@one, @other) AND order_at > @after AND kind = 'own_message' LIMIT 1",
                row => row.GetInt64(0),
                ("@one", one), ("@other", other), ("@after", after.ToUnixTimeMicroseconds())),
            cancellationToken) == 1;
    }
}
