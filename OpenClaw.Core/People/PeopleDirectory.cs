using System.Collections.Concurrent;
using OpenClaw.Core.Security;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.People;

/// <summary>
/// One record per person over phone and hidden id. Links come from WAHA only; a cache keeps the hot path free of queries and is
/// checked by the insert itself, so a merge in another process is noticed.
/// </summary>
public sealed class PeopleDirectory(IDatabase database, KeyRing keys, TimeProvider time)
{
    private const int MaxCached = 50_000;
    private readonly ConcurrentDictionary<SenderIdentity, PersonRecord> _cache = new();
    private readonly ConcurrentDictionary<PersonId, PersonRecord> _byId = new();

    /// <summary>The blind index of a phone number (digits).</summary>
    public byte[] PhoneBlind(string phone) => keys.Blind("phone", phone);

    /// <summary>The blind index of a hidden id (digits).</summary>
    public byte[] LidBlind(string lid) => keys.Blind("lid", lid);

    /// <summary>The person, or null when nobody with these ids is known. Two records that WAHA now links are not merged here.</summary>
    public async ValueTask<PersonRecord?> FindAsync(SenderIdentity sender, CancellationToken cancellationToken)
    {
        if (_cache.TryGetValue(sender, out var cached))
            return cached;

        var found = await database.ReadAsync(sql => Load(sql, sender), cancellationToken);
        return found.Count == 1 && CoversAll(found[0], sender) ? Remember(sender, found[0]) : found.FirstOrDefault(person => person.HasPhone) ?? found.FirstOrDefault();
    }

    /// <summary>The person of a row.</summary>
    /// <exception cref="InvalidOperationException">There is no such row.</exception>
    public PersonRecord Get(PersonId person) => _byId.TryGetValue(person, out var cached) ? cached : Remember(database.Read(sql => Load(sql, person)));

    /// <summary>Like <see cref="Get"/>.</summary>
    /// <exception cref="InvalidOperationException">There is no such row.</exception>
    public async ValueTask<PersonRecord> GetAsync(PersonId person, CancellationToken cancellationToken) =>
        _byId.TryGetValue(person, out var cached) ? cached : Remember(await database.ReadAsync(sql => Load(sql, person), cancellationToken));

    /// <summary>The person with exactly these ids linked: found, completed, merged or created. Commits.</summary>
    public async Task<PersonRecord> EnsureAsync(SenderIdentity sender, string locale, string timeZone, CancellationToken cancellationToken)
    {
        if (_cache.TryGetValue(sender, out var cached))
            return cached;
        if (await FindAsync(sender, cancellationToken) is { } known && CoversAll(known, sender))
            return known;

        // The key is committed before any row names it.
        var owner = KeyOwner(sender);
        var key = await keys.EnsureAsync(owner, cancellationToken);
        var phone = sender.Phone is { } digits ? keys.Encrypt(key, "person_ids.value", digits) : null;
        var lid = sender.Lid is { } hidden ? keys.Encrypt(key, "person_ids.value", hidden) : null;
        var now = time.NowMicroseconds();
        var person = await LinkAsync(mayMerge: false) ?? (await LinkAsync(mayMerge: true))!;
        Forget();
        return Remember(sender, person);

        Task<PersonRecord?> LinkAsync(bool mayMerge) => database.WriteInOrderAsync(
            BitConverter.ToInt64(owner),
            sql =>
            {
                // A merge moves the messages that it sees: those that are just being stored are waited for before it looks. Later ones find out
                // by Meet that their person is another one now.
                if (mayMerge)
                    sql.Meet("LOCK TABLE inbound IN SHARE ROW EXCLUSIVE MODE");
                var records = Load(sql, sender);
                if (records.Count > 1 && !mayMerge)
                    return null;
                var target = records.FirstOrDefault(record => Owns(record, sender.Phone)) ?? records.FirstOrDefault(record => record.HasPhone) ?? records.FirstOrDefault();
                var id = target?.Person ?? Create(sql, key, locale, timeZone, now);
                foreach (var other in records.Where(record => record.Person != id))
                    Join(sql, other, id, sender);
                // A hidden id says nothing about the country; the number does.
                if (target is { HasPhone: false } && sender.Phone is not null)
                    sql.Post("UPDATE people SET locale = @locale, time_zone = @zone WHERE person_id = @person", ("@locale", locale), ("@zone", timeZone), ("@person", id.Value));
                Link(sql, id, "phone", sender.Phone is null ? null : PhoneBlind(sender.Phone), key, phone);
                Link(sql, id, "lid", sender.Lid is null ? null : LidBlind(sender.Lid), key, lid);
                return (PersonRecord?)Load(sql, sender).Single();
            },
            cancellationToken);
    }

