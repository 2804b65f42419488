using System.Diagnostics.Metrics;

namespace OpenClaw.Tests.Deploy;

/// <summary>The names under which Prometheus keeps an instrument that comes over OTLP, with its default translation.</summary>
internal static class PrometheusNames
{
    public static IEnumerable<string> Of(Instrument instrument)
    {
        var type = instrument.GetType().Name.Split('`')[0];
        var isCounter = type is "Counter" or "ObservableCounter";
        var name = instrument.Name.Replace('.', '_') + instrument.Unit switch
        {
            "s" => "_seconds",
            "By" => "_bytes",
            "1" when !isCounter && type != "Histogram" => "_ratio",
            _ => "",
        };
        return type == "Histogram" ? [name + "_bucket", name + "_sum", name + "_count"] : [isCounter ? name + "_total" : name];
    }
}
