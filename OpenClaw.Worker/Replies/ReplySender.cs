using Microsoft.Extensions.Options;
using OpenClaw.Core.Accounts;
using OpenClaw.Core.Integrations;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Storage;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Worker.Inbox;

namespace OpenClaw.Worker.Replies;

/// <summary>
/// Sends a lane's bubbles in order, one at a time. Only what WAHA definitely refused is sent again without looking; everything that
/// is uncertain is settled by reading the chat first.
/// </summary>
internal sealed partial class ReplySender(
    WahaClient waha, OutboxStore outbox, UncertainBubbles uncertain, UnnamedBubbles unnamed, MessageIds ids, ChatPresence presence, Pacing pacing, SendBudget budget, BubbleRoutes routes,
    AccountHealth accounts, AccountLimitStore limits, TurnTelemetry telemetry, IOptions<DeliveryOptions> options, TimeProvider time, ILogger<ReplySender> logger)
{
    /// <summary>Typed reason of what is held back while only answers go out.</summary>
    private const string AccountRed = "account_red";

    /// <summary>Earlier attempts after which a definite refusal is final.</summary>
    private const int MaxRefusals = 4;

    /// <returns>When the lane should be looked at again, or null when everything is sent.</returns>
    public async Task<DateTimeOffset?> DeliverAsync(LaneWork work, IReadOnlyList<Bubble> bubbles, LaneHold hold, CancellationToken cancellationToken)
    {
        DateTimeOffset? askAgain = null;
        for (var i = 0; i < bubbles.Count; i++)
        {
            var bubble = bubbles[i];
            var next = i + 1 < bubbles.Count ? bubbles[i + 1] : null;
            var claimed = bubble is { State: "sending" } && bubble.Fence == work.Fence;
            if (bubble.State != "sending" && bubble.NotBefore > time.GetUtcNow())
                return bubble.NotBefore;

            using var activity = BubbleSpan.Start(work, bubble);
            using var scope = work.Turn is null ? logger.BeginScope(new BubbleLogScope(work, bubble)) : null;
            BubbleSettlement? resent = null;
            if (bubble.State == "sending" && !claimed)
            {
                var step = await uncertain.SettleAsync(BubbleRoutes.Claimed(work, bubble), bubble, cancellationToken);
                if (step.WaitUntil is { } look)
                    return look;
                // What happened meanwhile comes before the next bubble: a human may have answered.
                if (step.Resend is null)
                    return next is null ? null : time.GetUtcNow();
                (bubble, resent) = (step.Resend, step.Resent);
            }

            // Refused by a stand-in: to begin anew would be to try one number after the other.
            var hadStandIn = bubble.Content.Own is not null;
            var route = await routes.FindAsync(work, bubble, resent, cancellationToken);
            (var sending, bubble) = (route.Work, route.Bubble);
            // One whose last send may have arrived is settled first.
            if (bubble.Kind == BubbleKind.Notice && (bubble.State == "queued" || resent == BubbleSettlement.AbsentResent) && accounts.Of(sending.Chat.Session).OnlyAnswers)
            {
                await HoldBackAsync(work, bubble, sending.Chat.Session, mayWait: !hadStandIn, cancellationToken);
                continue;
            }

            var outcome = await SendAsync(route, next, claimed, resent, hold, cancellationToken);
            if (outcome.YieldsUntil is { } yields)
            {
                // A notice makes way for the answers behind it.
                askAgain = yields;
                continue;
            }

            if (outcome.Limited is { } reason)
            {
                bubbles = await GiveUpRestAsync(work, bubbles, i, reason, cancellationToken);
                continue;
            }

            if (outcome.StopUntil is { } until)
                return until;
            if (outcome.Claimed is { } claimedNext)
                bubbles = [.. bubbles.Take(i + 1), claimedNext, .. bubbles.Skip(i + 2)];
        }

        return work.MoreWaits ? null : askAgain;
    }

    /// <summary>A job's bubble goes back to its job, unless a copy of it may be in the chat.</summary>
    private async Task HoldBackAsync(LaneWork work, Bubble bubble, string session, bool mayWait, CancellationToken cancellationToken)
    {
        DateTimeOffset? again = mayWait ? time.GetUtcNow() + Jobs.ReminderJob.WhileRed : null;
        if (!bubble.WasGuessed && await outbox.HoldBackAsync(work, bubble, AccountRed, again, cancellationToken))
        {
            Log.BackToJob(logger, bubble.Id, session);
            return;
        }

        if (bubble.WasGuessed)
            await outbox.BuryAsync(work, bubble, AccountRed, cancellationToken);
        Log.HeldBack(logger, bubble.Id, session);
    }

    /// <summary>First the session's leave, then the place, then the claim: one that is known not to answer takes nothing out of its budget, and nothing is sent without a place.</summary>
    private async Task<Step> SendAsync(BubbleRoute route, Bubble? next, bool claimed, BubbleSettlement? resent, LaneHold hold, CancellationToken cancellationToken)
    {
        // What is claimed already took its place before that.
        var (work, bubble) = (route.Work, claimed ? budget.Placed(route.Bubble) : route.Bubble);
        IntegrationCall call;
        try
        {
            call = waha.Session(work.Chat.Session).Enter();
        }
        catch (IntegrationOpenException open)
        {
            return await WaitAsync(work, bubble, resent, open.RetryAt, cancellationToken);
        }

        using (call)
        {
            if (!claimed)
            {
                // Given back untold, the call says nothing about the session, and somebody else may probe.
                if (await budget.WaitAsync(work, bubble, resent, cancellationToken) is { } wait)
                    return wait.IsBooked ? new Step(wait.Until, null) : new Step(null, null, YieldsUntil: wait.Until);
                bubble = budget.Placed(bubble);
            }

            await presence.StopAsync(work, bubble.Content.ChatId, cancellationToken);
            var mine = claimed ? bubble : await ClaimAsync(route with { Bubble = bubble }, resent, cancellationToken);
            return await SendAsync(call, work, mine, next, route.IsStandIn, hold, cancellationToken);
        }
    }

    private async Task<Bubble> ClaimAsync(BubbleRoute route, BubbleSettlement? resent, CancellationToken cancellationToken)
    {
        var (work, bubble, content, _) = route;
        // The same id again: WhatsApp itself may then know a message that is there already.
        var rawId = bubble.RawId ?? await ids.NextAsync(work.Chat.Session, cancellationToken);
        await outbox.ClaimAsync(work, new BubbleClaim(bubble.Id, time.GetUtcNow() + options.Value.SendTimeout, rawId, resent, content), cancellationToken);
        return bubble with { RawId = rawId, Uncertain = resent is null ? bubble.Uncertain : bubble.Uncertain + 1 };
    }

    private async Task<Step> SendAsync(
        IntegrationCall call, LaneWork work, Bubble bubble, Bubble? next, bool isStandIn, LaneHold hold, CancellationToken cancellationToken)
    {
        // Right before the POST: is the lane still ours for as long as the POST may take?
        if (hold.Remaining < options.Value.SendTimeout)
            throw new FenceLostException();
        var result = await waha.SendTextAsync(
            work.Chat.Session, bubble.Content.ChatId, bubble.Content.Text, bubble.Content.ReplyTo, options.Value.SendTimeout,
            bubble.RequestId, bubble.RawId, cancellationToken);
        if (result.Reason is "connection_refused" or "connection_cut")
            ids.Forget(work.Chat.Session);
        if (result.Outcome is SendOutcome.Accepted or SendOutcome.Refused)
            call.Succeeded();
        else if (!IsAboutTheText(work, bubble, result))
            call.Failed(result.RetryAfter);
        switch (result.Outcome)
        {
            case SendOutcome.Accepted:
                return await AcceptedAsync(work, bubble, result, next, isStandIn, cancellationToken);
            case SendOutcome.Refused:
                return result.Limit is { } limit
                    ? await LimitedAsync(work, bubble, limit, isStandIn, cancellationToken)
                    : await RefusedAsync(work, bubble, result.Reason, cancellationToken);
            case SendOutcome.Unavailable:
                var again = time.GetUtcNow() + (result.RetryAfter ?? DeliveryPolicy.Repeats.After(bubble.Attempts + 1));
                Log.Unavailable(logger, bubble.Id, result.Reason);
                await outbox.RequeueUnsentAsync(work, bubble, again, result.Reason, null, cancellationToken);
                return new Step(again, null);
            default:
                Log.Uncertain(logger, bubble.Id, result.Reason);
                var now = time.GetUtcNow();
                await outbox.MarkUncertainAsync(work, bubble.Id, now, null, result.Reason, cancellationToken);
                return new Step(now + TimeSpan.FromSeconds(1), null);
        }
    }

    /// <summary>
    /// Whether a failure says nothing new about the session: its chat was read since this text's last 500, and WAHA says 500 to input it does not like.
    /// A few such chats must not stop a session that nobody else uses at the moment. A breaker that is not closed had more than that to go by.
    /// </summary>
    private bool IsAboutTheText(LaneWork work, Bubble bubble, SendResult result) =>
        result.Reason == "http_500" && bubble.Uncertain > 0 && waha.Session(work.Chat.Session).IsClosed;

    /// <summary>Certainly not sent. What looks like our mistake may be WAHA's (a proxy in between, an update), so it is tried a few times.</summary>
    private async Task<Step> RefusedAsync(LaneWork work, Bubble bubble, string reason, CancellationToken cancellationToken)
    {
        if (bubble.Attempts >= MaxRefusals)
        {
            Log.Refused(logger, bubble.Id, reason);
            await outbox.BuryAsync(work, bubble, reason, cancellationToken);
            return new Step(null, null);
        }

        var again = time.GetUtcNow() + DeliveryPolicy.Repeats.After(bubble.Attempts + 1);
        Log.Unavailable(logger, bubble.Id, reason);
        await outbox.RequeueUnsentAsync(work, bubble, again, reason, null, cancellationToken);
        return new Step(again, null);
    }

    /// <summary>WhatsApp does not let this account write to this person: every further try counts against it.</summary>
    private async Task<Step> LimitedAsync(LaneWork work, Bubble bubble, AccountLimit limit, bool isStandIn, CancellationToken cancellationToken)
    {
        var reason = limit.RefusalReason();
        await limits.NoteRefusedAsync(work.Chat.Session, limit, cancellationToken);
        if (isStandIn)
        {
            // To the stand-in's account the person is a stranger: now it is red itself, and the chat's own session knows the person.
            var again = time.GetUtcNow() + StandIns.Remembered;
            await outbox.RequeueAsync(work, bubble.Id, again, reason, cancellationToken);
            return new Step(again, null);
        }

        Log.Limited(logger, bubble.Id, reason, work.Chat.Session);
        await outbox.BuryAsync(work, bubble, reason, cancellationToken);
        return new Step(null, null, reason);
    }

    /// <summary>The rest of an answer to somebody who may not be written to would only be refused as well.</summary>
    /// <returns>What is left to be sent, with the given-up ones taken out.</returns>
    private async Task<IReadOnlyList<Bubble>> GiveUpRestAsync(LaneWork work, IReadOnlyList<Bubble> bubbles, int refused, string reason, CancellationToken cancellationToken)
    {
        var rest = bubbles.Skip(refused + 1).Where(bubble => bubble.State == "queued" && bubble.TurnId is not null && bubble.TurnId == bubbles[refused].TurnId).ToList();
        foreach (var bubble in rest)
            await outbox.BuryAsync(work, bubble, reason, cancellationToken);
        return [.. bubbles.Except(rest)];
    }

    private async Task<Step> AcceptedAsync(LaneWork work, Bubble bubble, SendResult result, Bubble? next, bool isStandIn, CancellationToken cancellationToken)
    {
        if (bubble is { Kind: BubbleKind.Reply, EndsTurnSince: { } since })
            telemetry.Answered(since);
        ids.Used(work.Chat.Session, bubble.RawId, result.RawId);
        var now = time.GetUtcNow();
        var pause = next is null ? TimeSpan.Zero : pacing.DelayFor(next.Content.Text, TimeSpan.Zero);
        // What a stand-in sends is addressed anew, each for itself, and so is what comes back from one. Without an id the bubble's echo is looked for first: nothing may be claimed for so long.
        var claimNext = (result.RawId ?? bubble.RawId) is not null && !isStandIn && next is { State: "queued", Content.Own: null } && next.SessionIn(work.Chat) == work.Chat.Session && pause == TimeSpan.Zero && next.NotBefore <= now
            && (next.IsBooked || await budget.AllowsAtOnceAsync(work, next.Kind, cancellationToken));
        if (claimNext)
        {
            // Asked for before the commit that claims: a commit of its own would cost more than this one's waiting for it.
            var rawId = next!.RawId ?? await ids.NextAsync(work.Chat.Session, cancellationToken);
            await AcceptAsync(work, bubble, result, new BubbleClaim(next.Id, time.GetUtcNow() + options.Value.SendTimeout, rawId), cancellationToken);
            return new Step(null, next with { State = "sending", Fence = work.Fence, RawId = rawId });
        }

        await AcceptAsync(work, bubble, result, null, cancellationToken);
        if (next is not { State: "queued" })
            return new Step(null, null);

        var at = next.NotBefore > now + pause ? next.NotBefore : now + pause;
        await outbox.RequeueAsync(work, next.Id, at, "paced", cancellationToken);
        await presence.ContinueAsync(work, next.Content.ChatId, cancellationToken);
        return new Step(at, null);
    }

    private async Task AcceptAsync(LaneWork work, Bubble bubble, SendResult result, BubbleClaim? next, CancellationToken cancellationToken)
    {
        await outbox.AcceptAsync(work, bubble, result.RawId, next, cancellationToken);
        if (result.RawId is not null || bubble.RawId is not null)
            return;
        try
        {
            await unnamed.BindAsync(work.Chat.Session, work.Chat.Lane, bubble.Content.ChatId, cancellationToken);
        }
        catch (StorageUnavailableException)
        {
            // It is sent and stored as that; the next echo of the chat looks for its id again.
            Log.Unnamed(logger, bubble.Id);
        }
    }

    /// <summary>The session takes nothing now: nothing is claimed, and what was claimed already goes back unsent.</summary>
    private async Task<Step> WaitAsync(LaneWork work, Bubble bubble, BubbleSettlement? resent, DateTimeOffset until, CancellationToken cancellationToken)
    {
        if (bubble.State == "sending")
            await outbox.RequeueUnsentAsync(work, bubble, until, "breaker_open", resent, cancellationToken);
        return new Step(until, null);
    }

    /// <param name="StopUntil">The lane waits until then; the rest of its bubbles with it.</param>
    /// <param name="Claimed">The next bubble, when it is claimed already.</param>
    /// <param name="Limited">Typed reason of a limit of WhatsApp's that the bubble was given up for.</param>
    /// <param name="YieldsUntil">Until then the bubble waits beside the others, which go past it.</param>
    private sealed record Step(DateTimeOffset? StopUntil, Bubble? Claimed, string? Limited = null, DateTimeOffset? YieldsUntil = null);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "WhatsApp refused bubble {Bubble} ({Reason}): a limit on the account of session {Session}, no trouble of the session; it is a dead letter and not tried again")]
        public static partial void Limited(ILogger logger, long bubble, string reason, string session);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Bubble {Bubble} answers nothing and is held back as a dead letter: the account of session {Session} is red")]
        public static partial void HeldBack(ILogger logger, long bubble, string session);

        [LoggerMessage(Level = LogLevel.Information, Message = "Bubble {Bubble} answers nothing and the account of session {Session} is red: it is its job's again")]
        public static partial void BackToJob(ILogger logger, long bubble, string session);

        [LoggerMessage(Level = LogLevel.Error, Message = "WAHA refused bubble {Bubble} for good ({Reason}); it is a dead letter")]
        public static partial void Refused(ILogger logger, long bubble, string reason);

        [LoggerMessage(Level = LogLevel.Warning, Message = "WAHA cannot send now ({Reason}); bubble {Bubble} waits")]
        public static partial void Unavailable(ILogger logger, long bubble, string reason);

        [LoggerMessage(Level = LogLevel.Warning, Message = "WAHA took bubble {Bubble} without telling its id, and its echo could not be looked for now; its acks may be missing")]
        public static partial void Unnamed(ILogger logger, long bubble);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Nobody knows whether bubble {Bubble} was sent ({Reason}); the chat will be read")]
        public static partial void Uncertain(ILogger logger, long bubble, string reason);
    }
}
