using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenClaw.Core.Flow;
using OpenClaw.Core.Queue.Acks;
using OpenClaw.Core.Storage;
using OpenClaw.Gateway.Flow;

namespace OpenClaw.Gateway.Health;

/// <summary>
/// What last flowed through each session, as facts with times, and degraded where they contradict a session that is said to work. Never a reason to take
/// the process out of service: another one would hear as little.
/// </summary>
internal sealed class FlowCheck(FlowWatch watch, IServerAckHealth acks) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var report = await watch.LookAsync(cancellationToken);
            var data = new Dictionary<string, object>(StringComparer.Ordinal)
            {
                ["sessions"] = report.Sessions.ToDictionary(facts => facts.Session, object? (facts) => Facts(facts), StringComparer.Ordinal),
                ["waiting"] = Waiting(report.Work),
            };
            return report.Contradictions.Count == 0 ? HealthCheckResult.Healthy(data: data) : HealthCheckResult.Degraded(string.Join(". ", report.Contradictions), data: data);
        }
        catch (StorageUnavailableException)
        {
            return HealthCheckResult.Degraded("unknown: the database cannot be read");
        }
    }

    private Dictionary<string, object?> Facts(FlowFacts facts) => new(StringComparer.Ordinal)
    {
        ["status"] = facts.Status,
        ["lastEvent"] = facts.Flow.EventAt,
        ["lastMessage"] = facts.Flow.MessageAt,
        ["lastAcceptedSend"] = facts.AcceptedAt,
        ["lastServerAck"] = facts.ServerAckAt,
        ["missingServerAcks"] = acks.Of(facts.Session).Missing,
        ["lastProbe"] = facts.Flow.ProbeAt,
        ["lastComparison"] = facts.Flow.ComparedAt,
        ["newestMissed"] = facts.Flow.MissedAt,
    };

    private static Dictionary<string, object?> Waiting(WaitingWork? work) => new(StringComparer.Ordinal)
    {
        ["since"] = work?.Since,
        ["overdueChats"] = work?.Overdue,
    };
}
