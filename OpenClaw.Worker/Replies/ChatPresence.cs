using OpenClaw.Core.Queue;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Worker.Replies;

/// <summary>Seen and typing: manners, not delivery. Nothing of it is repeated or fails a turn.</summary>
internal sealed class ChatPresence(WahaClient waha, Pacing pacing)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Blue ticks for the turn's messages, then "typing...".</summary>
    public async Task StartAsync(LaneWork work, CancellationToken cancellationToken)
    {
        if (!pacing.Enabled)
            return;
        try
        {
            var messages = work.Turn!.Messages;
            var chat = messages[^1].Content.ChatId;
            await waha.SendSeenAsync(work.Chat.Session, chat, messages.Select(message => message.Content.MessageId).ToList(), null, Patience, cancellationToken);
            await waha.StartTypingAsync(work.Chat.Session, chat, Patience, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The turn ended first; the message itself ends "typing...".
        }
    }

    /// <summary>"typing..." once more, between two bubbles.</summary>
    public Task ContinueAsync(LaneWork work, string chatId, CancellationToken cancellationToken) =>
        pacing.Enabled ? waha.StartTypingAsync(work.Chat.Session, chatId, Patience, cancellationToken) : Task.CompletedTask;

    /// <summary>The hands leave the keyboard, right before a message goes out.</summary>
    public Task StopAsync(LaneWork work, string chatId, CancellationToken cancellationToken) =>
        pacing.Enabled ? waha.StopTypingAsync(work.Chat.Session, chatId, Patience, cancellationToken) : Task.CompletedTask;
}
