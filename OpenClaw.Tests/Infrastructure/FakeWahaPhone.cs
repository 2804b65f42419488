using System.Globalization;

namespace OpenClaw.Tests.Infrastructure;

/// <summary>A message on the fake phone, sent or received.</summary>
internal sealed record FakeWahaMessage(
    string Session, string ChatId, string RawId, bool FromMe, string Text, DateTimeOffset At, string Source, string? Participant, string? ReplyTo)
{
    /// <summary>Of a chat with a hidden id: the number that WAHA tells beside it.</summary>
    public string? Alias { get; init; }
}

/// <summary>A text that the product got onto the phone.</summary>
internal sealed record FakeWahaBubble(string Session, string ChatId, string Text, string RawId, string? ReplyTo, DateTimeOffset At);

/// <summary>
/// What the phone itself knows: messages and the numbers behind hidden ids. It outlives the WAHA in front of it, as the real one does:
/// hand the same phone to a second server and its chats are still there.
/// </summary>
internal sealed class FakeWahaPhone(TimeProvider? timeProvider = null)
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _timeProvider = timeProvider ?? TimeProvider.System;
    private readonly List<FakeWahaMessage> _messages = [];
    private readonly List<FakeWahaBubble> _delivered = [];
    private readonly Dictionary<string, string> _phoneByLid = new(StringComparer.Ordinal);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _ids;

    /// <summary>Every bubble in the order it reached the phone.</summary>
    public IReadOnlyList<FakeWahaBubble> Delivered
    {
        get
        {
            lock (_lock)
                return [.. _delivered];
        }
    }

    public int DeliveredCount
    {
        get
        {
            lock (_lock)
                return _delivered.Count;
        }
    }

    /// <summary>Puts a message on the phone that did not come through WAHA's API: a contact's, or one typed on the phone.</summary>
    public FakeWahaMessage Add(
        string session, string chatId, string text, bool fromMe = false, string? rawId = null, DateTimeOffset? at = null, string? participant = null, string? alias = null)
    {
        var message = new FakeWahaMessage(session, chatId, rawId ?? NewRawId(), fromMe, text, at ?? _timeProvider.GetUtcNow(), "app", participant, null) { Alias = alias };
        lock (_lock)
            _messages.Add(message);
        return message;
    }

    /// <summary>The phone's clock.</summary>
    public DateTimeOffset Now => _timeProvider.GetUtcNow();

    public FakeWahaBubble Deliver(string session, string chatId, string text, string? replyTo, string? rawId = null)
    {
        var bubble = new FakeWahaBubble(session, chatId, text, rawId ?? NewRawId(), replyTo, _timeProvider.GetUtcNow());
        TaskCompletionSource changed;
        lock (_lock)
        {
            _delivered.Add(bubble);
            _messages.Add(new FakeWahaMessage(session, chatId, bubble.RawId, FromMe: true, text, bubble.At, "api", null, replyTo));
            (changed, _changed) = (_changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        }

        changed.SetResult();
        return bubble;
    }

    /// <summary>The messages of a chat, newest first, as WAHA lists them.</summary>
    public IReadOnlyList<FakeWahaMessage> Chat(string session, string chatId)
    {
        lock (_lock)
            return [.. _messages.Where(message => message.Session == session && message.ChatId == chatId).Reverse()];
    }

    /// <summary>The chats of a session with the time of their newest message, newest first, as WAHA lists them.</summary>
    public IReadOnlyList<(string ChatId, DateTimeOffset LastAt)> Chats(string session)
    {
        lock (_lock)
        {
            return [.. _messages.Where(message => message.Session == session).GroupBy(message => message.ChatId, StringComparer.Ordinal)
                .Select(chat => (chat.Key, chat.Max(message => message.At))).OrderByDescending(chat => chat.Item2)];
        }
    }

    /// <summary>Tells WAHA which number is behind a hidden id.</summary>
    public void Link(string lid, string phoneChatId)
    {
        lock (_lock)
            _phoneByLid[lid] = phoneChatId;
    }

    public string? PhoneOf(string lid)
    {
        lock (_lock)
            return _phoneByLid.GetValueOrDefault(lid);
    }

    public string? LidOf(string phoneChatId)
    {
        lock (_lock)
            return _phoneByLid.FirstOrDefault(pair => pair.Value == phoneChatId).Key;
    }

    /// <summary>Waits until <paramref name="enough"/> says yes to what was delivered; looks again after every delivery.</summary>
    public async Task<IReadOnlyList<FakeWahaBubble>> WaitForBubblesAsync(
        Func<IReadOnlyList<FakeWahaBubble>, bool> enough, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            List<FakeWahaBubble> delivered;
            lock (_lock)
            {
                changed = _changed.Task;
                delivered = [.. _delivered];
            }

            if (enough(delivered))
                return delivered;
            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Waits until at least <paramref name="count"/> bubbles were delivered.</summary>
    public async Task<IReadOnlyList<FakeWahaBubble>> WaitForBubblesAsync(int count, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_delivered.Count >= count)
                    return [.. _delivered];
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellationToken);
        }
    }

    /// <summary>An id that no message has yet.</summary>
    public string NewRawId() => string.Create(CultureInfo.InvariantCulture, $"3EB0FA4E{Interlocked.Increment(ref _ids):X14}");
}
