using System.Globalization;

namespace OpenClaw.Benchmarks.Load.Fakes;

/// <param name="ChatId">For example <c>15550000001@c.us</c>.</param>
/// <param name="RawId">WhatsApp's id.</param>
/// <param name="FromMe">Whether the bot's account wrote it: a delivered bubble.</param>
/// <param name="Text">Body.</param>
/// <param name="UnixSeconds">WhatsApp's time.</param>
/// <param name="Ticks">Stopwatch ticks at which it was recorded.</param>
internal sealed record LoggedMessage(string ChatId, string RawId, bool FromMe, string Text, long UnixSeconds, long Ticks);

/// <summary>Everything the phone has seen, in order. Lives in the runner, so it survives the Gateway's death.</summary>
internal sealed class PhoneLog
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<LoggedMessage>> _chats = [];
    private readonly List<LoggedMessage> _bubbles = [];
    private long _lastId;

    /// <summary>How many bubbles were delivered.</summary>
    public int BubbleCount
    {
        get
        {
            lock (_lock)
            {
                return _bubbles.Count;
            }
        }
    }

    /// <summary>An id for a bubble that has none yet: 22 hexadecimal digits.</summary>
    public string NextRawId() => "3EB0A" + Interlocked.Increment(ref _lastId).ToString("D17", CultureInfo.InvariantCulture);

    /// <summary>Appends a message to its chat and, when it is the bot's, to the delivered bubbles.</summary>
    public void Add(LoggedMessage message)
    {
        lock (_lock)
        {
            if (!_chats.TryGetValue(message.ChatId, out var chat))
            {
                _chats.Add(message.ChatId, chat = []);
            }

            chat.Add(message);
            if (message.FromMe)
            {
                _bubbles.Add(message);
            }
        }
    }

    /// <summary>The delivered bubbles from the given one on, in order of delivery.</summary>
    public LoggedMessage[] Bubbles(int from = 0)
    {
        lock (_lock)
        {
            return [.. _bubbles.Skip(from)];
        }
    }

    /// <summary>Every chat with the time of its newest message (Unix seconds), newest first.</summary>
    public (string ChatId, long LastSeconds)[] Chats()
    {
        lock (_lock)
        {
            return [.. _chats.Select(chat => (chat.Key, chat.Value[^1].UnixSeconds)).OrderByDescending(chat => chat.UnixSeconds)];
        }
    }

    /// <summary>The messages of one chat, oldest first.</summary>
    public LoggedMessage[] Chat(string chatId)
    {
        lock (_lock)
        {
            return _chats.TryGetValue(chatId, out var chat) ? [.. chat] : [];
        }
    }
}
