using System.Text.Json;
using OpenClaw.Core.People;
using OpenClaw.Core.Security;
using OpenClaw.Core.Storage;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Core.Queue;

/// <summary>Somebody whose messages wait for a link between hidden id and person.</summary>
/// <param name="Person">The record that only has a hidden id.</param>
/// <param name="Session">The session that can be asked.</param>
/// <param name="Lid">Digits of the hidden id.</param>
public sealed record HeldSender(PersonId Person, string Session, string Lid);

/// <summary>Messages outside any lane: kept with their text, neither dropped nor admitted, until the person is known.</summary>
public sealed class HeldStore(IDatabase database, KeyRing keys, LaneDirectory lanes, ILaneScheduler scheduler, TimeProvider time)
{
    /// <summary>Who is waited for, oldest first.</summary>
    public IReadOnlyList<HeldSender> Waiting(int max) => database.Read(sql => sql.Query(
        """
        SELECT h.person_id, h.session, i.key_id, i.value_enc
        FROM (SELECT person_id, session, MIN(inbound_id) AS first FROM inbound WHERE state = 'held' GROUP BY person_id, session) AS h
        JOIN person_ids i ON i.person_id = h.person_id AND i.kind = 'lid' ORDER BY h.first LIMIT @max
        """,
        row => new HeldSender(
            new PersonId(row.GetInt64(0)), row.GetString(1), keys.DecryptText(new DataKeyId(row.GetInt64(2)), "person_ids.value", row.GetFieldValue<byte[]>(3))),
        ("@max", max)));

    /// <summary>The person is known and allowed: their messages go to the lanes of their chats, in order.</summary>
    /// <returns>How many messages.</returns>
    public async Task<int> AdmitAsync(string session, PersonRecord person, CancellationToken cancellationToken)
    {
        var held = database.Read(sql => sql.Query(
            "SELECT inbound_id, key_id, content_enc FROM inbound WHERE state = 'held' AND person_id = @person AND session = @session ORDER BY inbound_id LIMIT 200",
            row => (Id: row.GetInt64(0), Key: new DataKeyId(row.GetInt64(1)), Content: row.GetFieldValue<byte[]>(2)),
            ("@person", person.Person.Value), ("@session", session)));
        var admitted = 0;
        foreach (var chat in held.GroupBy(row => ChatOf(row.Key, row.Content)))
        {
            var group = ChatId.Parse(chat.Key) is { Kind: ChatKind.Group } id ? id.User : null;
            var lane = await lanes.EnsureAsync(session, person, group, chat.Key, cancellationToken);
            admitted += await EnqueueAsync(person.Person, lane, chat.Select(row => row.Id).ToList(), cancellationToken);
        }

        return admitted;
    }

    /// <summary>What waited longer than messages are answered for: the reason stays, the text goes.</summary>
    public Task<int> ExpireAsync(string session, PersonId person, DateTimeOffset olderThan, CancellationToken cancellationToken) => database.WriteAsync(
        sql => sql.Execute(
            """
            UPDATE inbound SET state = 'ignored', reason = 'too_old', content_enc = NULL
            WHERE state = 'held' AND person_id = @person AND session = @session AND order_at < @limit
            """,
            ("@person", person.Value), ("@session", session), ("@limit", olderThan.ToUnixTimeMicroseconds())),
        cancellationToken);

    /// <summary>The person is known and not allowed: reason and blind keys stay, the text goes.</summary>
    public Task<int> DenyAsync(string session, PersonId person, CancellationToken cancellationToken) => database.WriteAsync(
        sql => sql.Execute(
            "UPDATE inbound SET state = 'denied', reason = 'not_allowed', content_enc = NULL WHERE state = 'held' AND person_id = @person AND session = @session",
            ("@person", person.Value), ("@session", session)),
        cancellationToken);

    /// <summary>Not to be answered at all: the reason stays, the text goes.</summary>
    public Task<int> IgnoreAsync(string session, PersonId person, string reason, CancellationToken cancellationToken) => database.WriteAsync(
        sql => sql.Execute(
            "UPDATE inbound SET state = 'ignored', reason = @reason, content_enc = NULL WHERE state = 'held' AND person_id = @person AND session = @session",
            ("@reason", reason), ("@person", person.Value), ("@session", session)),
        cancellationToken);

    /// <summary>A person that was merged away meanwhile keeps the messages held; the next look finds the one that is left.</summary>
    private async Task<int> EnqueueAsync(PersonId person, LaneId lane, List<long> messages, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var count = await database.WriteAsync(
            sql =>
            {
                var moved = messages.Sum(id => sql.Execute(
                    """
                    UPDATE inbound SET state = 'pending', reason = NULL, lane_id = @lane WHERE inbound_id = @id AND state = 'held'
                    AND EXISTS (SELECT 1 FROM people WHERE person_id = @person AND merged_into IS NULL)
                    """,
                    ("@lane", lane.Value), ("@id", id), ("@person", person.Value)));
                PeopleDirectory.Meet(sql, person);
                scheduler.SignalWithin(sql, lane, now);
                return moved;
            },
            cancellationToken);
        scheduler.Announce(lane, now);
        return count;
    }

    private string ChatOf(DataKeyId key, byte[] content) =>
        JsonSerializer.Deserialize(keys.Decrypt(key, "inbound.content", content), StoredJson.Default.MessageContent)!.ChatId;
}
