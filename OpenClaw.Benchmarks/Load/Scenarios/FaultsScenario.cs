using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using OpenClaw.Benchmarks.Load.Fakes;
using OpenClaw.Benchmarks.Load.Processes;
using OpenClaw.Benchmarks.Load.Report;
using OpenClaw.Benchmarks.Load.Traffic;

namespace OpenClaw.Benchmarks.Load.Scenarios;

/// <summary>
/// The fault matrix: one thing after the other goes wrong on a fifth of the calls, or for everybody for 5 s. Each message is answered, or given up
/// with an apology; none is lost, answered twice or out of order, and chats without faults go on as before.
/// </summary>
internal sealed class FaultsScenario : ILoadScenario
{
    private const int BrokenChats = 8;
    private const int HealthyChats = 2;
    private const int MessagesPerSecond = 20;

    private static readonly TimeSpan Outage = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    private static readonly RigPlan Plan = new(Answers: true, ModelLatency: TimeSpan.FromMilliseconds(20), WahaLatency: TimeSpan.FromMilliseconds(20));

    public string Name => "faults";

    public bool Repeats => true;

    public int DefaultRuns => 1;

    public async Task<IReadOnlyList<Measurement>> RunAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        List<TrackedMessage> all = [];
        List<FaultRow> rows = [];
        await using var rig = await LoadRig.StartHealthyAsync(Plan, options, cancellationToken);
        await RunCaseAsync(rig, new FaultCase("warm-up"), all, options, cancellationToken);
        foreach (var fault in FaultCase.All)
        {
            rows.Add(await RunCaseAsync(rig, fault, all, options, cancellationToken));
            await Console.Error.WriteLineAsync("  " + rows[^1].Fault);
        }

