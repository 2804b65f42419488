using OpenClaw.Core.Queue;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Worker.Replies;

/// <summary>Seen and typing: manners, not delivery. Nothing of it is repeated or fails a turn.</summary>
internal sealed class ChatPresence(WahaClient waha, Pacing pacing)
{
    /// <summary>Blue ticks for the turn's messages, then "typing...".</summary>
    public async Task StartAsync(LaneWork work, CancellationToken cancellationToken)
    {
        if (!pacing.Enabled)
            return;
        try
        {
            var messages = work.Turn!.Messages;
            var chat = messages[^1].Content.ChatId;
            await waha.SendSeenAsync(work.Chat.Session, chat, messages.Select(message => message.Content.MessageId).ToList(), null, WahaTimeouts.Manners, cancellationToken);
            await waha.StartTypingAsync(work.Chat.Session, chat, WahaTimeouts.Manners, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The turn ended first; the message itself ends "typing...".
        }
    }

    /// <summary>No message will end "typing..." now: it is taken back, also while the process stops or the lane was lost.</summary>
    /// <param name="work">The lane and its turn.</param>
    /// <param name="begun">What <see cref="StartAsync"/> returned.</param>
    public async Task GiveUpAsync(LaneWork work, Task begun)
    {
        // A stop that overtakes its start would leave the chat typing.
        await begun.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await StopAsync(work, work.Turn!.Messages[^1].Content.ChatId, CancellationToken.None);
    }

    /// <summary>"typing..." once more, between two bubbles.</summary>
    public Task ContinueAsync(LaneWork work, string chatId, CancellationToken cancellationToken) =>
        pacing.Enabled ? waha.StartTypingAsync(work.Chat.Session, chatId, WahaTimeouts.Manners, cancellationToken) : Task.CompletedTask;

    /// <summary>The hands leave the keyboard, right before a message goes out.</summary>
    public Task StopAsync(LaneWork work, string chatId, CancellationToken cancellationToken) =>
        pacing.Enabled ? waha.StopTypingAsync(work.Chat.Session, chatId, WahaTimeouts.Manners, cancellationToken) : Task.CompletedTask;
}
