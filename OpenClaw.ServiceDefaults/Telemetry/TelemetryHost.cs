using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace OpenClaw.ServiceDefaults.Telemetry;

/// <summary>Listens before anything else of the host starts and sends what is left after everything else has stopped.</summary>
internal sealed partial class TelemetryHost(
    Func<TracerProvider> traces, Func<MeterProvider> metrics, Func<LoggerProvider?> logs, ILogger<TelemetryHost> logger) : IHostedLifecycleService, IDisposable
{
    private const int LastMilliseconds = 3000;

    private TracerProvider? _traces;
    private MeterProvider? _metrics;

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        _traces = traces();
        _metrics = metrics();
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // All at once and for good: a collector that is gone or hangs costs its time-out only once, and nothing when the providers are disposed of.
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        var sent = await Task.WhenAll(
            Task.Run(() => _traces?.Shutdown(LastMilliseconds) ?? true, CancellationToken.None),
            Task.Run(() => _metrics?.Shutdown(LastMilliseconds) ?? true, CancellationToken.None),
            Task.Run(() => logs()?.Shutdown(LastMilliseconds) ?? true, CancellationToken.None));
        if (sent.Contains(false))
            Log.NotSent(logger);
    }

    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The collector at OTEL_EXPORTER_OTLP_ENDPOINT did not take the last telemetry.")]
        public static partial void NotSent(ILogger logger);
    }
}
