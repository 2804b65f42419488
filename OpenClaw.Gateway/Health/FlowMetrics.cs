using System.Diagnostics.Metrics;
using OpenClaw.Gateway.Flow;

namespace OpenClaw.Gateway.Health;

/// <summary>How old the last of everything is, as of the newest look. What never happened, or is not known, has no age.</summary>
internal sealed class FlowMetrics(IMeterFactory meters, IServiceProvider services, TimeProvider time) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        Age("event_age", "the last webhook of WAHA", facts => facts.Flow.EventAt);
        Age("message_age", "the last message that a webhook brought", facts => facts.Flow.MessageAt);
        Age("send_age", "the last message that WAHA took", facts => facts.AcceptedAt);
        Age("server_ack_age", "the last acknowledgement of WhatsApp's server", facts => facts.ServerAckAt);
        Age("probe_age", "WAHA's last answer to a probe", facts => facts.Flow.ProbeAt);
        Age("comparison_age", "the last comparison with WAHA's history", facts => facts.Flow.ComparedAt);
        meters.CreateStoredGauge("openclaw.flow.work_age", "s", "Seconds that the oldest work waits which could be done now; 0 = none waits.", Work);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Age(string name, string what, Func<FlowFacts, DateTimeOffset?> when) =>
        meters.CreateStoredGauge("openclaw.flow." + name, "s", $"Seconds since {what}.", () => Ages(when));

    private IEnumerable<Measurement<double>> Ages(Func<FlowFacts, DateTimeOffset?> when) => Latest()?.Sessions.SelectMany(
        facts => when(facts) is { } at ? [new Measurement<double>(Since(at), new KeyValuePair<string, object?>("openclaw.session", facts.Session))] : Array.Empty<Measurement<double>>()) ?? [];

    private IEnumerable<Measurement<double>> Work() => Latest()?.Work is { } work ? [new Measurement<double>(work.Since is { } since ? Since(since) : 0)] : [];

    private FlowReport? Latest() => services.GetRequiredService<FlowWatch>().Latest;

    private double Since(DateTimeOffset at) => Math.Max(0, (time.GetUtcNow() - at).TotalSeconds);
}
