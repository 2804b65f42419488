using System.Diagnostics;
using OpenTelemetry;

namespace OpenClaw.ServiceDefaults.Telemetry;

/// <summary>Keeps probes of <c>/alive</c> and <c>/health</c> out of the traces: a supervisor asks every few seconds, and no message is in any of them.</summary>
/// <remarks>Before every processor that exports. A sampler would have to replace the one that <c>OTEL_TRACES_SAMPLER</c> names.</remarks>
internal sealed class ProbeSpans : BaseProcessor<Activity>
{
    public override void OnEnd(Activity data)
    {
        if (data.Kind == ActivityKind.Server && data.GetTagItem("url.path") is "/alive" or "/health")
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }
}
