using System.Globalization;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Configuration;
using OpenClaw.Core.Flow;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Gateway.Sessions;

namespace OpenClaw.Gateway.Flow;

/// <summary>When facts contradict each other. That nothing happens contradicts nothing: nights are silent.</summary>
internal sealed class FlowRules(IOptions<WahaOptions> waha, IConfiguration configuration)
{
    /// <summary>A webhook is on its way for so long at most, WAHA's own repetitions included that are still worth waiting for.</summary>
    public static readonly TimeSpan SilentFor = TimeSpan.FromMinutes(10);

    /// <summary>Work that waits for nobody but a worker.</summary>
    public static readonly TimeSpan WorkWithin = TimeSpan.FromMinutes(2);

    /// <summary>
    /// A keeper that was killed holds the job for its lease, another one asks for it once an interval, two questions in a row may go astray, and another Gateway's
    /// answer is known half a minute later.
    /// </summary>
    private readonly TimeSpan _probeWithin = SessionKeeper.LeadershipOf(waha.Value) + (2 * waha.Value.SessionPollInterval) + TimeSpan.FromMinutes(1);

    /// <param name="facts">A session.</param>
    /// <param name="listeningSince">From when on this process can be reached: what did not come before says nothing.</param>
    /// <param name="isAnybodyProbing">False while nobody can lead the keeping of sessions: then no probe says nothing of WAHA.</param>
    /// <param name="now">Now.</param>
    public IEnumerable<string> Judge(FlowFacts facts, DateTimeOffset listeningSince, bool isAnybodyProbing, DateTimeOffset now)
    {
        // What does not work is told by another check, and nothing flows through it.
        if (facts.Status != "WORKING" || waha.Value.UsesSimulator)
            yield break;

        var silentSince = Later(facts.Flow.EventAt, listeningSince);
        if (now - silentSince >= SilentFor && facts.Flow.MissedAt is { } missed && missed > silentSince)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{facts.Session}: webhooks do not arrive: none came since {Time(silentSince)}, although messages were written until {Time(missed)} (they were read back from WAHA's history and are answered late). {NextStep}");
        }

        var probedAt = Later(facts.Flow.ProbeAt, listeningSince);
        if (isAnybodyProbing && waha.Value.KeepSessions && now - probedAt >= _probeWithin)
        {
            yield return string.Create(
                CultureInfo.InvariantCulture,
                $"{facts.Session} counts as WORKING, but WAHA answered no probe since {Time(probedAt)}: see that WAHA runs and that Waha__BaseUrl is its address; messages and answers wait until it answers");
        }
    }

    /// <param name="work">What waits.</param>
    public string? Judge(WaitingWork? work)
    {
        if (work is not { Since: { } since, Overdue: > 0 })
            return null;
        var who = SplitMode.IsOn(configuration)
            ? "see that a Worker runs and that its own /health is well; where it is only too much for it, raise Worker__Concurrency or start another one"
            : "restart this process if this does not get less; where it is only too much for it, raise Worker__Concurrency";
        var chats = work.Overdue == 1 ? "1 chat waits" : string.Create(CultureInfo.InvariantCulture, $"{work.Overdue}{(work.Overdue == WaitingWork.MostCounted ? " or more" : "")} chats wait");
        return $"{chats} for an answer that nobody works on, the longest since {Time(since)}; nothing of it is lost: {who}";
    }

    private string NextStep => string.IsNullOrWhiteSpace(waha.Value.WebhookUrl)
        ? "Next: from WAHA's host open the address in its WHATSAPP_HOOK_URL, or set Waha__WebhookUrl so that it is registered; look for `Webhook refused` in this log (401 = Waha__WebhookHmacKey is another one than WAHA's)"
        : "Next: from WAHA's host open the address in Waha__WebhookUrl (wrong, moved or behind a firewall?); look for `Webhook refused` in this log (401 = Waha__WebhookHmacKey is another one than WAHA's)";

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);

    private static DateTimeOffset Later(DateTimeOffset? one, DateTimeOffset other) => one > other ? one.Value : other;
}
