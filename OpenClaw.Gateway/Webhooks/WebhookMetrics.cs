using System.Diagnostics.Metrics;

namespace OpenClaw.Gateway.Webhooks;

/// <summary>How many webhooks came, what became of them, how long the commit took.</summary>
internal sealed class WebhookMetrics
{
    private readonly Histogram<double> _duration;

    public WebhookMetrics(IMeterFactory meters) =>
        _duration = meters.Create("OpenClaw.Gateway").CreateHistogram(
            "openclaw.webhook.duration", "s", "Time from a webhook's arrival to its answer.", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });

    public void Answered(int status, string outcome, TimeSpan duration)
    {
        if (_duration.Enabled)
            _duration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("http.response.status_code", status), new KeyValuePair<string, object?>("openclaw.outcome", outcome));
    }
}
