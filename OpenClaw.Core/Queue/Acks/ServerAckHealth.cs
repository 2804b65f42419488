using Microsoft.Extensions.Options;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue.Acks;

/// <summary>Counts in the outbox: nothing is kept in memory, so every process says the same and a restart forgets nothing.</summary>
internal sealed class ServerAckHealth(IDatabase database, IOptions<ServerAckOptions> options, TimeProvider time) : IServerAckHealth
{
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

    public ServerAckGap Of(string session)
    {
        var now = time.NowMicroseconds();
        var overdue = now - options.Value.ServerAckWithin.Microseconds();
        var from = now - Window.Microseconds();
        var (recent, due) = database.Read(sql => (Newest(sql, session, overdue + 1, now), Newest(sql, session, from, overdue)));

        // A younger bubble that arrived shows that the session sends; what is missing before it is told in its own journey.
        if (recent.Exists(bubble => bubble.IsAcked))
            return new ServerAckGap(session, 0, null, true);
        var missing = due.TakeWhile(bubble => !bubble.IsAcked).ToList();
        return new ServerAckGap(
            session, missing.Count, missing.Count > 0 ? UnixMicroseconds.FromUnixTimeMicroseconds(missing[^1].At) : null, missing.Count < due.Count);
    }

    private static List<(long At, bool IsAcked)> Newest(ISqlSession sql, string session, long from, long until) => sql.Query(
        // A WAHA that tells no id of what it sends can never be matched with an ack.
        "SELECT accepted_at, ack FROM outbox WHERE session = @session AND accepted_at BETWEEN @from AND @until AND raw_id IS NOT NULL ORDER BY accepted_at DESC LIMIT @limit",
        row => (row.GetInt64(0), row.GetInt64(1) >= 1),
        ("@session", session), ("@from", from), ("@until", until), ("@limit", ServerAckGap.MostCounted));
}
