using Microsoft.Extensions.Options;
using OpenClaw.Core.Accounts;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Gateway.Accounts;

/// <summary>Asks WAHA for WhatsApp's limits: seldom, and even more so where a WAHA does not know them.</summary>
internal sealed class LimitQuestions(WahaClient waha, AccountLimitStore limits, IOptions<WahaOptions> options, TimeProvider time)
{
    /// <summary>Between two questions that are answered.</summary>
    public static readonly TimeSpan Seldom = TimeSpan.FromMinutes(30);

    /// <summary>A start has enough to ask.</summary>
    private static readonly TimeSpan AfterStart = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan AfterSilence = TimeSpan.FromMinutes(5);

    /// <summary>WAHA may be replaced by a newer one meanwhile.</summary>
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromHours(4);

    private readonly Dictionary<(string Session, AccountLimit Limit), DateTimeOffset> _askAt = options.Value.ServedSessions()
        .SelectMany(session => Enum.GetValues<AccountLimit>().Select(limit => (session, limit))).ToDictionary(pair => pair, _ => time.GetUtcNow() + AfterStart);

    public bool AreDue => _askAt.Values.Any(at => at <= time.GetUtcNow());

    /// <summary>Asks what is due, and notes what is told. Not for two callers at once.</summary>
    public async Task AskAsync(CancellationToken cancellationToken)
    {
        foreach (var (session, limit) in _askAt.Where(entry => entry.Value <= time.GetUtcNow()).Select(entry => entry.Key).ToList())
        {
            var reading = limit == AccountLimit.Timelock
                ? await waha.ReadTimelockAsync(session, WahaTimeouts.Read, cancellationToken)
                : await waha.ReadCappingAsync(session, WahaTimeouts.Read, cancellationToken);
            if (reading.Outcome == AccountLimitOutcome.Told)
                await limits.NoteToldAsync(session, limit, reading.Stage, reading.Until, cancellationToken);
            _askAt[(session, limit)] = time.GetUtcNow() + reading.Outcome switch
            {
                AccountLimitOutcome.Told => Seldom,
                AccountLimitOutcome.NotServed => AfterRefusal,
                _ => AfterSilence,
            };
        }
    }
}
