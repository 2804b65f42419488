using Microsoft.Extensions.Options;
using OpenClaw.Core.People;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Queue.Takeovers;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Gateway.Webhooks;

namespace OpenClaw.Gateway.Admission;

/// <summary>
/// A human who writes from the account's own phone: the bot keeps out of that chat for a while, or for as long as the human says with
/// <c>/bot off</c> and <c>/bot on</c>, and what was written is part of the chat's history. Of chats in which nobody would be answered nothing is kept.
/// </summary>
internal sealed class HumanTakeover(
    TakeoverStore takeovers, LaneDirectory lanes, PeopleDirectory people, AccessPolicy access, IOptions<TakeoverOptions> options, IOptions<WebhooksOptions> webhooks, TimeProvider time)
{
    /// <param name="session">WAHA session.</param>
    /// <param name="chat">Where.</param>
    /// <param name="message">Of our account, sent by no API and bound to no bubble.</param>
    /// <param name="at">WhatsApp's time of it.</param>
    /// <param name="cancellationToken">Ends the wait before a commit starts.</param>
    public async Task NoteAsync(string session, ChatId chat, MessagePayload message, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var order = BotOrders.Parse(message.Text);
        // A sync replays what was written long ago, to people of whom nothing is known here.
        var age = time.GetUtcNow() - at;
        var isRecent = age < options.Value.PauseFor;
        var counts = order switch
        {
            null => (message.Text.Length > 0 || message.Media is not null) && (isRecent || age <= webhooks.Value.MaxAge),
            // The bot could only answer into the other person's chat.
            BotOrder.Tell => false,
            _ => age <= webhooks.Value.MaxAge,
        };
        if (!counts || await LaneAsync(session, chat, message, order is not null || isRecent, cancellationToken) is not { } lane)
            return;
        if (order is null)
            await takeovers.OwnMessageAsync(lane, session, message.Key.RawId, at, MessageIntake.LineOf(message), cancellationToken);
        else if (order == BotOrder.On)
            await takeovers.OrderAsync(lane, on: true, at, cancellationToken);
        else
            await takeovers.OffAsync(lane, at, cancellationToken);
    }

    private async Task<LaneId?> LaneAsync(string session, ChatId chat, MessagePayload message, bool make, CancellationToken cancellationToken)
    {
        if (chat.Kind == ChatKind.Group)
            return !make ? await lanes.FindAsync(session, null, chat.User, cancellationToken) : await lanes.EnsureGroupAsync(session, chat.User, chat.ToString(), cancellationToken);
        if (!chat.IsPerson || MessageIntake.Identity(message) is not { } partner)
            return null;
        var known = await people.FindAsync(partner, cancellationToken);
        if ((partner.Phone is null && known is not { HasPhone: true }) || !access.Allows(partner, known))
            return null;
        // What is too old for a pause stops answers that wait already.
        if (!make)
            return known is null ? null : await lanes.FindAsync(session, known, null, cancellationToken);
        // Somebody whom the human writes to first may answer within the pause.
        var person = await people.EnsureAsync(partner, Locales.Of(partner.Phone), Locales.TimeZoneOf(partner.Phone), cancellationToken);
        return await lanes.EnsureAsync(session, person, null, chat.ToString(), cancellationToken);
    }
}
