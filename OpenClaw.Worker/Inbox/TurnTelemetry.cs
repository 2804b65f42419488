using System.Diagnostics;
using System.Diagnostics.Metrics;
using OpenClaw.Core.Queue;

namespace OpenClaw.Worker.Inbox;

/// <summary>One trace per message from webhook to send, and how long turns take.</summary>
internal sealed class TurnTelemetry
{
    private static readonly ActivitySource Source = new("OpenClaw.Worker");
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _failures;
    private readonly TimeProvider _time;

    public TurnTelemetry(IMeterFactory meters, TimeProvider time)
    {
        _time = time;
        var meter = meters.Create("OpenClaw.Worker");
        _duration = meter.CreateHistogram(
            "openclaw.turn.duration", "s", "Time from a turn's first message's arrival until WAHA took the last bubble of its answer.", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120, 300, 900, 3600] });
        _failures = meter.CreateCounter<long>("openclaw.turn.failures", "{attempt}", "Attempts that failed, by reason; dead = given up.");
    }

    /// <summary>The turn's span continues the trace of its newest webhook and links the others of the burst.</summary>
    public static Activity? Start(LaneWork work)
    {
        if (!Source.HasListeners())
            return null;
        var messages = work.Turn!.Messages;
        var parent = ActivityContext.TryParse(messages[^1].TraceParent, null, isRemote: true, out var webhook) ? webhook : default;
        var links = messages.SkipLast(1)
            .Select(message => ActivityContext.TryParse(message.TraceParent, null, isRemote: true, out var context) ? new ActivityLink(context) : default)
            .Where(link => link.Context.TraceId != default);
        var activity = Source.StartActivity("handle turn", ActivityKind.Consumer, parent, tags: null, links);
        activity?.SetTag("openclaw.request_id", messages[^1].RequestId);
        activity?.SetTag("openclaw.session", work.Chat.Session);
        activity?.SetTag("openclaw.lane", work.Chat.Lane.Value);
        activity?.SetTag("openclaw.turn", work.Turn.Id);
        activity?.SetTag("openclaw.messages", messages.Count);
        return activity;
    }

    /// <param name="since">When the turn's first message arrived.</param>
    public void Answered(DateTimeOffset since) => _duration.Record((_time.GetUtcNow() - since).TotalSeconds);

    public void Failed(LaneWork work, string reason, bool dead)
    {
        _failures.Add(1, new KeyValuePair<string, object?>("openclaw.reason", reason), new KeyValuePair<string, object?>("openclaw.dead", dead));
        Activity.Current?.SetStatus(ActivityStatusCode.Error, reason);
    }
}
