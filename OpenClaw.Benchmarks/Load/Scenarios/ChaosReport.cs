using System.Diagnostics;
using OpenClaw.Benchmarks.Load.Fakes;
using OpenClaw.Benchmarks.Load.Processes;
using OpenClaw.Benchmarks.Load.Traffic;

namespace OpenClaw.Benchmarks.Load.Scenarios;

/// <summary>Says what a chaos run came to in one line and, where something went wrong, which messages and what the database says of them.</summary>
internal sealed class ChaosReport(LoadRig rig, TrackedMessage[] messages, AuditResult audit)
{
    private const int MostTold = 20;

    private readonly long _start = messages.Min(m => m.DueAt);

    public async Task PrintAsync(TextWriter output, int seed, string kills, CancellationToken cancellationToken)
    {
        await output.WriteLineAsync(
            $"{messages.Length} sent: {audit.Unanswered.Count} lost, {audit.Twice.Count} twice, {audit.OutOfOrder.Count} out of order (seed {seed}; kills: {kills})");
        var bubbles = rig.Waha.Log.Bubbles();
        (string What, TrackedMessage Message)[] wrong =
        [
            .. audit.Unanswered.Take(MostTold).Select(m => ("lost", m)),
            .. audit.Twice.Take(MostTold).Select(m => ("twice", m)),
            .. audit.OutOfOrder.Take(MostTold).Select(o => ($"out of order, after {MessageToken.Of(o.By.Number)} (first sent {Time(o.By.ReachedAt)})", o.Message)),
        ];
        if (wrong.Length == 0)
        {
            return;
        }

        var states = await StoredStates.ReadAsync(rig.Rows, wrong.Select(w => w.Message), cancellationToken);
        foreach (var (what, message) in wrong)
        {
            await output.WriteLineAsync($"  {MessageToken.Of(message.Number)} {what}: {Journey(message, bubbles)}{states.Of(message)}");
        }

        if (states.Unreadable is { } reason)
        {
            await output.WriteLineAsync("  " + reason);
        }
    }

    private string Journey(TrackedMessage message, LoggedMessage[] bubbles)
    {
        var delivered = bubbles.Where(b => MessageToken.ReadAll(b.Text).Contains(message.Number)).Select(b => Time(b.Ticks)).ToArray();
        return $"chat {message.Chat}, written {Time(message.DueAt)}, first sent {Time(message.ReachedAt)}, acknowledged {Time(message.AcknowledgedAt)} "
            + $"after {message.Tries} tries, answered {(delivered.Length > 0 ? string.Join(" and ", delivered) : "never")}";
    }

    private string Time(long ticks) =>
        ticks == long.MaxValue ? "never" : FormattableString.Invariant($"{Stopwatch.GetElapsedTime(_start, ticks).TotalSeconds:F2} s");
}
