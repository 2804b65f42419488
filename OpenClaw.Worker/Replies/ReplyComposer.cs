using Microsoft.Extensions.Options;
using OpenClaw.Core.Integrations;
using OpenClaw.Core.Queue;
using OpenClaw.Worker.Agents;

namespace OpenClaw.Worker.Replies;

/// <summary>Turns an answer into WhatsApp-sized bubbles with their pacing.</summary>
internal sealed class ReplyComposer(Pacing pacing, IntegrationRegistry integrations, IOptions<DeliveryOptions> options, TimeProvider time)
{
    public TurnReply Compose(LaneWork work, string answer, TimeSpan sinceTyping)
    {
        var turn = work.Turn!;
        var last = turn.Messages[^1].Content;
        // In a group the quote shows whom the answer is for; after a replay, which of many messages it is about.
        var quote = work.Chat.IsGroup || turn.Replayed ? last.MessageId : null;
        var text = WhatsAppMarkdown.ToWhatsApp(answer);
        var bubbles = BubbleSplitter.Split(turn.Replayed ? $"{Notices.Late(turn.Locale)}\n\n{text}" : text)
            .Select((bubble, i) => new BubbleContent(last.ChatId, bubble, i == 0 ? quote : null))
            .ToList();
        var now = time.GetUtcNow();
        var delay = pacing.DelayFor(bubbles[0].Text, sinceTyping);
        // A session that stopped answering meanwhile: stored, not claimed.
        if (integrations.Waha(work.Chat.Session).WaitsUntil() is { } open && open - now > delay)
            delay = open - now;
        return new TurnReply(
            bubbles, string.Join('\n', turn.Messages.Select(UserText.Of)), answer, ClaimFirst: delay == TimeSpan.Zero, now + delay, now + options.Value.SendTimeout);
    }
}
