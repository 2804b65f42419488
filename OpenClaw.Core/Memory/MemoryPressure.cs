using System.Diagnostics.Metrics;
using System.Globalization;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Integrations;

namespace OpenClaw.Core.Memory;

/// <summary>Whether memory is short, as it was sampled last: what may wait is put off before the process dies of it.</summary>
public sealed partial class MemoryPressure
{
    /// <summary>Well again below this part of the watermark, so that it does not change with every sample.</summary>
    private const double WellBelow = 0.95;

    /// <summary>While it is short nothing may be allocated that would make the runtime collect: it is asked to, now and then.</summary>
    private const int SamplesPerCollection = 20;

    private readonly IMemoryReader _memory;
    private readonly ILogger<MemoryPressure> _logger;
    private readonly double _watermark;
    private double _share;
    private volatile bool _isHigh;
    private int _samplesAbove;

    /// <param name="memory">What is sampled.</param>
    /// <param name="options">The watermark.</param>
    /// <param name="meters">For <c>openclaw.memory.share</c> and <c>openclaw.memory.high</c>.</param>
    /// <param name="logger">Told of each crossing.</param>
    public MemoryPressure(IMemoryReader memory, IOptions<ResilienceOptions> options, IMeterFactory meters, ILogger<MemoryPressure> logger)
    {
        (_memory, _logger, _watermark) = (memory, logger, options.Value.Memory.HighWatermark);
        var meter = meters.Create(IntegrationMetrics.MeterName);
        meter.CreateObservableGauge("openclaw.memory.share", () => Share, "1", "Share of the memory that this process may use.");
        meter.CreateObservableGauge("openclaw.memory.high", () => IsHigh ? 1 : 0, "1", "1 while it is above the watermark and less is taken in.");
    }

    /// <summary>Whether it is above the watermark; never with a watermark of 0.</summary>
    public bool IsHigh => _isHigh;

    /// <summary>As last sampled.</summary>
    public double Share => Volatile.Read(ref _share);

    /// <summary>Looks now. Only <see cref="MemoryWatch"/> does, from one thread.</summary>
    public void Sample()
    {
        var share = _memory.Share();
        Volatile.Write(ref _share, share);
        if (_watermark <= 0)
            return;
        if (share < (_isHigh ? _watermark * WellBelow : _watermark))
        {
            _samplesAbove = 0;
            if (_isHigh)
            {
                _isHigh = false;
                Log.Well(_logger, Percent(share));
            }

            return;
        }

        // Much of a full heap may be garbage: it counts when it is still there after a collection.
        if (_samplesAbove++ % SamplesPerCollection == 0)
            _memory.Collect();
        if (_samplesAbove > 1 && !_isHigh)
        {
            _isHigh = true;
            Log.Short(_logger, Percent(share), Percent(_watermark));
        }
    }

    /// <summary>As people write it: <c>93 %</c>.</summary>
    internal static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{share * 100:0.#} %");

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Memory is short: {Share} of the limit is used, above the watermark of {Watermark}; webhooks get 503 and fewer chats are answered at once")]
        public static partial void Short(ILogger logger, string share, string watermark);

        [LoggerMessage(Level = LogLevel.Information, Message = "Memory is no longer short ({Share} of the limit is used); everything goes on")]
        public static partial void Well(ILogger logger, string share);
    }
}
