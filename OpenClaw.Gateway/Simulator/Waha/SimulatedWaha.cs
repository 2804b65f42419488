using Microsoft.Extensions.Options;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Gateway.Simulator.Waha;

/// <summary>
/// WAHA and WhatsApp together, in memory: two people's phones on one side, the bot's account on the other. What happens here
/// leaves as webhooks and is seen by the page.
/// </summary>
internal sealed class SimulatedWaha
{
    private readonly Dictionary<string, SimulatedChat> _chats;
    private readonly WebhookQueue _queue;
    private readonly WebhookBodies _bodies;
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _startedAt;

    public SimulatedWaha(IOptions<WahaOptions> options, WebhookQueue queue, TimeProvider time)
    {
        Account = new(options.Value.Sessions.FirstOrDefault() ?? "default");
        _bodies = new(Account, time);
        _chats = People.ToDictionary(person => person.Key, person => new SimulatedChat(person, time));
        _queue = queue;
        _time = time;
        _startedAt = time.GetUtcNow();
    }

    /// <summary>The people who can write to the bot here. They need to be allowed in whatever the access settings say.</summary>
    public IReadOnlyList<SimulatedPerson> People { get; } = SimulatedPerson.All;

    /// <summary>The bot's account.</summary>
    public SimulatedAccount Account { get; }

    /// <summary>A person's chat by the short name of the person, in any letter case; null when there is none.</summary>
    public SimulatedChat? ChatOf(string? personKey) =>
        personKey is null ? null : _chats.GetValueOrDefault(personKey.ToLowerInvariant());

    /// <summary>A chat by any of WhatsApp's ids of its person; null when there is none.</summary>
    public SimulatedChat? ChatById(string? chatId) => ChatOf(SimulatedPerson.FromChatId(chatId)?.Key);

    /// <summary>Tells the other side that the session is up.</summary>
    public void AnnounceSession() => _queue.Add(_bodies.SessionWorking(_startedAt));

    /// <summary>A person writes to the bot.</summary>
    public SimulatedMessage Receive(SimulatedChat chat, string text) =>
        chat.Append(fromBot: false, text, MessageAck.Server, quoted: null, message =>
        {
            var (webhook, any) = _bodies.Received(chat.Person, message);
            chat.LatestReceived = webhook;
            _queue.Add(webhook);
            _queue.Add(any);
        });

    /// <summary>The bot writes to a person, whose phone gets and shows it at once.</summary>
    public SimulatedMessage Send(SimulatedChat chat, string text, string? replyTo)
    {
        var quoted = replyTo is null ? null : chat.Find(WahaIds.RawPart(replyTo));
        return chat.Append(fromBot: true, text, MessageAck.Read, quoted, message =>
        {
            _queue.Add(_bodies.Echo(chat.Person, message));
            _queue.Add(_bodies.Acknowledged(chat.Person, message, MessageAck.Server));
            _queue.Add(_bodies.Acknowledged(chat.Person, message, MessageAck.Device));
            _queue.Add(_bodies.Acknowledged(chat.Person, message, MessageAck.Read));
        });
    }

    /// <summary>The bot reacts to a message; an empty emoji takes it away.</summary>
    /// <returns>The message reacted to, the reaction's raw id and time.</returns>
    public (string RawId, DateTimeOffset At) React(SimulatedChat chat, SimulatedMessage target, string emoji)
    {
        var (rawId, at) = (WahaIds.NewRawId(), _time.GetUtcNow());
        chat.Update(message => message.RawId == target.RawId, message => message with { Reaction = emoji.Length == 0 ? null : emoji });
        _queue.Add(_bodies.Reacted(chat.Person, target, rawId, emoji, at));
        return (rawId, at);
    }

    /// <summary>A webhook was tried: the page shows it, and the person's message gets its second tick, or a sign that it never arrived.</summary>
    public void Report(SimulatedWebhook webhook, WebhookReport report)
    {
        if (webhook.Person is not { } person)
        {
            foreach (var each in _chats.Values)
                each.Report(report);
            return;
        }

        var chat = _chats[person.Key];
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
