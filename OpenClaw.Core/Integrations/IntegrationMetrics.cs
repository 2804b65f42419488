using System.Diagnostics.Metrics;

namespace OpenClaw.Core.Integrations;

/// <summary>State and transitions of every breaker, tagged with the integration's fixed name.</summary>
internal sealed class IntegrationMetrics
{
    public const string MeterName = "OpenClaw.Integrations";
    private const string Tag = "openclaw.integration";
    private readonly Counter<long> _transitions;
    private readonly Counter<long> _refusals;

    public IntegrationMetrics(IMeterFactory meters, Func<IEnumerable<IntegrationStatus>> statuses)
    {
        var meter = meters.Create(MeterName);
        _transitions = meter.CreateCounter<long>("openclaw.breaker.transitions", "{transition}", "Changes of a breaker's state, by the state it changed to.");
        _refusals = meter.CreateCounter<long>("openclaw.bulkhead.refusals", "{call}", "Calls that were put off because every place of the integration was taken.");
        meter.CreateObservableGauge(
            "openclaw.breaker.state",
            () => statuses().Select(status => new Measurement<int>((int)status.State, new KeyValuePair<string, object?>(Tag, status.Name))),
            "{state}", "0 closed, 1 half-open, 2 open.");
    }

    public void Changed(string integration, BreakerState state) => _transitions.Add(
        1, new KeyValuePair<string, object?>(Tag, integration), new KeyValuePair<string, object?>("openclaw.breaker.to", Word(state)));

    public void Refused(string integration) => _refusals.Add(1, new KeyValuePair<string, object?>(Tag, integration));

    private static string Word(BreakerState state) => state switch
    {
        BreakerState.Closed => "closed",
        BreakerState.HalfOpen => "half_open",
        _ => "open",
    };
}
