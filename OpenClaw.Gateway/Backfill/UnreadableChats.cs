using System.Collections.Concurrent;
using OpenClaw.Core.Queue.History;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Gateway.Sessions;
using OpenClaw.ServiceDefaults.Background;

namespace OpenClaw.Gateway.Backfill;

/// <summary>
/// Chats that WAHA lists and cannot read: tried again ever less often, each from where it was known last, although the session's mark has passed it. Answered
/// from memory, and kept in the database: a restart only begins their pauses anew.
/// </summary>
internal sealed class UnreadableChats(UnreadableChatStore store, TimeProvider time, Random random)
{
    private const int Most = 2000;
    private readonly ConcurrentDictionary<(string Session, ChatId Chat), Unreadable> _chats = new();
    private readonly ConcurrentDictionary<string, bool> _loaded = new(StringComparer.Ordinal);

    /// <summary>Reads what a process before this one knew of a session, once.</summary>
    public async ValueTask LoadAsync(string session, CancellationToken cancellationToken)
    {
        if (_loaded.ContainsKey(session))
            return;
        // Longer ago than a history is read anyway, so nobody would ever know them for readable.
        await store.ForgetAsync(time.GetUtcNow() - HistoryComparison.Reach, cancellationToken);
        foreach (var kept in await store.ReadAsync(session, cancellationToken))
            _chats.TryAdd((session, kept.Chat), new Unreadable(kept.Since, KeeperRepeats.Chat.Pause(random)) { RetryAt = kept.RetryAt, IsTold = kept.IsTold });
        _loaded[session] = true;
    }

    /// <summary>Another process looks after the session: what is known here grows old.</summary>
    public void Forget(string session)
    {
        if (!_loaded.TryRemove(session, out _))
            return;
        foreach (var key in _chats.Keys.Where(key => key.Session == session))
            _chats.TryRemove(key, out _);
    }

    /// <summary>Whether it could not be read when it was tried last.</summary>
    public bool IsKnown(string session, ChatId chat) => _chats.ContainsKey((session, chat));

    /// <summary>Whether it is not to be read yet.</summary>
    public bool IsPutOff(string session, ChatId chat) => _chats.TryGetValue((session, chat), out var known) && time.GetUtcNow() < known.RetryAt;

    /// <summary>Those of a session that are to be tried now.</summary>
    public IReadOnlyList<ChatId> Due(string session)
    {
        var now = time.GetUtcNow();
        return [.. _chats.Where(entry => entry.Key.Session == session && entry.Value.RetryAt <= now).Select(entry => entry.Key.Chat)];
    }

    /// <summary>Whether it is in no recorded gap yet.</summary>
    public bool IsNews(string session, ChatId chat) => !_chats.TryGetValue((session, chat), out var known) || !known.IsTold;

    /// <summary>Those of a session are in a recorded gap.</summary>
    public Task ToldAsync(string session, CancellationToken cancellationToken)
    {
        foreach (var (key, known) in _chats)
            known.IsTold |= key.Session == session;
        return store.TellAsync(session, cancellationToken);
    }

    /// <summary>From when on it has to be read; <paramref name="since"/> unless it could not be read before.</summary>
    public DateTimeOffset SinceOf(string session, ChatId chat, DateTimeOffset since) =>
        _chats.TryGetValue((session, chat), out var known) && known.Since < since ? known.Since : since;

    /// <summary>It could not be read.</summary>
    public async Task FailedAsync(string session, ChatId chat, DateTimeOffset since, CancellationToken cancellationToken)
    {
        if (_chats.Count >= Most && !_chats.ContainsKey((session, chat)))
            return;
        var known = _chats.GetOrAdd((session, chat), _ => new Unreadable(since, KeeperRepeats.Chat.Pause(random)));
        known.RetryAt = time.GetUtcNow() + known.Pause.Next();
        await store.SaveAsync(session, new UnreadableChat(chat, known.Since, known.RetryAt, known.IsTold), cancellationToken);
    }

    /// <summary>It could be read, and what was in it is stored.</summary>
    public async ValueTask ReadableAsync(string session, ChatId chat, CancellationToken cancellationToken)
    {
        if (!_chats.ContainsKey((session, chat)))
            return;
        await store.DeleteAsync(session, chat, cancellationToken);
        _chats.TryRemove((session, chat), out _);
    }

    private sealed class Unreadable(DateTimeOffset since, GrowingPause pause)
    {
        public DateTimeOffset Since { get; } = since;

        public GrowingPause Pause { get; } = pause;

        public DateTimeOffset RetryAt { get; set; }

        public bool IsTold { get; set; }
    }
}
