using OpenClaw.Core.Integrations;
using OpenClaw.Core.Queue;
using OpenClaw.Worker.Models;

namespace OpenClaw.Worker.Inbox;

/// <summary>A lane waits for its session, and for the model when it has a turn to run. Sessions do not wait for each other.</summary>
internal sealed class IntegrationGate(IntegrationRegistry integrations, MainModel model) : ILaneGate
{
    public DateTimeOffset? WaitsUntil(string session, bool onlySends)
    {
        var sends = integrations.Waha(session).WaitsUntil();
        var answers = onlySends ? null : model.Integration?.WaitsUntil();
        return sends > answers || answers is null ? sends : answers;
    }
}
