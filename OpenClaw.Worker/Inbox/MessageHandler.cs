using OpenClaw.Core.Integrations;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Storage;
using OpenClaw.Worker.Agents;
using OpenClaw.Worker.Commands;
using OpenClaw.Worker.Models;
using OpenClaw.Worker.Replies;

namespace OpenClaw.Worker.Inbox;

/// <summary>The story of one turn: what is unsent first, then the answer, then its way out. Only here a turn completes, retries or dies.</summary>
internal sealed partial class MessageHandler(
    TurnStore turns, ILaneGate gate, TurnSettlement settlement, ChatCommands commands, ReplyComposer composer, ChatPresence presence, StandIns standIns, ReplySender sender,
    TurnTelemetry telemetry, TimeProvider time, ILogger<MessageHandler> logger)
{
    /// <summary>So many messages while one answer was on its way are a flood.</summary>
    private const int Flood = 5;

    /// <summary>A chat that floods gets an answer for more of its messages at once, and the others are not kept waiting by one turn right after the other.</summary>
    private static readonly TimeSpan FloodRest = TimeSpan.FromMilliseconds(100);

    /// <returns>When the lane should be looked at again, or null when only a new signal makes work.</returns>
    public async Task<DateTimeOffset?> HandleAsync(LaneHold hold, CancellationToken cancellationToken)
    {
        standIns.Refresh();
        if (await turns.BeginAsync(hold.Lease.Lane, gate, cancellationToken) is not { } work)
            return null;
        if (work.Outbox.Count > 0)
            return await sender.DeliverAsync(work, work.Outbox, hold, cancellationToken) ?? (work.MoreWaits ? time.GetUtcNow() : null);
        if (work.Turn is null)
            return work.ReadyAt;

        hold.Rest = RestAfter(work);
        using var activity = TurnTelemetry.Start(work);
        using var scope = logger.BeginScope(new TurnLogScope(work));
        if (await commands.AreSilencedAsync(work, cancellationToken))
        {
            await settlement.PutAsideAsync(work, work.Silence!, UserText.Of(work.Turn.Messages), cancellationToken);
            Log.Silent(logger, work.Silence!);
            return work.MoreWaits ? time.GetUtcNow() : null;
        }

        var bubbles = await AnswerAsync(work, cancellationToken);
        if (bubbles.Bubbles is null)
            return bubbles.RetryAt;

        var again = await sender.DeliverAsync(work, bubbles.Bubbles, hold, cancellationToken);
        Log.Answered(logger, work.Turn.Attempts);
        return again ?? (work.MoreWaits ? time.GetUtcNow() : null);
    }

    /// <summary>None where a turn cannot hold all that waits: then resting would make the backlog grow.</summary>
    private static TimeSpan RestAfter(LaneWork work) => work.Turn!.Messages.Count >= Flood && !work.MoreWaits ? FloodRest : TimeSpan.Zero;

    private async Task<(IReadOnlyList<Bubble>? Bubbles, DateTimeOffset? RetryAt)> AnswerAsync(LaneWork work, CancellationToken cancellationToken)
    {
        var turn = work.Turn!;
        if (turn.Attempts - turn.Failures > TurnStore.MaxInterruptions)
            return (null, await FailAsync(work, "interrupted_too_often", null, giveUp: true, cancellationToken));

        var (started, isAnswered) = (time.GetTimestamp(), false);
        using var typing = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var isTyping = turn.Attempts == 1 && standIns.Of(work.Chat) is null;
        var seen = isTyping ? presence.StartAsync(work, typing.Token) : Task.CompletedTask;
        try
        {
            var answer = await commands.AnswerAsync(work, cancellationToken);
            await seen;
            var reply = await composer.ComposeAsync(work, answer, time.GetElapsedTime(started), cancellationToken);
            var bubbles = await settlement.CompleteAsync(work, reply, cancellationToken);
            isAnswered = true;
            return (bubbles, null);
        }
        catch (IntegrationOpenException open)
        {
            Log.Waits(logger, open.Integration, turn.Attempts);
            // Left as it is, the attempt counts as an interruption: a turn that is its own trouble comes to an end, if late.
            if (!open.CallerIsSuspect)
                await settlement.PostponeAsync(work, open.RetryAt, cancellationToken);
            return (null, open.RetryAt);
        }
        catch (ModelException error)
        {
            Log.ModelFailed(logger, error.Failure, turn.Attempts);
            return (null, await FailAsync(work, $"model_{error.Failure}", error.RetryAfter, giveUp: false, cancellationToken));
        }
        catch (Exception error) when (error is not (FenceLostException or StorageUnavailableException) && !cancellationToken.IsCancellationRequested)
        {
            Log.Unexpected(logger, turn.Attempts, error);
            return (null, await FailAsync(work, "unexpected", null, giveUp: false, cancellationToken));
        }
        finally
        {
            await typing.CancelAsync();
            // A turn that ends without a message to end it leaves nobody waiting for one.
            if (!isAnswered && isTyping)
                await presence.GiveUpAsync(work, seen);
        }
    }

    private async Task<DateTimeOffset> FailAsync(LaneWork work, string reason, TimeSpan? retryAfter, bool giveUp, CancellationToken cancellationToken)
    {
        var turn = work.Turn!;
        var apology = new BubbleContent(turn.Messages[^1].Content.ChatId, Notices.Apology(turn.Locale, turn.Reference), null);
        var failed = await settlement.FailAsync(work, reason, retryAfter, apology, giveUp, cancellationToken);
        telemetry.Failed(work, reason, failed.Dead);
        if (failed.Dead)
            Log.Dead(logger, reason, turn.Reference);
        return failed.RetryAt;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Answer stored on attempt {Attempt}")]
        public static partial void Answered(ILogger logger, int attempt);

        [LoggerMessage(Level = LogLevel.Information, Message = "Not answered, kept as context ({Reason})")]
        public static partial void Silent(ILogger logger, string reason);

        [LoggerMessage(Level = LogLevel.Information, Message = "The turn waits for {Integration} on attempt {Attempt}")]
        public static partial void Waits(ILogger logger, string integration, int attempt);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The model failed ({Failure}) on attempt {Attempt}; the turn is tried again")]
        public static partial void ModelFailed(ILogger logger, ModelFailure failure, int attempt);

        [LoggerMessage(Level = LogLevel.Error, Message = "The turn failed for an unexpected reason on attempt {Attempt}")]
        public static partial void Unexpected(ILogger logger, int attempt, Exception error);

        [LoggerMessage(Level = LogLevel.Error, Message = "The turn is a dead letter ({Reason}); the person was told code {Reference}")]
        public static partial void Dead(ILogger logger, string reason, string reference);
    }
}
