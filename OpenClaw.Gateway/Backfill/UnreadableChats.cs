using System.Collections.Concurrent;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Gateway.Sessions;
using OpenClaw.ServiceDefaults.Background;

namespace OpenClaw.Gateway.Backfill;

/// <summary>
/// Chats that WAHA lists and cannot read: tried again ever less often, each from where it was known last, although the session's mark has passed it. In
/// memory: after a restart the recorded gap is all that is left of them.
/// </summary>
internal sealed class UnreadableChats(TimeProvider time, Random random)
{
    private const int Most = 2000;
    private readonly ConcurrentDictionary<(string Session, ChatId Chat), Unreadable> _chats = new();

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
    public void Told(string session)
    {
        foreach (var (key, known) in _chats)
            known.IsTold |= key.Session == session;
    }

    /// <summary>From when on it has to be read; <paramref name="since"/> unless it could not be read before.</summary>
    public DateTimeOffset SinceOf(string session, ChatId chat, DateTimeOffset since) =>
        _chats.TryGetValue((session, chat), out var known) && known.Since < since ? known.Since : since;

    /// <summary>It could not be read.</summary>
    public void Failed(string session, ChatId chat, DateTimeOffset since)
    {
        if (_chats.Count >= Most && !_chats.ContainsKey((session, chat)))
            return;
        var known = _chats.GetOrAdd((session, chat), _ => new Unreadable(since, KeeperRepeats.Chat.Pause(random)));
        known.RetryAt = time.GetUtcNow() + known.Pause.Next();
    }

    /// <summary>It could be read.</summary>
    public void Readable(string session, ChatId chat) => _chats.TryRemove((session, chat), out _);

    private sealed class Unreadable(DateTimeOffset since, GrowingPause pause)
    {
        public DateTimeOffset Since { get; } = since;

        public GrowingPause Pause { get; } = pause;

        public DateTimeOffset RetryAt { get; set; }

        public bool IsTold { get; set; }
    }
}
