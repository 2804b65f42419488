using System.Threading.Channels;

namespace OpenClaw.Gateway.Simulator.Waha;

/// <summary>What changed in a chat, for a phone that is looking at it.</summary>
internal abstract record ChatChange
{
    /// <summary>A message is new, or a known one changed.</summary>
    internal sealed record Message(SimulatedMessage Value) : ChatChange;

    /// <summary>The bot started or stopped typing.</summary>
    internal sealed record Typing(bool Value) : ChatChange;

    /// <summary>A webhook about this chat was answered, or not.</summary>
    internal sealed record Webhook(WebhookReport Value) : ChatChange;

    /// <summary>WAHA refused to send here, because the link is down.</summary>
    internal sealed record Refused(TimeSpan After) : ChatChange;

    /// <summary>The system did something about a fault.</summary>
    internal sealed record Notice(SimulatedNotice Value) : ChatChange;

    /// <summary>Other faults are on than before.</summary>
    internal sealed record Faults(IReadOnlyList<string> On) : ChatChange;
}

/// <summary>All that a phone shows when it is opened.</summary>
internal sealed record ChatSnapshot(
    IReadOnlyList<SimulatedMessage> Messages, IReadOnlyList<SimulatedNotice> Notices, bool Typing, IReadOnlyList<WebhookReport> Webhooks);

/// <summary>A phone that looks at a chat: the chat as it was, then every change in order. Ends when it cannot keep up.</summary>
internal sealed record ChatView(ChatSnapshot Snapshot, ChannelReader<ChatChange> Changes);

/// <summary>One person's chat with the bot, or the group, in memory and bounded.</summary>
internal sealed class SimulatedChat(ChatPlace place, TimeProvider time)
{
    /// <summary>Older messages are forgotten.</summary>
    public const int MostMessages = 500;

    /// <summary>Phones that may look at once; each holds a connection.</summary>
    public const int MostViews = 32;

    private const int MostNotices = 200;
    private const int MostReports = 20;
    private const int MostPendingChanges = 512;

    /// <summary>WhatsApp lets "typing" lapse when it is not repeated.</summary>
    private static readonly TimeSpan TypingLapse = TimeSpan.FromSeconds(25);

    private readonly Lock _gate = new();
    private readonly List<SimulatedMessage> _messages = [];
    private readonly Queue<SimulatedNotice> _notices = new();
    private readonly Queue<WebhookReport> _reports = new();
    private readonly List<Channel<ChatChange>> _views = [];
    private DateTimeOffset _typingUntil;
    private long _sequence;

    /// <summary>Where its holder writes when nothing else is said.</summary>
    public ChatPlace Place => place;

    /// <summary>Whose chat.</summary>
    public SimulatedPerson Person => place.Holder;

    /// <summary>The webhook of the person's latest message.</summary>
    public SimulatedWebhook? LatestReceived { get; set; }

    /// <summary>Appends a message; <paramref name="then"/> runs before anybody else can change the chat, so what it queues keeps the chat's order.</summary>
    public SimulatedMessage Append(ChatPlace at, bool fromBot, string text, MessageAck ack, SimulatedMessage? quoted, Action<SimulatedMessage> then, bool byHuman = false)
    {
        lock (_gate)
        {
            var message = new SimulatedMessage(
                ++_sequence, WahaIds.NewRawId(), at, fromBot, text, time.GetUtcNow(), ack, quoted?.RawId, quoted?.Text, ByHuman: byHuman);
            if (_messages.Count == MostMessages)
                _messages.RemoveAt(0);
            _messages.Add(message);
            if (fromBot)
                ShowTyping(false);
            Publish(new ChatChange.Message(message));
            then(message);
            return message;
        }
    }

    /// <summary>Changes the messages that <paramref name="which"/> picks; those that <paramref name="change"/> leaves equal are not shown again.</summary>
    /// <returns>The changed messages.</returns>
    public IReadOnlyList<SimulatedMessage> Update(Func<SimulatedMessage, bool> which, Func<SimulatedMessage, SimulatedMessage> change)
    {
        lock (_gate)
        {
            List<SimulatedMessage> changed = [];
            for (var i = 0; i < _messages.Count; i++)
            {
                if (!which(_messages[i]) || change(_messages[i]) is var after && after == _messages[i])
                    continue;
                _messages[i] = after;
                changed.Add(after);
                Publish(new ChatChange.Message(after));
            }

            return changed;
        }
    }

    /// <summary>The bot has read what the person wrote: all of it, or the messages named.</summary>
    /// <returns>WAHA's ids of what was unread until now.</returns>
    public IReadOnlyList<string> MarkSeen(IReadOnlyCollection<string>? messageIds)
    {
        var named = messageIds?.OfType<string>().Select(WahaIds.RawPart).ToHashSet();
        var seen = Update(
            message => !message.FromBot && (named is null || named.Contains(message.RawId)),
            message => message with { Ack = MessageAck.Read });
        return [.. seen.Select(message => message.FullId)];
    }

    /// <summary>A message by its raw id, or null when it is unknown or forgotten.</summary>
    public SimulatedMessage? Find(string rawId)
    {
        lock (_gate)
            return _messages.Find(message => message.RawId == rawId);
    }

    /// <summary>The messages kept, oldest first.</summary>
    public IReadOnlyList<SimulatedMessage> Messages()
    {
        lock (_gate)
            return [.. _messages];
    }

    /// <summary>The bot types, or stopped.</summary>
    public void SetTyping(bool typing)
    {
        lock (_gate)
            ShowTyping(typing);
    }

    /// <summary>A webhook of this chat was tried.</summary>
    public void Report(WebhookReport report)
    {
        lock (_gate)
        {
            if (_reports.Count == MostReports)
                _reports.Dequeue();
            _reports.Enqueue(report);
            Publish(new ChatChange.Webhook(report));
        }
    }

    /// <summary>Appends a line of the system's.</summary>
    public void Notice(string code, params ReadOnlySpan<(string Name, string Value)> values)
    {
        var named = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in values)
            named[name] = value;
        lock (_gate)
        {
            var notice = new SimulatedNotice(++_sequence, code, named, time.GetUtcNow());
            if (_notices.Count == MostNotices)
                _notices.Dequeue();
            _notices.Enqueue(notice);
            Publish(new ChatChange.Notice(notice));
        }
    }

    /// <summary>Tells who looks at the chat what is no part of it.</summary>
    public void Tell(ChatChange change)
    {
        lock (_gate)
            Publish(change);
    }

    /// <summary>Starts to look at the chat; null when too many do already. Every view is to be given back with <see cref="Close"/>.</summary>
    public ChatView? Open()
    {
        lock (_gate)
        {
            if (_views.Count == MostViews)
                return null;
            var changes = Channel.CreateBounded<ChatChange>(MostPendingChanges);
            _views.Add(changes);
            return new(new([.. _messages], [.. _notices], time.GetUtcNow() < _typingUntil, [.. _reports]), changes.Reader);
        }
    }

    /// <summary>Stops looking.</summary>
    public void Close(ChatView view)
    {
        lock (_gate)
            _views.RemoveAll(channel => channel.Reader == view.Changes);
    }

    private void ShowTyping(bool typing)
    {
        _typingUntil = typing ? time.GetUtcNow() + TypingLapse : default;
        Publish(new ChatChange.Typing(typing));
    }

    private void Publish(ChatChange change)
    {
        // A phone that is hundreds of changes behind is let go: it comes back and starts from a fresh snapshot.
        foreach (var view in _views)
        {
            if (!view.Writer.TryWrite(change))
                view.Writer.TryComplete();
        }
    }
}
