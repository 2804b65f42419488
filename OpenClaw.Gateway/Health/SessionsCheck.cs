using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Storage;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Gateway.Sessions;

namespace OpenClaw.Gateway.Health;

/// <summary>
/// The newest state of each served session, as this process saw it or else as it was told, and what to do about it. Every status but WORKING is
/// "does not work", also one that is not known.
/// </summary>
internal sealed class SessionsCheck(ChatEventStore events, SessionBoard board, IOptions<WahaOptions> options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            var told = events.SessionStates();
            var down = options.Value.ServedSessions().Select(session => Sentence(session, told.GetValueOrDefault(session))).OfType<string>().ToList();
            return Task.FromResult(down.Count == 0 ? HealthCheckResult.Healthy() : HealthCheckResult.Degraded(string.Join(". ", down)));
        }
        catch (StorageUnavailableException)
        {
            return Task.FromResult(HealthCheckResult.Degraded("unknown: the database cannot be read"));
        }
    }

    private string? Sentence(string session, string? told) => board.Of(session) switch
    {
        { SilenceReason: { } reason } => $"{session} is not known: WAHA does not answer ({reason}); its messages and answers wait",
        { } seen => Sentence(session, seen.Status, seen.Advice, isMissing: seen.Status is null),
        null when told is not null => Sentence(session, told, SessionAdviceTexts.Of(told), isMissing: false),
        null => null,
    };

    private static string? Sentence(string session, string? status, SessionAdvice advice, bool isMissing)
    {
        if (status == "WORKING")
            return null;
        var state = isMissing ? "missing" : status;
        return advice.Sentence(session) is { } sentence ? $"{session} is {state}: {sentence}" : $"{session} is {state}";
    }
}
