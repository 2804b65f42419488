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
/// fixed: kind of chat, age, addressed, author, access, content.
/// </summary>
internal sealed class MessageIntake(
    InboundStore store, PeopleDirectory people, AccessPolicy access, GroupAddressing addressing, LidResolver resolver, IOptions<WebhooksOptions> options, TimeProvider time)
{
    private const int MaxText = 65_536;

    public async Task<IntakeOutcome> TakeAsync(WahaEnvelope envelope, MessagePayload message, string requestId, CancellationToken cancellationToken)
    {
        var arrival = new Arrival(envelope, message, requestId, message.SentAt ?? envelope.Timestamp.Time() ?? time.GetUtcNow());
        if (await ReasonToIgnoreAsync(arrival, cancellationToken) is { } reason)
            return await DropAsync(arrival, "ignored", reason, cancellationToken);

        var sender = Identity(message);
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
        var known = await people.FindAsync(sender, cancellationToken);
        if (sender.Phone is null && known is not { HasPhone: true })
            return await HoldAsync(arrival, sender, cancellationToken);
        if (!access.Allows(sender, known))
            return await DropAsync(arrival, "denied", "not_allowed", cancellationToken);

        var person = await people.EnsureAsync(sender, Locales.Of(sender.Phone), Locales.TimeZoneOf(sender.Phone), cancellationToken);
        return await store.AcceptAsync(ToInbound(arrival, person), cancellationToken);
    }

    private async ValueTask<string?> ReasonToIgnoreAsync(Arrival arrival, CancellationToken cancellationToken)
    {
        var message = arrival.Message;
        switch (message.Chat?.Kind)
        {
            case null:
                return "no_chat";
            case ChatKind.Status:
                return "status_post";
            case ChatKind.Newsletter:
                return "newsletter";
            case ChatKind.Broadcast:
                return "broadcast";
            case ChatKind.Other:
                return "unknown_chat";
        }

        if (arrival.SentAt < time.GetUtcNow() - options.Value.MaxAge)
            return "too_old";
        if (message.Chat is { Kind: ChatKind.Group } && !await addressing.IsAddressedAsync(arrival.Envelope, message, cancellationToken))
            return "not_addressed";
        return message.Text.Length == 0 && message.Media is null ? "no_content" : null;
    }

    /// <summary>The author's ids; links between them come from WAHA's own fields only.</summary>
    private static SenderIdentity? Identity(MessagePayload message)
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
            new MessageContent(text, chat.ToString(), message.MessageId, message.SenderName, message.QuotedText, message.Media, message.QuotedRawId));
    }

    private sealed record Arrival(WahaEnvelope Envelope, MessagePayload Message, string RequestId, DateTimeOffset SentAt);
}
