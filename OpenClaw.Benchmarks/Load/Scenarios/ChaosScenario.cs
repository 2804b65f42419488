using System.Diagnostics;
using OpenClaw.Benchmarks.Load.Processes;
using OpenClaw.Benchmarks.Load.Report;

namespace OpenClaw.Benchmarks.Load.Scenarios;

/// <summary>
/// kill -9 of Gateway, Workers and redis-server in turn while messages come in, and an emptied Redis in the middle: every message is
/// answered once and in order.
/// </summary>
internal sealed class ChaosScenario : ILoadScenario
{
    private const int DefaultChats = 200;

    private static readonly TimeSpan Watching = TimeSpan.FromMilliseconds(500);

    private static readonly RigPlan Plan = new(Answers: true, ModelLatency: TimeSpan.FromMilliseconds(50), WahaLatency: TimeSpan.FromMilliseconds(30));

    private int _run;

    /// <summary>How long after the last kill answers are waited for.</summary>
    public TimeSpan AnswerLimit { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>Whether anything is killed at all; the self test also looks at a run without.</summary>
    public bool Disrupts { get; init; } = true;

    public string Name => "chaos";

    public bool Repeats => true;

    public int DefaultRuns => 1;

    public int DefaultWorkers => 2;

    public async Task<IReadOnlyList<Measurement>> RunAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        var seed = options.Seed + _run++;
        var random = new Random(seed);
        await using var rig = await LoadRig.StartHealthyAsync(Plan, options, cancellationToken);
        TrackedMessage[] messages = [.. Enumerable.Range(0, options.Messages).Select(i => new TrackedMessage(i, random.Next(options.Chats ?? DefaultChats)))];
        ServerProcess?[] parts = [rig.Gateway, .. rig.Workers, rig.Redis];
        var disruptor = new Disruptor([.. parts.OfType<ServerProcess>()], rig.Redis);
        var plan = Disrupts
            ? ChaosPlan.Make(random, parts.OfType<ServerProcess>().Count(), TimeSpan.FromSeconds(messages.Length / (double)options.Rate), options.Flush && rig.Redis is not null)
            : [];
        await Console.Error.WriteLineAsync($"  seed {seed}: {plan.Count} kills and flushes");

        await SendAsync(rig, messages, plan, disruptor, options, cancellationToken);
        var waited = await WaitForAnswersAsync(rig, messages, plan.Count > 0 ? options.Settle : TimeSpan.Zero, disruptor, cancellationToken);
        var audit = AnswerAudit.Examine(messages, rig.Waha.Log.Bubbles(), OrderRules.AcknowledgedBefore);
        await new ChaosReport(rig, messages, audit).PrintAsync(Console.Out, seed, disruptor.Counts, cancellationToken);
        return
        [
            new("sent", "", messages.Length),
            new("lost", "", audit.Unanswered.Count, Goal.None),
            new("answered twice", "", audit.Twice.Count, Goal.None),
            new("out of order", "", audit.OutOfOrder.Count, Goal.None),
            new("to another chat", "", audit.Misdirected, Goal.None),
            new("parts that ended by themselves", "", disruptor.EndedByThemselves, Goal.None),
            new("arrived late (allowed)", "", audit.Late),
            new("apologies", "", audit.WithoutMessage),
            new("webhooks sent again", "", messages.Sum(m => m.Tries - 1)),
            new("webhooks given up", "", messages.Count(m => !m.IsAcknowledged), Goal.None),
            new("model calls a message", "", rig.Model.Calls / (double)messages.Length),
            new("all answered after the last kill", "s", waited.TotalSeconds),
        ];
    }

    /// <summary>Returns when every webhook is acknowledged or given up, the plan is carried out, or the limit is over.</summary>
    private async Task SendAsync(
        LoadRig rig, TrackedMessage[] messages, IReadOnlyList<Disruption> plan, Disruptor disruptor, LoadOptions options, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var sending = TrackedTraffic.SendAsync(rig, messages, options.Rate, ended.Token);
        try
        {
            await disruptor.RunAsync(plan, cancellationToken);
            // A Gateway that takes a webhook and never answers must not hold us up for ever; WAHA would wait.
            ended.CancelAfter(AnswerLimit + TimeSpan.FromSeconds(messages.Length / (double)options.Rate));
            while (await Task.WhenAny(sending, Task.Delay(Watching, cancellationToken)) != sending)
            {
                disruptor.StartEnded();
            }

            await sending;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("  some webhooks were never answered by the Gateway");
        }
        catch
        {
            await ended.CancelAsync();
            await sending.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            throw;
        }
    }

    /// <summary>
    /// Until everything is answered and the second answers, which come late because a cut send is settled late, would have shown.
    /// Returns when the last message was answered, since the last kill.
    /// </summary>
    private async Task<TimeSpan> WaitForAnswersAsync(LoadRig rig, TrackedMessage[] messages, TimeSpan settle, Disruptor disruptor, CancellationToken cancellationToken)
    {
        TimeSpan? answeredAfter = null;
        while (true)
        {
            var elapsed = Stopwatch.GetElapsedTime(disruptor.LastAt);
            if (answeredAfter is null && !AnswerAudit.Unanswered(messages, rig.Waha.Log.Bubbles()).Any())
            {
                answeredAfter = elapsed;
            }

            if (elapsed > AnswerLimit || (answeredAfter is not null && elapsed > settle))
            {
                return answeredAfter ?? elapsed;
            }

            disruptor.StartEnded();
            await Task.Delay(Watching, cancellationToken);
        }
    }
}
