using OpenClaw.Core.Queue;
using OpenClaw.Worker.Inbox;

namespace OpenClaw.Worker.Replies;

/// <summary>Names the bubble that is sent after its turn is over, or that has none.</summary>
internal sealed class BubbleLogScope(LaneWork work, Bubble bubble) : LogScopeOfIds(
    new("RequestId", bubble.RequestId),
    new("Lane", work.Chat.Lane.Value),
    new("Session", work.Chat.Session),
    new("Turn", bubble.TurnId),
    new("Bubble", bubble.Id));
