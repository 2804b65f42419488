using Microsoft.Extensions.Options;
using OpenClaw.Core.Queue;
using OpenClaw.Worker.Agents;

namespace OpenClaw.Worker.Replies;

/// <summary>Turns an answer into WhatsApp-sized bubbles with their pacing.</summary>
internal sealed class ReplyComposer(Pacing pacing, IOptions<DeliveryOptions> options, TimeProvider time)
{
    public TurnReply Compose(LaneWork work, string answer, TimeSpan sinceTyping)
    {
        var turn = work.Turn!;
        var last = turn.Messages[^1].Content;
        // In a group the quote shows whom the answer is for.
        var quote = work.Chat.IsGroup ? last.MessageId : null;
        var bubbles = BubbleSplitter.Split(WhatsAppMarkdown.ToWhatsApp(answer))
            .Select((text, i) => new BubbleContent(last.ChatId, text, i == 0 ? quote : null))
            .ToList();
        var now = time.GetUtcNow();
        var delay = pacing.DelayFor(bubbles[0].Text, sinceTyping);
        return new TurnReply(
            bubbles, string.Join('\n', turn.Messages.Select(UserText.Of)), answer, ClaimFirst: delay == TimeSpan.Zero, now + delay, now + options.Value.SendTimeout);
    }
}
