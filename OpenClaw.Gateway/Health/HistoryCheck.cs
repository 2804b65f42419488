using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenClaw.Core.Queue.History;
using OpenClaw.Core.Storage;
using OpenClaw.Gateway.Backfill;

namespace OpenClaw.Gateway.Health;

/// <summary>
/// Degraded while what no webhook delivers could not be read back. What was lost before is told along for a day: nobody can mend it, so it makes
/// nothing degraded.
/// </summary>
internal sealed class HistoryCheck(HistoryGaps gaps, BackfillBoard board, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan ToldFor = TimeSpan.FromDays(1);

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var since = time.GetUtcNow() - ToldFor;
            var recent = gaps.Newest(100).Count(gap => gap.NotedAt >= since);
            var gapSentence = recent == 0
                ? null
                : string.Create(CultureInfo.InvariantCulture, $"messages of {recent} {(recent == 1 ? "time" : "times")} of the last day may be lost: GET /api/gaps");
            var problems = board.All.Select(entry => Sentence(entry.Session, entry.Standing)).OfType<string>().ToList();
            var description = string.Join(". ", gapSentence is null ? problems : [.. problems, gapSentence]);
            return Task.FromResult(problems.Count > 0 ? HealthCheckResult.Degraded(description) : HealthCheckResult.Healthy(description.Length == 0 ? null : description));
        }
        catch (StorageUnavailableException)
        {
            return Task.FromResult(HealthCheckResult.Degraded("unknown: the database cannot be read"));
        }
    }

    private static string? Sentence(string session, HistoryStanding standing) => standing switch
    {
        HistoryStanding.NotKept => $"WAHA keeps no history of {session}, so missed messages are lost: with NOWEB set config.noweb.store.enabled=true",
        HistoryStanding.Unreadable => $"WAHA's history of {session} cannot be read; tried again",
        _ => null,
    };
}
