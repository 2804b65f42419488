using System.Diagnostics;
using System.Globalization;

namespace OpenClaw.Core.Queue.Journeys;

/// <summary>What the rows of a message and its answer say, as steps.</summary>
internal static class JourneyTale
{
    public static IEnumerable<JourneyStep> Of(ArrivalRow arrival)
    {
        yield return new JourneyStep(JourneyStepKind.Arrived, arrival.ArrivedAt, null, arrival.RequestId);
    }

    public static JourneyStep Began(TurnTimes turn) => new(JourneyStepKind.TurnBegan, turn.CreatedAt, null, null);

    public static IEnumerable<JourneyStep> Ended(TurnTimes turn)
    {
        // A later death overwrites an earlier one's time: it stands before or after the last replay.
        if (turn.DeadAt is { } dead)
            yield return new JourneyStep(JourneyStepKind.Dead, dead, null, turn.Reason);
        if (turn.ReplayedAt is { } replayed)
            yield return new JourneyStep(JourneyStepKind.Replayed, replayed, null, Number(turn.Replays));
        if (turn.RepliedAt is { } answered)
            yield return new JourneyStep(JourneyStepKind.Answered, answered, null, null);
        if (turn.State == "discarded")
            yield return new JourneyStep(JourneyStepKind.Discarded, null, null, null);
    }

    public static JourneyStep Of(StepTimes step) => new(
        step.Kind switch
        {
            "started" => JourneyStepKind.SkillStarted,
            "done" => JourneyStepKind.SkillDone,
            _ => JourneyStepKind.SkillsAsked,
        },
        step.At, null, null);

    public static JourneyBubble Bubble(BubbleTimes bubble) => new(
        bubble.Id, bubble.Kind, bubble.State, bubble.Settlement, bubble.AcceptedAt, bubble.ServerAt, bubble.DeviceAt, bubble.ReadAt, bubble.IsRefused ? bubble.ErrorAt ?? bubble.AcceptedAt : null,
        bubble.Session);

    public static IEnumerable<JourneyStep> Of(BubbleTimes bubble)
    {
        JourneyStep Step(JourneyStepKind kind, DateTimeOffset? at = null, string? detail = null) => new(kind, at, bubble.Id, detail);

        yield return Step(JourneyStepKind.Queued, bubble.CreatedAt, bubble.Kind);
        if (bubble.BudgetAt is { } waited)
            yield return Step(JourneyStepKind.BudgetUsedUp, waited, bubble.Budget);
        if (bubble.ClaimedAt is { } claimed)
            yield return Step(JourneyStepKind.Claimed, claimed, Number(bubble.Attempts));
        if (bubble is { IsStandIn: true, ClaimedAt: { } stoodIn })
            yield return Step(JourneyStepKind.StoodIn, stoodIn, bubble.Session);
        if (bubble.Settlement == BubbleSettlement.UnprovenResent)
            yield return Step(JourneyStepKind.ResentUnproven, null, Times(bubble.Uncertain));
        else if (bubble.Settlement == BubbleSettlement.AbsentResent || bubble.Uncertain > 0)
            yield return Step(JourneyStepKind.FoundAbsent, null, Times(bubble.Uncertain));
        if (bubble is { State: "sending", IsOpen: true })
            yield return Step(JourneyStepKind.Uncertain, null, bubble.Reason);
        if (bubble is { DeadAt: { } held, Settlement: BubbleSettlement.Held })
            yield return Step(JourneyStepKind.Withheld, held, bubble.State == "dead" ? bubble.Reason : null);
        else if (bubble.DeadAt is { } dead)
            yield return Step(JourneyStepKind.Dead, dead, bubble.State == "dead" ? bubble.Reason : null);
        if (bubble.ReplayedAt is { } replayed)
            yield return Step(JourneyStepKind.Replayed, replayed, Number(bubble.Replays));
        if (bubble.State == "discarded")
            yield return Step(JourneyStepKind.Discarded, null, bubble.Reason);
        if (bubble.State == "aside")
            yield return Step(JourneyStepKind.PutAside, null, bubble.Reason);
        if (bubble.AcceptedAt is { } accepted)
            yield return bubble.IsFound ? Step(JourneyStepKind.FoundInChat, accepted) : Step(JourneyStepKind.Accepted, accepted);
        if (bubble.ErrorAt is not null || bubble.IsRefused)
            yield return Step(JourneyStepKind.ErrorAck, bubble.ErrorAt);
        if (bubble.Ack >= 1)
            yield return Step(JourneyStepKind.ServerAck, bubble.ServerAt);
        if (bubble.Ack >= ChatEventStore.DeviceAck)
            yield return Step(JourneyStepKind.DeviceAck, bubble.DeviceAt);
        if (bubble.Ack >= ChatEventStore.ReadAck)
            yield return Step(JourneyStepKind.ReadAck, bubble.ReadAt);
    }

    public static JourneyOutcome OutcomeOf(ArrivalRow message, TurnTimes? turn, IReadOnlyList<BubbleTimes> bubbles) => message.State switch
    {
        "pending" => JourneyOutcome.Waiting,
        "held" => JourneyOutcome.Held,
        "in_turn" => JourneyOutcome.InProgress,
        "replied" => JourneyOutcome.Sending,
        "sent" => bubbles.Any(bubble => bubble is { IsAnswer: true, IsRefused: true }) ? JourneyOutcome.Refused : JourneyOutcome.Sent,
        "delivered" => bubbles.Where(bubble => bubble.IsAnswer).All(bubble => bubble.Ack >= ChatEventStore.ReadAck) ? JourneyOutcome.Read : JourneyOutcome.Delivered,
        "limited" => JourneyOutcome.Limited,
        "denied" => JourneyOutcome.Denied,
        "dead" when bubbles.Any(bubble => bubble is { IsAnswer: true, State: "dead", Settlement: BubbleSettlement.Held }) => JourneyOutcome.Unknown,
        "context" => JourneyOutcome.Context,
        "dead" => turn?.State == "discarded" || !IsDead(turn, bubbles) ? JourneyOutcome.Discarded : JourneyOutcome.Dead,
        _ => JourneyOutcome.Ignored,
    };

    public static string? TraceOf(string? traceParent) =>
        ActivityContext.TryParse(traceParent, null, out var trace) ? trace.TraceId.ToHexString() : null;

    /// <summary>Messages stay dead when the part of their answer that died was discarded.</summary>
    private static bool IsDead(TurnTimes? turn, IReadOnlyList<BubbleTimes> bubbles) =>
        turn?.State == "dead" || bubbles.Any(bubble => bubble is { IsAnswer: true, State: "dead" }) || !bubbles.Any(bubble => bubble is { IsAnswer: true, State: "discarded" });

    /// <summary>A repeat while the session failed for everybody is not counted, but there was one.</summary>
    private static string Times(int counted) => Number(Math.Max(counted, 1));

    private static string Number(int count) => count.ToString(CultureInfo.InvariantCulture);
}
