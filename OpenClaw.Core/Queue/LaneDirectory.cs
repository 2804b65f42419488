using System.Collections.Concurrent;
using OpenClaw.Core.People;
using OpenClaw.Core.Security;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue;

/// <summary>Finds or makes the lane of a chat: (session, person) for direct chats, the group for groups.</summary>
public sealed class LaneDirectory(IDatabase database, KeyRing keys, ChatKeys chatKeys, PeopleDirectory people, TimeProvider time)
{
    private const int MaxCached = 50_000;
    private readonly ConcurrentDictionary<(string Session, long Person, string? Group), LaneId> _cache = new();

    /// <summary>The lane; made and committed when it is new.</summary>
    public ValueTask<LaneId> EnsureAsync(string session, PersonRecord person, string? groupId, string chatId, CancellationToken cancellationToken)
    {
        var cacheKey = (session, groupId is null ? person.Person.Value : 0, groupId);
        return _cache.TryGetValue(cacheKey, out var lane)
            ? ValueTask.FromResult(lane)
            : new ValueTask<LaneId>(CreateAsync(cacheKey, person, chatId, cancellationToken));
    }

    /// <summary>The lane of a group, whoever writes in it.</summary>
    public ValueTask<LaneId> EnsureGroupAsync(string session, string groupId, string chatId, CancellationToken cancellationToken)
    {
        var cacheKey = (session, 0L, groupId);
        return _cache.TryGetValue(cacheKey, out var lane) ? ValueTask.FromResult(lane) : new ValueTask<LaneId>(CreateAsync(cacheKey, null, chatId, cancellationToken));
    }

    /// <summary>The lane of a person's chat or, without a person, of a group; null when there is none.</summary>
    public async ValueTask<LaneId?> FindAsync(string session, PersonRecord? person, string? groupId, CancellationToken cancellationToken)
    {
        if (_cache.TryGetValue((session, groupId is null ? person!.Person.Value : 0, groupId), out var known))
            return known;
        var owner = OwnerOf(session, person, groupId);
        var found = await database.ReadAsync(sql => sql.QueryFirst("SELECT lane_id FROM lanes WHERE owner = @owner", row => row.GetInt64(0), ("@owner", owner)), cancellationToken);
        return found == 0 ? null : new LaneId(found);
    }

    /// <summary>Forgets what is cached of lanes and people (after a merge in another process).</summary>
    public void Forget()
    {
        _cache.Clear();
        people.Forget();
    }

    /// <summary>What names a group's lane in a session.</summary>
    internal static byte[] GroupOwner(KeyRing keys, string session, string group) => keys.Blind("lane-group", group, session);

    /// <summary>
    /// For writes that depend on the lane's fence without changing its row: they and whoever raises the fence must not overlook each other.
    /// </summary>
    internal static void Meet(ISqlSession sql, LaneId lane) =>
        sql.Meet("UPDATE lanes SET fence = fence WHERE lane_id = @lane", ("@lane", lane.Value));

    private async Task<LaneId> CreateAsync((string Session, long Person, string? Group) cacheKey, PersonRecord? person, string chatId, CancellationToken cancellationToken)
    {
        var (session, _, group) = cacheKey;
        var owner = OwnerOf(session, person, group);
        var key = group is null ? person!.Key : await chatKeys.EnsureGroupAsync(group, cancellationToken);
        var chat = keys.Encrypt(key, "lanes.chat", chatId);
        var now = time.NowMicroseconds();
        var lane = await database.WriteAsync(
            sql =>
            {
                sql.Post(
                    """
                    INSERT INTO lanes (owner, session, is_group, person_id, key_id, chat_enc, created_at)
                    VALUES (@owner, @session, @group, @person, @key, @chat, @now) ON CONFLICT DO NOTHING
                    """,
                    ("@owner", owner), ("@session", session), ("@group", group is null ? 0 : 1),
                    ("@person", group is null ? person!.Person.Value : null), ("@key", key.Value), ("@chat", chat), ("@now", now));
                return new LaneId(sql.QueryFirst("SELECT lane_id FROM lanes WHERE owner = @owner", row => row.GetInt64(0), ("@owner", owner)));
            },
            cancellationToken);
        if (_cache.Count >= MaxCached)
            _cache.Clear();
        return _cache[cacheKey] = lane;
    }

    private byte[] OwnerOf(string session, PersonRecord? person, string? group) =>
        group is null ? people.LaneOwner(session, person!.Person) : GroupOwner(keys, session, group);
}