        FaultRow.Print(rows, Console.Out);
        return
        [
            new("sent", "", rows.Sum(r => r.Sent)),
            new("answered", "", rows.Sum(r => r.Answered)),
            new("given up", "", rows.Sum(r => r.GivenUp)),
            new("apologies", "", rows.Sum(r => r.Apologies)),
            new("lost", "", rows.Sum(r => r.Lost), Goal.None),
            new("answered twice", "", rows.Sum(r => r.Twice), Goal.None),
            new("out of order", "", rows.Sum(r => r.OutOfOrder), Goal.None),
            new("apologies without a message given up", "", rows.Sum(r => Math.Max(0, r.Apologies - r.GivenUp)), Goal.None),
            new("faults never injected", "", rows.Count(r => r is { Healthy: not null, Injected: 0 } && r != rows[0]), Goal.None),
            new("healthy p50, worst row beyond the one without faults", "ms", Beyond(rows, 50), Goal.AtMost(20)),
            new("healthy p95, worst row beyond the one without faults", "ms", Beyond(rows, 95), Goal.AtMost(100)),
        ];
    }

    private static async Task<FaultRow> RunCaseAsync(LoadRig rig, FaultCase fault, List<TrackedMessage> all, LoadOptions options, CancellationToken cancellationToken)
    {
        var first = all.Count;
        var bubblesBefore = rig.Waha.Log.BubbleCount;
        var seconds = options.Seconds ?? 10;
        TrackedMessage[] messages =
            [.. Enumerable.Range(0, seconds * MessagesPerSecond).Select(i => new TrackedMessage(first + i, i % (BrokenChats + HealthyChats)))];
        all.AddRange(messages);

        var injected = 0;
        SetFaults(rig, fault, () => Interlocked.Increment(ref injected));
        var begun = Stopwatch.GetTimestamp();
        await Task.WhenAll(TrackedTraffic.SendAsync(rig, messages, MessagesPerSecond, cancellationToken), BreakAsync(rig, fault, cancellationToken));
        await WaitUntilSettledAsync(rig, cancellationToken);
        var took = Stopwatch.GetElapsedTime(begun);
        (rig.Waha.Fault, rig.Model.Fault) = (null, null);

        var bubbles = rig.Waha.Log.Bubbles(bubblesBefore);
        var audit = AnswerAudit.Examine(all, bubbles, OrderRules.AcknowledgedBefore);
        TrackedMessage[] unanswered = [.. audit.Unanswered.Where(m => m.Number >= first)];
        var dead = (await rig.Rows.QueryAsync("SELECT envelope_at FROM inbound WHERE state = 'dead'", cancellationToken))
            .Select(row => long.Parse(row[0], CultureInfo.InvariantCulture))
            .ToHashSet();
        return new FaultRow(
            fault.Name, Volatile.Read(ref injected), messages.Length, messages.Length - unanswered.Length, messages.Count(m => IsDead(m)), audit.WithoutMessage,
            unanswered.Count(m => !IsDead(m)),
            audit.Twice.Count, audit.OutOfOrder.Count, fault.LeavesOthersAlone ? Healthy(messages, bubbles) : null, took);

        bool IsDead(TrackedMessage message) => dead.Contains(StoredStates.EnvelopeAt(message));
    }

    /// <summary>Every fifth call about a chat; the healthy ones have none.</summary>
    private static void SetFaults(LoadRig rig, FaultCase fault, Action onInjected)
    {
        var healthy = Enumerable.Range(BrokenChats, HealthyChats).Select(WebhookRequest.ChatId).ToHashSet(StringComparer.Ordinal);
        var calls = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        rig.Waha.Fault = chat => healthy.Contains(chat) || !IsFifth(chat) ? SendFault.None : Inject(fault.Send, SendFault.None);
        rig.Model.Fault = text =>
        {
            var chat = MessageToken.ReadAll(text).Select(number => number % (BrokenChats + HealthyChats)).DefaultIfEmpty(BrokenChats).First();
            return chat >= BrokenChats || !IsFifth(chat.ToString(CultureInfo.InvariantCulture)) ? ModelFault.None : Inject(fault.Model, ModelFault.None);
        };

        T Inject<T>(T chosen, T none)
            where T : struct, Enum
        {
            if (!chosen.Equals(none))
            {
                onInjected();
            }

            return chosen;
        }

        bool IsFifth(string key) => calls.AddOrUpdate(key, 1, (_, count) => count + 1) % 5 == 2;
    }

    private static async Task BreakAsync(LoadRig rig, FaultCase fault, CancellationToken cancellationToken)
    {
        if (fault.Begin is null || fault.End is null)
        {
            return;
        }

        await Task.Delay(TimeSpan.FromSeconds(1), cancellationToken);
        await fault.Begin(rig);
        await Task.Delay(Outage, cancellationToken);
        await fault.End(rig);
    }

    private static async Task WaitUntilSettledAsync(LoadRig rig, CancellationToken cancellationToken)
    {
        for (var start = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(start) < Limit; await Task.Delay(Look, cancellationToken))
        {
            var open = await CountAsync(
                rig,
                """
                SELECT (SELECT COUNT(*) FROM inbound WHERE state IN ('pending', 'in_turn')) + (SELECT COUNT(*) FROM outbox WHERE state IN ('queued', 'sending'))
                    + (SELECT COUNT(*) FROM turns WHERE state = 'running')
                """,
                cancellationToken);
            if (open == 0)
            {
                return;
            }
        }
    }

    private static async Task<long> CountAsync(LoadRig rig, string sql, CancellationToken cancellationToken) =>
        long.Parse((await rig.Rows.QueryAsync(sql, cancellationToken))[0][0], CultureInfo.InvariantCulture);

    /// <summary>
    /// A row has 40 healthy messages, so its p50 varies by 10 ms and its p95 by 50 ms from run to run. A chat that is kept from its turn by a broken one (a
    /// breaker, a slot, a lock) waits for half a second and longer.
    /// </summary>
    private static double Beyond(List<FaultRow> rows, double percentile) =>
        rows.Where(row => row.Healthy is not null).Max(row => row.Healthy!.Milliseconds(percentile)) - rows[0].Healthy!.Milliseconds(percentile);

    /// <summary>From when a message of a healthy chat was written until its answer was delivered.</summary>
    private static Latencies Healthy(TrackedMessage[] messages, LoggedMessage[] bubbles)
    {
        var answeredAt = bubbles.SelectMany(b => MessageToken.ReadAll(b.Text).Select(number => (number, b.Ticks))).ToLookup(b => b.number, b => b.Ticks);
        return new Latencies(messages.Where(m => m.Chat >= BrokenChats).SelectMany(m => answeredAt[m.Number].Take(1).Select(ticks => ticks - m.DueAt)));
    }
}
