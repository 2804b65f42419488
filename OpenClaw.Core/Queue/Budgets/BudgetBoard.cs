using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace OpenClaw.Core.Queue.Budgets;

/// <summary>Sessions whose budget this process found used up, and how often a bubble had to wait for one.</summary>
public sealed class BudgetBoard
{
    private readonly ConcurrentDictionary<string, DateTimeOffset> _usedUpUntil = new(StringComparer.Ordinal);
    private readonly Counter<long> _waits;

    /// <summary>Creates the counter.</summary>
    public BudgetBoard(IMeterFactory meters) => _waits = meters.Create("OpenClaw.Budgets").CreateCounter<long>(
        "openclaw.budget.waits", "{bubble}", "Bubbles that had to wait for the budget of their chat or session.");

    /// <summary>A bubble waits until then.</summary>
    public void Waits(string session, bool isOfSession, DateTimeOffset until)
    {
        _waits.Add(
            1, new KeyValuePair<string, object?>("openclaw.budget", isOfSession ? "session" : "chat"), new KeyValuePair<string, object?>("openclaw.session", session));
        if (isOfSession)
            _usedUpUntil.AddOrUpdate(session, until, (_, known) => known > until ? known : until);
    }

    /// <summary>Sessions of which bubbles wait at that time, and until when the last of them does.</summary>
    public IReadOnlyList<(string Session, DateTimeOffset Until)> UsedUp(DateTimeOffset now) =>
        [.. _usedUpUntil.Where(entry => entry.Value > now).OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => (entry.Key, entry.Value))];
}
