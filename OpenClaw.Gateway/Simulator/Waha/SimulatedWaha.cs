using Microsoft.Extensions.Options;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Gateway.Simulator.Waha;

/// <summary>
/// WAHA and WhatsApp together, in memory: two people's phones and a group on one side, the bot's account on the other. What happens here
/// leaves as webhooks and is seen by the page.
/// </summary>
internal sealed class SimulatedWaha
{
    private readonly Dictionary<string, SimulatedChat> _chats;
    private readonly WebhookQueue _queue;
    private readonly WebhookBodies _bodies;
    private readonly TimeProvider _time;
    private (string Status, DateTimeOffset Since) _session;

    public SimulatedWaha(IOptions<WahaOptions> options, WebhookQueue queue, SimulatedLink link, TimeProvider time)
    {
        Account = new(options.Value.Sessions.FirstOrDefault() ?? "default");
        _bodies = new(Account, time);
        Link = link;
        _chats = People.Select(ChatPlace.Phone).Append(ChatPlace.Group).ToDictionary(place => place.Key, place => new SimulatedChat(place, time));
        _queue = queue;
        _time = time;
        _session = ("STARTING", time.GetUtcNow());
    }

    /// <summary>The people who can write to the bot here. They need to be allowed in whatever the access settings say.</summary>
    public IReadOnlyList<SimulatedPerson> People { get; } = SimulatedPerson.All;

    /// <summary>The bot's account.</summary>
    public SimulatedAccount Account { get; }

    /// <summary>The session's link to WhatsApp.</summary>
    public SimulatedLink Link { get; }

    /// <summary>Every chat.</summary>
    public IReadOnlyCollection<SimulatedChat> Chats => _chats.Values;

    /// <summary>A chat by its short name, in any letter case; null when there is none.</summary>
    public SimulatedChat? ChatOf(string? key) =>
        key is null ? null : _chats.GetValueOrDefault(key.ToLowerInvariant());

    /// <summary>A chat by any of WhatsApp's ids for it; null when there is none.</summary>
    public SimulatedChat? ChatById(string? chatId) => ChatOf(ChatPlace.FromChatId(chatId)?.Key);

    /// <summary>Tells the other side what the session's link is like now.</summary>
    public void AnnounceSession()
    {
        var status = Link.Status;
        _queue.Add(_bodies.SessionStatus(_session, status));
        _session = (status, _time.GetUtcNow());
    }

    /// <summary>A person writes to the bot.</summary>
    /// <param name="chat">The chat on the phone.</param>
    /// <param name="text">What.</param>
    /// <param name="place">As whom WAHA names the person; null = the chat's usual place.</param>
    public SimulatedMessage Receive(SimulatedChat chat, string text, ChatPlace? place = null) =>
        chat.Append(place ?? chat.Place, fromBot: false, text, MessageAck.Server, quoted: null, message =>
        {
            var (webhook, any) = _bodies.Received(message);
            chat.LatestReceived = webhook;
            _queue.Add(webhook);
            _queue.Add(any);
        });

    /// <summary>The latest message as a second event; null when nobody has written.</summary>
    public SimulatedWebhook? LatestAgain(SimulatedChat chat) =>
        chat.LatestReceived?.RawId is { } rawId && chat.Find(rawId) is { } message ? _bodies.ReceivedAgain(message) : null;

    /// <summary>The bot writes to a chat, whose phone gets and shows it at once.</summary>
    public SimulatedMessage Send(ChatPlace place, string text, string? replyTo)
    {
        var chat = _chats[place.Key];
        var quoted = replyTo is null ? null : chat.Find(WahaIds.RawPart(replyTo));
        return chat.Append(place, fromBot: true, text, MessageAck.Read, quoted, message =>
        {
            _queue.Add(_bodies.Echo(message));
            _queue.Add(_bodies.Acknowledged(message, MessageAck.Server));
            _queue.Add(_bodies.Acknowledged(message, MessageAck.Device));
            _queue.Add(_bodies.Acknowledged(message, MessageAck.Read));
        });
    }

    /// <summary>Somebody types on the phone of the bot's own account: no API sent it, WAHA only tells of it.</summary>
    public SimulatedMessage WriteByHand(SimulatedChat chat, string text) =>
        chat.Append(chat.Place, fromBot: true, text, MessageAck.Read, quoted: null, message => _queue.Add(_bodies.Echo(message)), byHuman: true);

    /// <summary>The bot reacts to a message; an empty emoji takes it away.</summary>
    /// <returns>The message reacted to, the reaction's raw id and time.</returns>
    public (string RawId, DateTimeOffset At) React(SimulatedChat chat, SimulatedMessage target, string emoji)
    {
        var (rawId, at) = (WahaIds.NewRawId(), _time.GetUtcNow());
        chat.Update(message => message.RawId == target.RawId, message => message with { Reaction = emoji.Length == 0 ? null : emoji });
        _queue.Add(_bodies.Reacted(target, rawId, emoji, at));
        return (rawId, at);
    }

    /// <summary>A webhook was tried: the page shows it, and the person's message gets its second tick, or a sign that it never arrived.</summary>
    public void Report(SimulatedWebhook webhook, WebhookReport report)
    {
        if (webhook.ChatKey is not { } key)
        {
            foreach (var each in _chats.Values)
                each.Report(report);
            return;
        }

        var chat = _chats[key];
        chat.Report(report);
        if (report.Delivered || report.GaveUp)
        {
            var ack = report.Delivered ? MessageAck.Device : MessageAck.Error;
            chat.Update(
                message => !message.FromBot && message.RawId == webhook.RawId && message.Ack is MessageAck.Server or MessageAck.Error,
                message => message with { Ack = ack });
        }
    }
}
