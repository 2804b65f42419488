using System.Collections.Concurrent;
using OpenClaw.Core.Queue;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Gateway.Webhooks;

namespace OpenClaw.Gateway.Backfill;

/// <summary>
/// What came through the door of this process lately, in memory: the newest message of each chat, and the ones of which the database keeps no key of
/// their own because repeats of a reason are counted on one row. It says what need not be looked at; forgetting it costs a read.
/// </summary>
internal sealed class HeardMessages(TimeProvider time)
{
    private const int MostJudged = 20_000;
    private const int MostChats = 50_000;

    private readonly ConcurrentDictionary<(string Session, ChatId Chat), DateTimeOffset> _newest = new();
    private readonly ConcurrentDictionary<(string Session, string RawId), DateTimeOffset> _judged = new();
    private readonly ConcurrentDictionary<string, DateTimeOffset> _last = new(StringComparer.Ordinal);

    /// <summary>WAHA told a message, and what became of it is committed.</summary>
    public void Note(string session, MessagePayload message)
    {
        var now = time.GetUtcNow();
        _last[session] = now;
        var sentAt = message.SentAt ?? now;
        if (message.Chat is { } chat)
            Note(session, chat, sentAt);
        if (message is { Chat.IsPerson: true, AuthorAlt: { } alias })
            Note(session, alias, sentAt);
    }

    /// <summary>The door decided about a message, told or read back.</summary>
    public void Judged(string session, MessagePayload message, IntakeOutcome outcome)
    {
        if (outcome is IntakeOutcome.Ignored or IntakeOutcome.Denied or IntakeOutcome.Limited && _judged.Count < MostJudged)
            _judged[(session, message.Key.RawId)] = message.SentAt ?? time.GetUtcNow();
    }

    /// <summary>Everything in this chat up to that time is known.</summary>
    public void Note(string session, ChatId chat, DateTimeOffset sentAt)
    {
        if (_newest.Count < MostChats || _newest.ContainsKey((session, chat)))
            _newest.AddOrUpdate((session, chat), static (_, at) => at, static (_, known, at) => at > known ? at : known, sentAt);
    }

    /// <summary>When the newest message of a chat that came was written; null when none came lately.</summary>
    public DateTimeOffset? NewestOf(string session, ChatId chat) => _newest.TryGetValue((session, chat), out var at) ? at : null;

    /// <summary>When the last message of a session came, however old it was.</summary>
    public DateTimeOffset? LastOf(string session) => _last.TryGetValue(session, out var at) ? at : null;

    /// <summary>Whether the door decided about this message, and would count it as another one now.</summary>
    public bool WasJudged(string session, string rawId) => _judged.ContainsKey((session, rawId));

    /// <summary>What is older is behind the session's mark, and nobody asks for it again.</summary>
    public void Forget(string session, DateTimeOffset before)
    {
        foreach (var (chat, at) in _newest)
        {
            if (chat.Session == session && at < before)
                _newest.TryRemove(new(chat, at));
        }

        foreach (var (message, at) in _judged)
        {
            if (message.Session == session && at < before)
                _judged.TryRemove(new(message, at));
        }
    }
}
