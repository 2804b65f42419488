using Microsoft.Extensions.Logging;
using OpenClaw.Core.Storage;
using StackExchange.Redis;
using IDatabase = OpenClaw.Core.Storage.IDatabase;

namespace OpenClaw.Core.Redis;

/// <summary>
/// The time that all processes of a split system agree on: this machine's clock plus its distance from Redis, or from the database server while
/// Redis cannot be asked. Times in the database mean the same to everybody, though somebody's clock is a minute off. Timers and durations are
/// this machine's own.
/// </summary>
internal sealed partial class SharedClock : TimeProvider, IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    /// <summary>Less than this is noise, and a clock that moves to and fro is worse than one that is a little off.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan WorthAWarning = TimeSpan.FromSeconds(5);

    /// <summary>A start waits no longer for a Redis that is there but slow. One that is not there is known at once.</summary>
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(2);

    private readonly TimeProvider _inner;
    private readonly RedisConnection _redis;
    private readonly ILogger<SharedClock> _logger;
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _measured = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile IDatabase? _database;
    private long _offset;
    private bool _warned;

    /// <param name="inner">This machine's clock.</param>
    /// <param name="redis">Whose clock counts.</param>
    /// <param name="logger">Told once when the clocks are far apart.</param>
    public SharedClock(TimeProvider inner, RedisConnection redis, ILogger<SharedClock> logger)
    {
        (_inner, _redis, _logger) = (inner, redis, logger);
        redis.CameUp += (_, _) => Measure();
        _ = Task.Run(RunAsync);
    }

    /// <summary>Completes with the first measurement.</summary>
    public Task Measured => _measured.Task;

    /// <summary>What is added to this machine's clock.</summary>
    public TimeSpan Offset => TimeSpan.FromTicks(Interlocked.Read(ref _offset));

    /// <inheritdoc />
    public override TimeZoneInfo LocalTimeZone => _inner.LocalTimeZone;

    /// <inheritdoc />
    public override long TimestampFrequency => _inner.TimestampFrequency;

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => _inner.GetUtcNow() + Offset;

    /// <inheritdoc />
    public override long GetTimestamp() => _inner.GetTimestamp();

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => _inner.CreateTimer(callback, state, dueTime, period);

    /// <summary>
    /// At the start, before anything is stored with a time: takes the first measurement, of Redis or else of the server of the database, which is
    /// open by now.
    /// </summary>
    public async Task SettleAsync(IDatabase database, CancellationToken cancellationToken)
    {
        _database = database;
        await Task.WhenAny(_redis.Attempted, Task.Delay(LongestStart, System, cancellationToken));
        if (_redis.IsUp)
            await Task.WhenAny(Measured, Task.Delay(LongestStart, System, cancellationToken));
        else
            await Task.Run(MeasureAsync, cancellationToken);
        cancellationToken.ThrowIfCancellationRequested();
    }

    public void Dispose() => _stop.Cancel();

    private async Task RunAsync()
    {
        using var timer = new PeriodicTimer(Period, System);
        try
        {
            do
                await MeasureAsync();
            while (await timer.WaitForNextTickAsync(_stop.Token));
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }

    private void Measure() => _ = Task.Run(MeasureAsync);

    private async Task MeasureAsync()
    {
        try
        {
            var (before, from) = (_inner.GetUtcNow(), System.GetTimestamp());
            if (await AskAsync() is not { } there)
                return;
            var (after, roundTrip) = (_inner.GetUtcNow(), System.GetElapsedTime(from));
            Apply(there - (before + ((after - before) / 2)), roundTrip);
        }
        catch (Exception error) when (error is RedisUnavailableException or StorageUnavailableException or ObjectDisposedException)
        {
            // Measured again when Redis is back, and in the next round.
        }
    }

    private async Task<DateTimeOffset?> AskAsync()
    {
        if (!_redis.IsUp)
            return _database?.ServerTime();
        var answer = (RedisResult[])(await _redis.CallAsync(redis => redis.GetDatabase().ExecuteAsync("TIME"), RedisConnection.Patience, CancellationToken.None))!;
        return UnixMicroseconds.FromUnixTimeMicroseconds(((long)answer[0] * 1_000_000) + (long)answer[1]);
    }

    private void Apply(TimeSpan offset, TimeSpan roundTrip)
    {
        lock (_lock)
        {
            // A slow answer may have been slow on one way only.
            var uncertain = roundTrip > Tolerance ? roundTrip : Tolerance;
            if ((offset - Offset).Duration() >= uncertain)
                Interlocked.Exchange(ref _offset, offset.Duration() < Tolerance ? 0 : offset.Ticks);
            if (Offset.Duration() > WorthAWarning && !_warned)
            {
                _warned = true;
                Log.FarApart(_logger, -Offset.TotalSeconds);
            }
        }

        _measured.TrySetResult();
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message =
            "The clock of this machine is {Seconds:0.0} s ahead of the one that all processes share (behind when negative). It is corrected here; let NTP set it, because logs and certificates go by it")]
        public static partial void FarApart(ILogger logger, double seconds);
    }
}
