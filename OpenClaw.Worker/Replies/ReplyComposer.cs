using Microsoft.Extensions.Options;
using OpenClaw.Core.Integrations;
using OpenClaw.Core.Queue;
using OpenClaw.Worker.Agents;
using OpenClaw.Worker.Commands;

namespace OpenClaw.Worker.Replies;

/// <summary>Turns an answer into WhatsApp-sized bubbles with their pacing.</summary>
internal sealed class ReplyComposer(Pacing pacing, MessageIds ids, SendBudget budget, StandIns standIns, IntegrationRegistry integrations, IOptions<DeliveryOptions> options, TimeProvider time)
{
    public async Task<TurnReply> ComposeAsync(LaneWork work, ChatAnswer answer, TimeSpan sinceTyping, CancellationToken cancellationToken)
    {
        var turn = work.Turn!;
        var last = turn.Messages[^1].Content;
        // In a group the quote shows whom the answer is for; after a replay, which of many messages it is about.
        var quote = work.Chat.IsGroup || turn.Replayed ? last.MessageId : null;
        var text = WhatsAppMarkdown.ToWhatsApp(answer.Text);
        var bubbles = BubbleSplitter.Split(turn.Replayed ? $"{Notices.Late(turn.Locale)}\n\n{text}" : text)
            .Select((bubble, i) => new BubbleContent(last.ChatId, bubble, i == 0 ? quote : null))
            .ToList();
        var now = time.GetUtcNow();
        var delay = pacing.DelayFor(bubbles[0].Text, sinceTyping);
        // A session that stopped answering meanwhile: stored, not claimed.
        if (integrations.Waha(standIns.Of(work.Chat) ?? work.Chat.Session).WaitsUntil() is { } open && open - now > delay)
            delay = open - now;
        // The bubble is claimed in the transaction that stores the reply, so its id has to be there before that; a claim of its own would be a commit more.
        var isClaimed = delay == TimeSpan.Zero && standIns.Of(work.Chat) is null && await budget.AllowsAtOnceAsync(work, answer.Kind, cancellationToken);
        var rawId = isClaimed ? await ids.NextAsync(work.Chat.Session, cancellationToken) : null;
        return new TurnReply(
            bubbles, UserText.Of(turn.Messages), answer.Text, isClaimed, now + delay, time.GetUtcNow() + options.Value.SendTimeout, answer.Kind, rawId);
    }
}
