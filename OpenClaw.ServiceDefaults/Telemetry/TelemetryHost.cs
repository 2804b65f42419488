using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace OpenClaw.ServiceDefaults.Telemetry;

/// <summary>Listens before anything else of the host starts and sends what is left after everything else has stopped.</summary>
internal sealed partial class TelemetryHost(Func<TracerProvider> traces, Func<MeterProvider> metrics, ILogger<TelemetryHost> logger)
    : IHostedLifecycleService, IDisposable
{
    private const int FlushMilliseconds = 3000;

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

    // Both at once: a collector that is gone costs its time-out only once.
    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        var flushed = await Task.WhenAll(
            Task.Run(() => _traces?.ForceFlush(FlushMilliseconds) ?? true, CancellationToken.None),
            Task.Run(() => _metrics?.ForceFlush(FlushMilliseconds) ?? true, CancellationToken.None));
        if (flushed.Contains(false))
            Log.NotFlushed(logger);
    }

    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "The collector at OTEL_EXPORTER_OTLP_ENDPOINT did not take the last telemetry.")]
        public static partial void NotFlushed(ILogger logger);
    }
}