    /// <summary>
    /// After storing a person's message, which depends on the person not being merged away: it and a merge must not overlook each other.
    /// </summary>
    internal static void Meet(ISqlSession sql, PersonId person) =>
        sql.Meet("SELECT 1 FROM people WHERE person_id = @person FOR NO KEY UPDATE", ("@person", person.Value));

    /// <summary>What names a person's direct lane in a session.</summary>
    public byte[] LaneOwner(string session, PersonId person) => keys.Blind("lane-person", person.ToString(), session);

    /// <summary>What names the key of a person whose record is made for these ids.</summary>
    internal byte[] KeyOwner(SenderIdentity sender) => sender.Phone is { } number ? PhoneBlind(number) : LidBlind(sender.Lid!);

    /// <summary>Forgets what is cached; the next look-up reads the tables.</summary>
    public void Forget()
    {
        _cache.Clear();
        _byId.Clear();
    }

    private PersonRecord Remember(SenderIdentity sender, PersonRecord person)
    {
        // A hidden id may be linked by another process at any time; what is linked stays so.
        if (!person.HasPhone)
            return person;
        if (_cache.Count >= MaxCached)
            _cache.Clear();
        return _cache[sender] = person;
    }

    private PersonRecord Remember(PersonRecord person)
    {
        if (_byId.Count >= MaxCached)
            _byId.Clear();
        return _byId[person.Person] = person;
    }

    private bool Owns(PersonRecord record, string? phone) => phone is not null && record.Blinds.Contains(Convert.ToHexString(PhoneBlind(phone)));

    /// <summary>
    /// A record that only had a hidden id becomes part of the other. Two that have a number each stay two people, and only the hidden id
    /// moves: joined, one would have the rights of the other.
    /// </summary>
    private void Join(ISqlSession sql, PersonRecord other, PersonId into, SenderIdentity sender)
    {
        if (!other.HasPhone)
            Merge(sql, other.Person, into);
        else if (sender.Lid is not null)
            sql.Post("UPDATE person_ids SET person_id = @into WHERE blind = @lid", ("@into", into.Value), ("@lid", LidBlind(sender.Lid)));
    }

    private bool CoversAll(PersonRecord person, SenderIdentity sender) =>
        (sender.Phone is null || person.Blinds.Contains(Convert.ToHexString(PhoneBlind(sender.Phone))))
        && (sender.Lid is null || person.Blinds.Contains(Convert.ToHexString(LidBlind(sender.Lid))));

    private List<PersonRecord> Load(ISqlSession sql, SenderIdentity sender)
    {
        var rows = sql.Query(
            """
            SELECT DISTINCT p.person_id, p.key_id, p.locale, p.time_zone FROM person_ids i JOIN people p ON p.person_id = i.person_id
            WHERE i.blind IN (@phone, @lid) ORDER BY p.person_id
            """,
            ReadPerson,
            ("@phone", sender.Phone is null ? [] : PhoneBlind(sender.Phone)), ("@lid", sender.Lid is null ? [] : LidBlind(sender.Lid)));
        return rows.ConvertAll(row => WithIds(sql, row));
    }

    private static PersonRecord Load(ISqlSession sql, PersonId person) => sql.Query(
        "SELECT person_id, key_id, locale, time_zone FROM people WHERE person_id = @person", ReadPerson, ("@person", person.Value)).ConvertAll(row => WithIds(sql, row)).Single();

    private static PersonRecord ReadPerson(System.Data.Common.DbDataReader row) => new(
        new PersonId(row.GetInt64(0)), new DataKeyId(row.GetInt64(1)), row.GetString(2), row.GetString(3), HasPhone: false, new HashSet<string>(StringComparer.Ordinal));

    private static PersonRecord WithIds(ISqlSession sql, PersonRecord person)
    {
        var ids = sql.Query(
            "SELECT blind, kind FROM person_ids WHERE person_id = @person",
            row => (Blind: Convert.ToHexString(row.GetFieldValue<byte[]>(0)), Kind: row.GetString(1)),
            ("@person", person.Person.Value));
        return person with { HasPhone = ids.Exists(id => id.Kind == "phone"), Blinds = ids.Select(id => id.Blind).ToHashSet(StringComparer.Ordinal) };
    }

    private static PersonId Create(ISqlSession sql, DataKeyId key, string locale, string timeZone, long now) => new(sql.QueryFirst(
        "INSERT INTO people (key_id, locale, time_zone, created_at) VALUES (@key, @locale, @zone, @now) RETURNING person_id",
        row => row.GetInt64(0),
        ("@key", key.Value), ("@locale", locale), ("@zone", timeZone), ("@now", now)));

