namespace OpenClaw.ServiceDefaults.Telemetry;

/// <summary>OpenTelemetry's standard settings that we read ourselves; the SDK reads the others.</summary>
internal static class TelemetryKeys
{
    public const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";
    public const string ServiceName = "OTEL_SERVICE_NAME";
}
