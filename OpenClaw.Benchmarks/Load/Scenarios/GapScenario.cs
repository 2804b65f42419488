using System.Diagnostics;
using OpenClaw.Benchmarks.Load.Fakes;
using OpenClaw.Benchmarks.Load.Processes;
using OpenClaw.Benchmarks.Load.Report;
using OpenClaw.Benchmarks.Load.Traffic;

namespace OpenClaw.Benchmarks.Load.Scenarios;

/// <summary>
/// For a minute messages are written of which no webhook arrives, with the Gateway up or dead meanwhile: each is answered once and in order within a
/// minute after that, because it is read back.
/// </summary>
internal sealed class GapScenario : ILoadScenario
{
    private const int DefaultChats = 60;
    private const double Pace = 10;
    private const int GoalSeconds = 60;

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan ListLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Watching = TimeSpan.FromMilliseconds(100);

    private static readonly RigPlan Plan = new(Answers: true, ModelLatency: TimeSpan.FromMilliseconds(50), WahaLatency: TimeSpan.FromMilliseconds(30));

    public string Name => "gap";

    public bool Repeats => true;

    public int DefaultRuns => 1;

    public async Task<IReadOnlyList<Measurement>> RunAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        await using var rig = await LoadRig.StartHealthyAsync(Plan, options, cancellationToken);
        rig.Waha.ListsChats = true;
        await FirstLookAsync(rig, cancellationToken);
        var duration = options.Measured(60);
        TrackedMessage[] messages = [.. Enumerable.Range(0, (int)(duration.TotalSeconds * Pace)).Select(i => new TrackedMessage(i, i % (options.Chats ?? DefaultChats)))];

        if (options.Down)
        {
            await rig.Gateway.KillAsync();
        }

        await WriteAsync(rig, messages, cancellationToken);
        var end = Stopwatch.GetTimestamp();
        var answeredInGap = messages.Length - AnswerAudit.Unanswered(messages, rig.Waha.Log.Bubbles()).Count();
        if (options.Down)
        {
            rig.Gateway.Start();
        }

        var waited = await WaitForAnswersAsync(rig.Waha.Log, messages, end, options.Settle, cancellationToken);
        var audit = AnswerAudit.Examine(messages, rig.Waha.Log.Bubbles(), static (_, _) => true);
        await Console.Out.WriteLineAsync(FormattableString.Invariant(
            $"{messages.Length} asked while no webhook came, Gateway {(options.Down ? "down" : "up")}: {messages.Length - audit.Unanswered.Count} answered, {audit.Unanswered.Count} lost, {audit.Twice.Count} twice, {audit.OutOfOrder.Count} out of order; all answered {waited.TotalSeconds:F1} s after the gap"));
        return
        [
            new("asked", "", messages.Length),
            new("answered", "", messages.Length - audit.Unanswered.Count),
            new("answered before the gap's end", "", answeredInGap),
            new("lost", "", audit.Unanswered.Count, Goal.None),
            new("answered twice", "", audit.Twice.Count, Goal.None),
            new("out of order", "", audit.OutOfOrder.Count, Goal.None),
            new("to another chat", "", audit.Misdirected, Goal.None),
            new("apologies", "", audit.WithoutMessage),
            new("chat lists asked for", "", rig.Waha.ChatLists),
            new("chats read", "", rig.Waha.ChatReads),
            new("model calls a message", "", rig.Model.Calls / (double)messages.Length),
            new("all answered after the gap", "s", waited.TotalSeconds, Goal.Below(GoalSeconds)),
        ];
    }

    /// <summary>What is written before the session was seen at work wants no answer.</summary>
    private static async Task FirstLookAsync(LoadRig rig, CancellationToken cancellationToken)
    {
        for (var start = Stopwatch.GetTimestamp(); rig.Waha.ChatLists == 0; await Task.Delay(Watching, cancellationToken))
        {
            if (Stopwatch.GetElapsedTime(start) > ListLimit)
            {
                throw new InvalidOperationException($"The Gateway did not ask WAHA for its chats within {ListLimit}.");
            }
        }
    }

    private static Task WriteAsync(LoadRig rig, TrackedMessage[] messages, CancellationToken cancellationToken) => Pacer.RunAsync(
        messages.Length,
        Pace,
        (number, due) => rig.Waha.Log.Add(new LoggedMessage(
            messages[number].ChatId, WebhookRequest.RawId(number), FromMe: false, WebhookRequest.Text(number), TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(), due)),
        cancellationToken);

    /// <summary>Until everything is answered, and second answers would have shown. Returns when the last message was answered, since the gap's end.</summary>
    private static async Task<TimeSpan> WaitForAnswersAsync(PhoneLog log, TrackedMessage[] messages, long end, TimeSpan settle, CancellationToken cancellationToken)
    {
        TimeSpan? answeredAfter = null;
        for (; ; await Task.Delay(Watching, cancellationToken))
        {
            var elapsed = Stopwatch.GetElapsedTime(end);
            if (answeredAfter is null && !AnswerAudit.Unanswered(messages, log.Bubbles()).Any())
            {
                answeredAfter = elapsed;
            }

            if (elapsed > AnswerLimit || (answeredAfter is not null && elapsed > settle))
            {
                return answeredAfter ?? elapsed;
            }
        }
    }
}