    private static void Link(ISqlSession sql, PersonId person, string kind, byte[]? blind, DataKeyId key, byte[]? value)
    {
        if (blind is null)
            return;
        sql.Post(
            "INSERT INTO person_ids (blind, person_id, kind, key_id, value_enc) VALUES (@blind, @person, @kind, @key, @value) ON CONFLICT DO NOTHING",
            ("@blind", blind), ("@person", person.Value), ("@kind", kind), ("@key", key.Value), ("@value", value));
    }

    /// <summary>
    /// One record from now on: ids, messages and lanes move, the old rows keep the key they were written with. Both fences rise, so
    /// a worker that is busy with either lane stops before it writes.
    /// </summary>
    private void Merge(ISqlSession sql, PersonId from, PersonId into)
    {
        sql.Post("UPDATE lanes SET fence = fence + 1 WHERE person_id IN (@from, @into)", ("@from", from.Value), ("@into", into.Value));
        foreach (var (lane, session) in sql.Query(
            "SELECT lane_id, session FROM lanes WHERE person_id = @from", row => (row.GetInt64(0), row.GetString(1)), ("@from", from.Value)))
        {
            var target = sql.QueryFirst(
                "SELECT lane_id FROM lanes WHERE person_id = @into AND session = @session", row => row.GetInt64(0), ("@into", into.Value), ("@session", session));
            if (target == 0)
            {
                sql.Post(
                    "UPDATE lanes SET person_id = @into, owner = @owner WHERE lane_id = @lane",
                    ("@into", into.Value), ("@owner", LaneOwner(session, into)), ("@lane", lane));
                continue;
            }

            sql.Post("UPDATE inbound SET lane_id = @target WHERE lane_id = @lane", ("@target", target), ("@lane", lane));
            sql.Post("UPDATE turns SET lane_id = @target WHERE lane_id = @lane", ("@target", target), ("@lane", lane));
            sql.Post("UPDATE outbox SET lane_id = @target WHERE lane_id = @lane", ("@target", target), ("@lane", lane));
            sql.Post("UPDATE conversation SET lane_id = @target WHERE lane_id = @lane", ("@target", target), ("@lane", lane));
            sql.Post("UPDATE own_undecided SET lane_id = @target WHERE lane_id = @lane", ("@target", target), ("@lane", lane));
            sql.Post(
                """
                UPDATE scheduled_jobs SET lane_id = @target, number = number + (SELECT COALESCE(MAX(other.number), 0) FROM scheduled_jobs AS other WHERE other.lane_id = @target)
                WHERE lane_id = @lane
                """,
                ("@target", target), ("@lane", lane));
            // The quieter of the two: a human who answers under one id answers under the other as well.
            sql.Post(
                "UPDATE lanes SET paused_until = old.paused_until FROM lanes AS old WHERE lanes.lane_id = @target AND old.lane_id = @lane AND old.paused_until > lanes.paused_until",
                ("@target", target), ("@lane", lane));
            sql.Post(
                """
                UPDATE lanes SET human_at = old.human_at FROM lanes AS old
                WHERE lanes.lane_id = @target AND old.lane_id = @lane AND old.human_at > lanes.human_at AND old.human_at > lanes.resumed_at
                """,
                ("@target", target), ("@lane", lane));
        }

        sql.Post("UPDATE person_ids SET person_id = @into WHERE person_id = @from", ("@into", into.Value), ("@from", from.Value));
        sql.Post("UPDATE inbound SET person_id = @into WHERE person_id = @from", ("@into", into.Value), ("@from", from.Value));
        sql.Post("UPDATE turns SET person_id = @into WHERE person_id = @from", ("@into", into.Value), ("@from", from.Value));
        sql.Post("UPDATE conversation SET person_id = @into WHERE person_id = @from", ("@into", into.Value), ("@from", from.Value));
        // Two people of a group may both have a reminder 1.
        sql.Post(
            """
            UPDATE scheduled_jobs SET person_id = @into, number = number + (SELECT COALESCE(MAX(other.number), 0) FROM scheduled_jobs AS other WHERE other.person_id = @into)
            WHERE person_id = @from
            """,
            ("@into", into.Value), ("@from", from.Value));
        sql.Post("UPDATE skill_audit SET person_id = @into WHERE person_id = @from", ("@into", into.Value), ("@from", from.Value));
        sql.Post("UPDATE people SET merged_into = @into WHERE person_id = @from", ("@into", into.Value), ("@from", from.Value));
    }
}
