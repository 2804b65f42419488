using System.Diagnostics.Metrics;

namespace OpenClaw.Gateway.Webhooks;

/// <summary>How many webhooks came, what became of them, how long the commit took.</summary>
internal sealed class WebhookMetrics
{
    private readonly Histogram<double> _duration;

    public WebhookMetrics(IMeterFactory meters) =>
        _duration = meters.Create("OpenClaw.Gateway").CreateHistogram<double>("openclaw.webhook.duration", "s", "Time from a webhook's arrival to its answer.");

    public void Answered(int status, string outcome, TimeSpan duration)
    {
        if (_duration.Enabled)
            _duration.Record(duration.TotalSeconds, new KeyValuePair<string, object?>("http.response.status_code", status), new KeyValuePair<string, object?>("openclaw.outcome", outcome));
    }
}
