using Microsoft.Extensions.Options;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Queue.Takeovers;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Worker.Replies;

/// <summary>What comes next for a bubble whose last send ended nobody knows how.</summary>
/// <param name="WaitUntil">The lane waits until then.</param>
/// <param name="Resend">The bubble, to be sent again; null when it is settled.</param>
/// <param name="Resent">Why it is sent again.</param>
internal sealed record UncertainStep(DateTimeOffset? WaitUntil, Bubble? Resend, BubbleSettlement? Resent)
{
    /// <summary>Bound, put aside or given up: the lane goes on with the next bubble.</summary>
    public static readonly UncertainStep Settled = new(null, null, null);
}

/// <summary>
/// Settles uncertain sends: bound where they are found, sent again where they are proven absent. Where neither is to be had, the setting decides
/// for replies; everything else is put aside, and so is a reply when the setting says so.
/// </summary>
internal sealed partial class UncertainBubbles(
    UncertainSends sends, WahaClient waha, OutboxStore outbox, TakeoverStore takeovers, IOptions<DeliveryOptions> options, TimeProvider time, ILogger<UncertainBubbles> logger)
{
    /// <summary>Answers that may be a refusal of this very text (WAHA's 500) are tried this often; waiting for WAHA does not count.</summary>
    private const int MaxUncertainAttempts = 5;

    /// <summary>
    /// While nobody else is sent anything either, it may be the session, of which too few fail for its breaker to know: about ten minutes.
    /// </summary>
    private const int MaxUncertainAttemptsAlone = 30;

    /// <summary>
    /// While the session fails for everybody, a 500 says nothing about this text and uses up no try; a text that is the trouble itself comes to an
    /// end all the same.
    /// </summary>
    private const int MaxAttemptsWhileBroken = 100;

    public async Task<UncertainStep> SettleAsync(LaneWork work, Bubble bubble, CancellationToken cancellationToken)
    {
        var look = await sends.LookAsync(work, bubble, cancellationToken);
        Log.Looked(logger, bubble.Id, look.Verdict, look.Why);
        switch (look.Verdict)
        {
            case UncertainVerdict.Open:
                await outbox.MarkUncertainAsync(work, bubble.Id, bubble.Deadline ?? time.GetUtcNow(), look.AbsentAt, look.Why ?? "uncertain", cancellationToken);
                return new UncertainStep(look.NextLook, null, null);
            case UncertainVerdict.Sent:
                // No new claim before it: its time is what the chat is searched by, should this commit not happen.
                await outbox.AcceptAsync(work, bubble, look.RawId, null, cancellationToken);
                return UncertainStep.Settled;
            case UncertainVerdict.Unproven when !MayGuess(bubble):
                Log.Held(logger, bubble.Id, look.Why);
                await outbox.HoldAsync(work, bubble, look.Why!, cancellationToken);
                return UncertainStep.Settled;
            default:
                return await ResendAsync(work, bubble, look.Verdict == UncertainVerdict.Absent ? BubbleSettlement.AbsentResent : BubbleSettlement.UnprovenResent, cancellationToken);
        }
    }

    /// <summary>Once: a WAHA that sends everything and says 500 would fill the chat. Whoever replays what was put aside has seen the reason, and decides.</summary>
    private bool MayGuess(Bubble bubble) =>
        !bubble.WasGuessed && (bubble.IsReplayed || (bubble.Kind == BubbleKind.Reply && options.Value.WhenUncertain == WhenUncertain.Resend));

    private async Task<UncertainStep> ResendAsync(LaneWork work, Bubble bubble, BubbleSettlement resent, CancellationToken cancellationToken)
    {
        var session = waha.Session(work.Chat.Session);
        var isBroken = !session.IsClosed;
        var most = session.AnswersOthers ? MaxUncertainAttempts : MaxUncertainAttemptsAlone;
        if (isBroken ? bubble.Attempts >= MaxAttemptsWhileBroken : bubble.Uncertain + 1 >= most)
        {
            await outbox.BuryAsync(work, bubble, "uncertain_too_often", cancellationToken);
            return UncertainStep.Settled;
        }

        // Somebody wrote from the account's phone while nobody knew what had become of it: the lane begins again and judges that first.
        if (await takeovers.IsUndecidedAsync(work.Chat.Lane, cancellationToken))
        {
            await outbox.RequeueAsync(work, bubble.Id, time.GetUtcNow(), "uncertain", resent, cancellationToken);
            return new UncertainStep(time.GetUtcNow(), null, null);
        }

        if (!isBroken)
            return new UncertainStep(null, bubble, resent);

        // From the queue it is claimed anew, as one that was certainly not sent.
        await outbox.RequeueAsync(work, bubble.Id, time.GetUtcNow(), resent == BubbleSettlement.AbsentResent ? "absent" : "unproven", resent, cancellationToken);
        return new UncertainStep(null, bubble with { State = "queued" }, resent);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Uncertain bubble {Bubble}: {Verdict} ({Why})")]
        public static partial void Looked(ILogger logger, long bubble, UncertainVerdict verdict, string? why);

        [LoggerMessage(Level = LogLevel.Error, Message = "Nobody can tell whether bubble {Bubble} was sent ({Why}); it is put aside as a dead letter")]
        public static partial void Held(ILogger logger, long bubble, string? why);
    }
}
