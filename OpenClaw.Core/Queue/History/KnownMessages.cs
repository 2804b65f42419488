using OpenClaw.Core.Security;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue.History;

/// <summary>
/// Which messages came through the door before, so that what is read back need not go through it again. It only saves work: the door itself
/// takes each message once.
/// </summary>
public sealed class KnownMessages(IDatabase database, KeyRing keys)
{
    private const int Batch = 50;

    private static readonly string Received = Statement("inbound");
    private static readonly string Sent = Statement("chat_events");

    /// <summary>Of these messages of other people, those that are known; by raw WhatsApp id.</summary>
    public Task<IReadOnlySet<string>> ReceivedAsync(string session, IReadOnlyCollection<string> rawIds, CancellationToken cancellationToken) =>
        FindAsync(Received, rawIds, id => [keys.Blind("received", id, session)], cancellationToken);

    /// <summary>Of these messages of our own account, those that are known; by raw WhatsApp id.</summary>
    public Task<IReadOnlySet<string>> SentAsync(string session, IReadOnlyCollection<string> rawIds, CancellationToken cancellationToken) =>
        FindAsync(Sent, rawIds, id => [keys.Blind("event-own_echo", id, session), keys.Blind("event-own_message", id, session)], cancellationToken);

    private async Task<IReadOnlySet<string>> FindAsync(
        string statement, IReadOnlyCollection<string> rawIds, Func<string, byte[][]> dedupesOf, CancellationToken cancellationToken)
    {
        var known = new HashSet<string>(StringComparer.Ordinal);
        foreach (var batch in rawIds.SelectMany(id => dedupesOf(id).Select(dedupe => (Id: id, Dedupe: dedupe))).Chunk(Batch))
        {
            var idOf = batch.ToDictionary(entry => Convert.ToHexString(entry.Dedupe), entry => entry.Id, StringComparer.Ordinal);
            var found = await database.ReadAsync(
                sql => sql.Query(statement, row => Convert.ToHexString(row.GetFieldValue<byte[]>(0)), [.. Parameters(batch)]), cancellationToken);
            known.UnionWith(found.Select(dedupe => idOf[dedupe]));
        }

        return known;
    }

    // One text for every number of ids: statements are prepared once.
    private static IEnumerable<(string, object?)> Parameters((string Id, byte[] Dedupe)[] batch) =>
        Enumerable.Range(0, Batch).Select(i => ($"@d{i}", (object?)(i < batch.Length ? batch[i].Dedupe : [])));

    private static string Statement(string table) =>
        $"SELECT dedupe FROM {table} WHERE dedupe IN ({string.Join(", ", Enumerable.Range(0, Batch).Select(i => $"@d{i}"))})";
}
