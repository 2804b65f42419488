using System.Diagnostics;
using Microsoft.Extensions.Options;
using OpenClaw.Core.People;
using OpenClaw.Core.Queue;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Gateway.Webhooks;

namespace OpenClaw.Gateway.Admission;

/// <summary>Which messages are worked on. Section <c>Webhooks</c>.</summary>
public sealed class WebhooksOptions
{
    /// <summary>Older messages (a sync replays them) are not answered.</summary>
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromHours(12);
}

internal sealed class WebhooksOptionsValidator : IValidateOptions<WebhooksOptions>
{
    public ValidateOptionsResult Validate(string? name, WebhooksOptions options) => options.MaxAge >= TimeSpan.FromMinutes(1)
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail("Webhooks__MaxAge must be at least 00:01:00, for example 12:00:00.");
}

/// <summary>
/// Admission of a message that somebody else wrote. No network call: what WAHA must be asked about is held for later. The order is
/// fixed: kind of chat, age, addressed, content, author, access.
/// </summary>
internal sealed class MessageIntake(
    InboundStore store, PeopleDirectory people, AccessPolicy access, GroupAddressing addressing, AnswerEligibility eligibility, OwnSessions own, LidResolver resolver, TimeProvider time)
{
    /// <summary>Typed reason of what another of our own numbers wrote: two that answer each other never end.</summary>
    public const string OwnSession = "own_session";

    private const int MaxText = 65_536;

    public async Task<IntakeOutcome> TakeAsync(WahaEnvelope envelope, MessagePayload message, string requestId, CancellationToken cancellationToken)
    {
        var arrival = new Arrival(envelope, message, requestId, message.SentAt ?? envelope.Timestamp.Time() ?? time.GetUtcNow());
        if (ReasonOfChat(message) is { } kind)
            return await DropAsync(arrival, "ignored", kind, cancellationToken);
        own.Note(envelope);
        var sender = Identity(message);
        if (sender is not null && await own.IsAnotherAsync(envelope.Session, sender, null, cancellationToken))
            return await DropAsync(arrival, "ignored", OwnSession, cancellationToken);
        arrival = arrival with { NotAnswered = await JudgeAsync(arrival, cancellationToken) };
        var address = await AddressAsync(arrival, cancellationToken);
        if (ReasonToIgnore(arrival, address) is { } reason)
            return await DropAsync(arrival, "ignored", reason, cancellationToken);
        arrival = arrival with { Share = address is GroupAddress.Session or GroupAddress.Anyone && own.AreSeveral ? own.ShareOf(envelope.Session, address == GroupAddress.Session) : null };
        if (sender is null)
            return await DropAsync(arrival, "ignored", "no_sender", cancellationToken);

        // Twice at most: the second look-up follows a merge that happened between look-up and insert.
        for (var attempt = 0; attempt < 2; attempt++)
        {
            if (await TryTakeAsync(arrival, sender, cancellationToken) is { } outcome)
                return outcome;
            people.Forget();
        }

        throw new InvalidOperationException("The sender's record changed twice while one message was stored.");
    }

    /// <returns>Null when what was known about the sender was out of date.</returns>
    private async Task<IntakeOutcome?> TryTakeAsync(Arrival arrival, SenderIdentity sender, CancellationToken cancellationToken)
    {
        var message = arrival.Message;
        var known = await people.FindAsync(sender, cancellationToken);
        // Under a hidden id that is linked to one of our numbers.
        if (known is not null && await own.IsAnotherAsync(arrival.Envelope.Session, sender, known, cancellationToken))
            return await DropAsync(arrival, "ignored", OwnSession, cancellationToken);
        if (sender.Phone is null && known is not { HasPhone: true })
        {
            return arrival.NotAnswered is { } late
                ? await DropAsync(arrival, "ignored", late.Reason, cancellationToken)
                : await HoldAsync(arrival, sender, cancellationToken);
        }

        if (!access.Allows(sender, known))
            return await DropAsync(arrival, "denied", "not_allowed", cancellationToken);

        var person = await people.EnsureAsync(sender, Locales.Of(sender.Phone), Locales.TimeZoneOf(sender.Phone), cancellationToken);
        using var activity = QueueSpan.Start(arrival.Envelope.Session, arrival.RequestId);
        var inbound = ToInbound(arrival, person);
        return arrival.NotAnswered is { Note: { } note } kept
            ? await store.KeepAsync(inbound, LineOf(message), note, kept.Reason, cancellationToken)
            : await store.AcceptAsync(inbound, cancellationToken);
    }

    private static string? ReasonOfChat(MessagePayload message) => message.Chat?.Kind switch
    {
        null => "no_chat",
        ChatKind.Status => "status_post",
        ChatKind.Newsletter => "newsletter",
        ChatKind.Broadcast => "broadcast",
        ChatKind.Other => "unknown_chat",
        _ => null,
    };

    private ValueTask<NotToBeAnswered?> JudgeAsync(Arrival arrival, CancellationToken cancellationToken) => eligibility.JudgeAsync(
        arrival.Envelope.Session, arrival.Message.Chat!.Value, arrival.Message.AuthorAlt, arrival.SentAt, arrival.Envelope.IsReadBack, cancellationToken);

    private ValueTask<GroupAddress?> AddressAsync(Arrival arrival, CancellationToken cancellationToken) =>
        arrival.Message.Chat is { Kind: ChatKind.Group } && arrival.NotAnswered is not { Note: null }
            ? addressing.JudgeAsync(arrival.Envelope, arrival.Message, cancellationToken)
            : ValueTask.FromResult<GroupAddress?>(null);

    private static string? ReasonToIgnore(Arrival arrival, GroupAddress? address)
    {
        var message = arrival.Message;
        if (arrival.NotAnswered is { Note: null } old)
            return old.Reason;
        if (address == GroupAddress.Nobody)
            return "not_addressed";
        if (address == GroupAddress.OtherSession)
            return "other_session";
        return message.Text.Length == 0 && message.Media is null ? "no_content" : null;
    }

    /// <summary>The author's ids; links between them come from WAHA's own fields only.</summary>
    internal static SenderIdentity? Identity(MessagePayload message)
    {
        string? Phone(ChatId? id) => id is { Kind: ChatKind.Person } person ? person.User : null;
        string? Lid(ChatId? id) => id is { Kind: ChatKind.Lid } hidden ? hidden.User : null;

        var phone = Phone(message.Author) ?? Phone(message.AuthorAlt);
        var lid = Lid(message.Author) ?? Lid(message.AuthorAlt);
        return phone is null && lid is null ? null : new SenderIdentity(phone, lid);
    }

    private async Task<IntakeOutcome?> HoldAsync(Arrival arrival, SenderIdentity sender, CancellationToken cancellationToken)
    {
        var person = await people.EnsureAsync(sender, Locales.Of(null), Locales.TimeZoneOf(null), cancellationToken);
        using var activity = QueueSpan.Start(arrival.Envelope.Session, arrival.RequestId);
        var outcome = await store.HoldAsync(ToInbound(arrival, person), "lid_not_linked", cancellationToken);
        resolver.Wake();
        return outcome;
    }

    private Task<IntakeOutcome> DropAsync(Arrival arrival, string state, string reason, CancellationToken cancellationToken)
    {
        var message = arrival.Message;
        return store.DropAsync(
            new DroppedEvent(
                arrival.Envelope.Session, message.Key.RawId, message.FromMe, state, reason, message.Chat?.ToString() ?? "", arrival.SentAt, arrival.RequestId),
            cancellationToken);
    }

    private static InboundMessage ToInbound(Arrival arrival, PersonRecord person)
    {
        var message = arrival.Message;
        var chat = message.Chat!.Value;
        var text = message.Text.Length <= MaxText ? message.Text : message.Text[..MaxText];
        return new InboundMessage(
            arrival.Envelope.Session, message.Key.RawId, person, chat.Kind == ChatKind.Group ? chat.User : null, arrival.SentAt,
            arrival.Envelope.Timestamp.Time() ?? arrival.SentAt, arrival.RequestId, Activity.Current?.Id,
            new MessageContent(text, chat.ToString(), message.MessageId, message.SenderName, message.QuotedText, message.Media, message.QuotedRawId))
        { IsReadBack = arrival.Envelope.IsReadBack, Share = arrival.Share };
    }

    /// <summary>What the history says of a message that no turn is made of.</summary>
    internal static string LineOf(MessagePayload message)
    {
        var text = message.Text.Length <= MaxText ? message.Text : message.Text[..MaxText];
        var line = message.Media is { } media ? $"{text} [{media}]".TrimStart() : text;
        return message is { FromMe: false, Chat.Kind: ChatKind.Group, SenderName.Length: > 0 } ? $"{message.SenderName}: {line}" : line;
    }

    private sealed record Arrival(WahaEnvelope Envelope, MessagePayload Message, string RequestId, DateTimeOffset SentAt)
    {
        public NotToBeAnswered? NotAnswered { get; init; }

        public GroupShare? Share { get; init; }
    }
}
