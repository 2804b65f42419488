using Microsoft.Extensions.Options;
using OpenClaw.Core.Integrations;
using OpenClaw.Core.Queue;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Worker.Inbox;

namespace OpenClaw.Worker.Replies;

/// <summary>
/// Sends a lane's bubbles in order, one at a time. Only what WAHA definitely refused is sent again without looking; everything that
/// is uncertain is settled by reading the chat first.
/// </summary>
internal sealed partial class ReplySender(
    WahaClient waha, OutboxStore outbox, UncertainSends uncertain, ChatPresence presence, Pacing pacing, IOptions<DeliveryOptions> options, TimeProvider time, ILogger<ReplySender> logger)
{
    /// <summary>Answers that may be a refusal of this very text (WAHA's 500) are tried this often; waiting for WAHA does not count.</summary>
    private const int MaxUncertainAttempts = 5;

    /// <summary>Earlier attempts after which a definite refusal is final.</summary>
    private const int MaxRefusals = 4;

    /// <summary>
    /// While the session fails for everybody, a 500 says nothing about this text and uses up no try; a text that is the trouble itself comes to an
    /// end all the same.
    /// </summary>
    private const int MaxAttemptsWhileBroken = 100;

    private static readonly TimeSpan LongestBackoff = TimeSpan.FromSeconds(30);

    /// <returns>When the lane should be looked at again, or null when everything is sent.</returns>
    public async Task<DateTimeOffset?> DeliverAsync(LaneWork work, IReadOnlyList<Bubble> bubbles, LaneHold hold, CancellationToken cancellationToken)
    {
        for (var i = 0; i < bubbles.Count; i++)
        {
            var bubble = bubbles[i];
            var next = i + 1 < bubbles.Count ? bubbles[i + 1] : null;
            var claimed = bubble is { State: "sending" } && bubble.Fence == work.Fence;
            if (bubble.State == "sending" && !claimed)
            {
                var look = await uncertain.LookAsync(work, bubble, cancellationToken);
                Log.Looked(logger, bubble.Id, look.Verdict);
                if (look.Verdict == UncertainVerdict.Open)
                    return await WaitAsync(work, bubble, look, cancellationToken);
                if (look.Verdict == UncertainVerdict.Sent)
                {
                    // No new claim before it: its time is what the chat is searched by, should this commit not happen.
                    await outbox.AcceptAsync(work, bubble, look.RawId, null, time.GetUtcNow(), cancellationToken);
                    continue;
                }

                var isBroken = !waha.Session(work.Chat.Session).IsClosed;
                if (isBroken ? bubble.Attempts >= MaxAttemptsWhileBroken : bubble.Uncertain + 1 >= MaxUncertainAttempts)
                {
                    await outbox.BuryAsync(work, bubble, "uncertain_too_often", cancellationToken);
                    continue;
                }

                if (isBroken)
                {
                    // From the queue it is claimed anew, as one that was certainly not sent.
                    await outbox.RequeueAsync(work, bubble.Id, time.GetUtcNow(), "absent", cancellationToken);
                    bubble = bubble with { State = "queued" };
                }
            }
            else if (!claimed && bubble.NotBefore > time.GetUtcNow())
            {
                return bubble.NotBefore;
            }

            var outcome = await SendAsync(work, bubble, next, claimed, hold, cancellationToken);
            if (outcome.StopUntil is { } until)
                return until;
            if (outcome.NextClaimed && next is not null)
                bubbles = [.. bubbles.Take(i + 1), next with { State = "sending", Fence = work.Fence }, .. bubbles.Skip(i + 2)];
        }

        return null;
    }

    private async Task<Step> SendAsync(LaneWork work, Bubble bubble, Bubble? next, bool claimed, LaneHold hold, CancellationToken cancellationToken)
    {
        IntegrationCall call;
        try
        {
            call = waha.Session(work.Chat.Session).Enter();
        }
        catch (IntegrationOpenException open)
        {
            return await WaitAsync(work, bubble, open.RetryAt, cancellationToken);
        }

        using (call)
            return await SendAsync(call, work, bubble, next, claimed, hold, cancellationToken);
    }

    private async Task<Step> SendAsync(
        IntegrationCall call, LaneWork work, Bubble bubble, Bubble? next, bool claimed, LaneHold hold, CancellationToken cancellationToken)
    {
        await presence.StopAsync(work, bubble.Content.ChatId, cancellationToken);
        if (!claimed)
            await outbox.ClaimAsync(work, bubble.Id, time.GetUtcNow() + options.Value.SendTimeout, cancellationToken);

        // Right before the POST: is the lane still ours for as long as the POST may take?
        if (hold.Remaining < options.Value.SendTimeout)
            throw new FenceLostException();
        var result = await waha.SendTextAsync(
            work.Chat.Session, bubble.Content.ChatId, bubble.Content.Text, bubble.Content.ReplyTo, options.Value.SendTimeout,
            work.Turn?.Messages[^1].RequestId, cancellationToken);
        if (result.Outcome is SendOutcome.Accepted or SendOutcome.Refused)
            call.Succeeded();
        else
            call.Failed(result.RetryAfter);
        switch (result.Outcome)
        {
            case SendOutcome.Accepted:
                return await AcceptedAsync(work, bubble, result, next, cancellationToken);
            case SendOutcome.Refused:
                return await RefusedAsync(work, bubble, result.Reason, cancellationToken);
            case SendOutcome.Unavailable:
                var again = time.GetUtcNow() + (result.RetryAfter ?? Backoff(bubble.Attempts));
                Log.Unavailable(logger, bubble.Id, result.Reason);
                await outbox.RequeueAsync(work, bubble.Id, again, result.Reason, cancellationToken);
                return new Step(again, false);
            default:
                Log.Uncertain(logger, bubble.Id, result.Reason);
                var now = time.GetUtcNow();
                await outbox.MarkUncertainAsync(work, bubble.Id, now, null, result.Reason, cancellationToken);
                return new Step(now + TimeSpan.FromSeconds(1), false);
        }
    }

    /// <summary>Certainly not sent. What looks like our mistake may be WAHA's (a proxy in between, an update), so it is tried a few times.</summary>
    private async Task<Step> RefusedAsync(LaneWork work, Bubble bubble, string reason, CancellationToken cancellationToken)
    {
        if (bubble.Attempts >= MaxRefusals)
        {
            Log.Refused(logger, bubble.Id, reason);
            await outbox.BuryAsync(work, bubble, reason, cancellationToken);
            return new Step(null, false);
        }

        var again = time.GetUtcNow() + Backoff(bubble.Attempts);
        Log.Unavailable(logger, bubble.Id, reason);
        await outbox.RequeueAsync(work, bubble.Id, again, reason, cancellationToken);
        return new Step(again, false);
    }

    private async Task<Step> AcceptedAsync(LaneWork work, Bubble bubble, SendResult result, Bubble? next, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var pause = next is null ? TimeSpan.Zero : pacing.DelayFor(next.Content.Text, TimeSpan.Zero);
        var claimNext = next is { State: "queued" } && pause == TimeSpan.Zero && next.NotBefore <= now;
        await outbox.AcceptAsync(work, bubble, result.RawId, claimNext ? next!.Id : null, now + options.Value.SendTimeout, cancellationToken);
        if (next is null || claimNext || next.State != "queued")
            return new Step(null, claimNext);

        await outbox.RequeueAsync(work, next.Id, now + pause, "paced", cancellationToken);
        await presence.ContinueAsync(work, next.Content.ChatId, cancellationToken);
        return new Step(now + pause, false);
    }

    /// <summary>The session takes nothing now: nothing is claimed, and what was claimed already goes back unsent.</summary>
    private async Task<Step> WaitAsync(LaneWork work, Bubble bubble, DateTimeOffset until, CancellationToken cancellationToken)
    {
        if (bubble.State == "sending")
            await outbox.RequeueAsync(work, bubble.Id, until, "breaker_open", cancellationToken);
        return new Step(until, false);
    }

    private async Task<DateTimeOffset> WaitAsync(LaneWork work, Bubble bubble, UncertainLook look, CancellationToken cancellationToken)
    {
        await outbox.MarkUncertainAsync(work, bubble.Id, bubble.Deadline ?? time.GetUtcNow(), look.AbsentAt, "uncertain", cancellationToken);
        return look.NextLook;
    }

    private static TimeSpan Backoff(int attempts)
    {
        var delay = TimeSpan.FromSeconds(1 << Math.Clamp(attempts, 0, 5));
        return delay < LongestBackoff ? delay : LongestBackoff;
    }

    /// <param name="StopUntil">The lane waits until then; the rest of its bubbles with it.</param>
    /// <param name="NextClaimed">The next bubble is claimed already.</param>
    private sealed record Step(DateTimeOffset? StopUntil, bool NextClaimed);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Uncertain bubble {Bubble}: {Verdict}")]
        public static partial void Looked(ILogger logger, long bubble, UncertainVerdict verdict);

        [LoggerMessage(Level = LogLevel.Error, Message = "WAHA refused bubble {Bubble} for good ({Reason}); it is a dead letter")]
        public static partial void Refused(ILogger logger, long bubble, string reason);

        [LoggerMessage(Level = LogLevel.Warning, Message = "WAHA cannot send now ({Reason}); bubble {Bubble} waits")]
        public static partial void Unavailable(ILogger logger, long bubble, string reason);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Nobody knows whether bubble {Bubble} was sent ({Reason}); the chat will be read")]
        public static partial void Uncertain(ILogger logger, long bubble, string reason);
    }
}
