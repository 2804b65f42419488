using OpenClaw.Core.Integrations;
using OpenClaw.Core.Queue;
using OpenClaw.Worker.Models;
using OpenClaw.Worker.Replies;

namespace OpenClaw.Worker.Inbox;

/// <summary>A lane waits for its session, and for the model when it has a turn to run. Sessions do not wait for each other.</summary>
internal sealed class IntegrationGate(IntegrationRegistry integrations, MainModel model, StandIns standIns) : ILaneGate
{
    public DateTimeOffset? WaitsUntil(string session, bool isGroup, bool onlySends)
    {
        var sends = integrations.Waha((isGroup ? null : standIns.Of(session)) ?? session).WaitsUntil();
        var answers = onlySends ? null : model.Integration?.WaitsUntil();
        return sends > answers || answers is null ? sends : answers;
    }
}
