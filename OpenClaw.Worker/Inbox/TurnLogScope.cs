using OpenClaw.Core.Queue;

namespace OpenClaw.Worker.Inbox;

/// <summary>Names the turn that is answered.</summary>
internal sealed class TurnLogScope(LaneWork work) : LogScopeOfIds(
    new("RequestId", work.Turn!.Messages[^1].RequestId),
    new("Lane", work.Chat.Lane.Value),
    new("Session", work.Chat.Session),
    new("Turn", work.Turn.Id),
    new("Reference", work.Turn.Reference));
