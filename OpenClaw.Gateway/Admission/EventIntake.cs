using Microsoft.Extensions.Options;
using OpenClaw.Core.People;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Queue.History;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Gateway.Backfill;
using OpenClaw.Gateway.Flow;
using OpenClaw.Gateway.Sessions;
using OpenClaw.Gateway.Webhooks;

namespace OpenClaw.Gateway.Admission;

/// <summary>Sends every event to its store. Whatever it is, it ends as a committed row or a counted reason.</summary>
internal sealed class EventIntake(
    MessageIntake messages, ChatEventStore events, UnnamedBubbles unnamed, InboundStore inbound, PeopleDirectory people, HumanTakeover takeover, SessionSignals signals, HistorySignals history,
    HeardMessages heard, ChatFacts facts, FlowBoard flow, IOptions<WahaOptions> waha, TimeProvider time)
{
    public Task<IntakeOutcome> TakeAsync(WahaEnvelope envelope, string requestId, CancellationToken cancellationToken)
    {
        if (!waha.Value.Serves(envelope.Session))
            return IgnoreAsync(envelope, "session_not_served", requestId, cancellationToken);
        if (!envelope.IsReadBack)
            flow.Event(envelope.Session);
        return envelope.Event switch
        {
            "message" or "message.any" => TakeMessageAsync(envelope, requestId, cancellationToken),
            "message.ack" or "message.ack.group" => TakeAckAsync(envelope, requestId, cancellationToken),
            "message.reaction" => TakeReactionAsync(envelope, requestId, cancellationToken),
            "session.status" => TakeStatusAsync(envelope, requestId, cancellationToken),
            _ => IgnoreAsync(envelope, "event_not_served", requestId, cancellationToken),
        };
    }

    private async Task<IntakeOutcome> TakeMessageAsync(WahaEnvelope envelope, string requestId, CancellationToken cancellationToken)
    {
        if (MessagePayload.TryRead(envelope.Payload, envelope.Engine.Text()) is not { } message)
            return await IgnoreAsync(envelope, "no_message_id", requestId, cancellationToken);
        var outcome = message.FromMe
            ? await RecordOwnAsync(envelope, message, requestId, cancellationToken)
            : await messages.TakeAsync(envelope, message, requestId, cancellationToken);
        // One that is read back says nothing about those before it in its chat.
        if (!envelope.IsReadBack)
            heard.Note(envelope.Session, message);
        heard.Judged(envelope.Session, message, outcome);
        NoteFlow(envelope, message, outcome);
        return outcome;
    }

    private void NoteFlow(WahaEnvelope envelope, MessagePayload message, IntakeOutcome outcome)
    {
        if (envelope.IsReadBack)
        {
            // Of what is not meant for us WAHA need not tell.
            if (outcome is IntakeOutcome.Accepted or IntakeOutcome.Held && message.SentAt is { } sentAt)
                flow.Missed(envelope.Session, sentAt);
        }
        else if (!message.FromMe)
        {
            flow.Message(envelope.Session);
        }
    }

    /// <summary>An echo of what we sent, or something typed on the phone: context in either case.</summary>
    private async Task<IntakeOutcome> RecordOwnAsync(WahaEnvelope envelope, MessagePayload message, string requestId, CancellationToken cancellationToken)
    {
        if (message.Chat is not { } chat || chat.Kind is ChatKind.Status or ChatKind.Broadcast or ChatKind.Newsletter)
            return await IgnoreAsync(envelope, "own_post", requestId, cancellationToken);
        var isSentByApi = string.Equals(message.Source, "api", StringComparison.Ordinal);
        var isOurs = !isSentByApi && await inbound.IsOurBubbleAsync(envelope.Session, message.Key.RawId, cancellationToken);
        var at = message.SentAt ?? EnvelopeTime(envelope);
        // Before the event is kept: what fails is repeated by WAHA, and must not be a known event by then.
        if (!isSentByApi && !isOurs)
            await takeover.NoteAsync(envelope.Session, chat, message, at, cancellationToken);
        var content = new ChatEventContent(chat.ToString(), message.Key.RawId, message.Text, message.Source, null);
        var partner = await PartnerAsync(chat, cancellationToken);
        var outcome = await events.RecordAsync(envelope.Session, isSentByApi || isOurs ? ChatEventStore.OwnEcho : "own_message", content, partner, at, cancellationToken);
        // A known event too: whoever kept it may have come no further.
        if (!isOurs && message.Source != "app")
            await unnamed.BindAsync(envelope.Session, chat, partner?.Person, cancellationToken);
        return outcome;
    }

    private async Task<IntakeOutcome> TakeReactionAsync(WahaEnvelope envelope, string requestId, CancellationToken cancellationToken)
    {
        if (MessagePayload.TryRead(envelope.Payload, envelope.Engine.Text()) is not { Chat: { } chat } message)
            return await IgnoreAsync(envelope, "no_message_id", requestId, cancellationToken);
        var reaction = envelope.Payload.Get("reaction");
        var content = new ChatEventContent(
            chat.ToString(), message.Key.RawId, reaction.Get("text").Text() ?? "", message.Source, MessageKey.RawIdOf(reaction.Get("messageId").Text()));
        return await events.RecordAsync(envelope.Session, "reaction", content, await PartnerAsync(chat, cancellationToken), message.SentAt ?? EnvelopeTime(envelope), cancellationToken);
    }

    private Task<IntakeOutcome> TakeAckAsync(WahaEnvelope envelope, string requestId, CancellationToken cancellationToken)
    {
        var rawId = MessageKey.RawIdOf(envelope.Payload.Get("id").Text());
        var level = envelope.Payload.Get("ack").Number();
        return rawId is not null && MessagePayload.IsRawId(rawId) && level is >= -1 and <= 100
            ? events.RecordAckAsync(envelope.Session, rawId, (int)level, cancellationToken)
            : IgnoreAsync(envelope, "no_message_id", requestId, cancellationToken);
    }

    private async Task<IntakeOutcome> TakeStatusAsync(WahaEnvelope envelope, string requestId, CancellationToken cancellationToken)
    {
        if (envelope.Payload.Get("status").Text() is not { Length: > 0 and <= 64 } status)
            return await IgnoreAsync(envelope, "no_status", requestId, cancellationToken);
        var phone = ChatId.Parse(envelope.Me.Get("id").Text())?.Phone;
        var lid = ChatId.Parse(envelope.Me.Get("lid").Text()) is { Kind: ChatKind.Lid } hidden ? hidden.User : null;
        var account = phone is null && lid is null ? null : new LinkedAccount(phone, lid);
        var outcome = await events.RecordSessionAsync(envelope.Session, status, account, EnvelopeTime(envelope), cancellationToken);
        signals.Tell(envelope.Session);
        facts.Forget(envelope.Session);
        if (status == "WORKING")
            history.Works(envelope.Session);
        return outcome;
    }

    private Task<IntakeOutcome> IgnoreAsync(WahaEnvelope envelope, string reason, string requestId, CancellationToken cancellationToken)
    {
        // Without an id of its own an event is told from its repeats by its envelope id, which WAHA keeps over retries.
        var id = envelope.Id.Text() ?? MessageKey.RawIdOf(envelope.Payload.Get("id").Text()) ?? requestId;
        return inbound.DropAsync(
            new DroppedEvent(Bounded(envelope.Session), $"{envelope.Event}:{id}", FromMe: false, "ignored", reason, envelope.Event, EnvelopeTime(envelope), requestId), cancellationToken);
    }

    private async ValueTask<PersonScope?> PartnerAsync(ChatId chat, CancellationToken cancellationToken) => chat.IsPerson
        ? (await people.FindAsync(chat.Kind == ChatKind.Lid ? new SenderIdentity(null, chat.User) : new SenderIdentity(chat.User, null), cancellationToken))?.Scope
        : null;

    private DateTimeOffset EnvelopeTime(WahaEnvelope envelope) => envelope.Timestamp.Time() ?? time.GetUtcNow();

    /// <summary>Sessions that are not ours have names that are not ours either.</summary>
    private static string Bounded(string session) => session.Length <= 64 ? session : session[..64];
}
