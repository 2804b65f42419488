using System.Diagnostics;
using OpenClaw.Core.Queue;

namespace OpenClaw.Worker.Replies;

/// <summary>A bubble's way out, in the trace of the message that it answers: also when another Worker sends it, minutes later.</summary>
internal static class BubbleSpan
{
    private static readonly ActivitySource Source = new("OpenClaw.Worker");

    /// <returns>Null when nobody listens.</returns>
    public static Activity? Start(LaneWork work, Bubble bubble)
    {
        if (!Source.HasListeners())
            return null;

        // Within its turn it is a step of that; else the turn's span is over, and what it continued is continued here, too.
        var activity = work.Turn is null && ActivityContext.TryParse(bubble.TraceParent, null, isRemote: true, out var queued)
            ? Source.StartActivity("deliver bubble", ActivityKind.Consumer, queued)
            : Source.StartActivity("deliver bubble");
        activity?.SetTag("openclaw.request_id", bubble.RequestId);
        activity?.SetTag("openclaw.session", work.Chat.Session);
        activity?.SetTag("openclaw.lane", work.Chat.Lane.Value);
        activity?.SetTag("openclaw.turn", bubble.TurnId);
        activity?.SetTag("openclaw.bubble", bubble.Id);
        return activity;
    }
}
