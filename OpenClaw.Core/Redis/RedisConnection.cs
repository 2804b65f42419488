using Microsoft.Extensions.Logging;
using OpenClaw.Core.Integrations;
using OpenClaw.Core.Queue;
using StackExchange.Redis;

namespace OpenClaw.Core.Redis;

/// <summary>
/// The one connection of this process. Made in the background and made again for ever; while Redis is away every call fails at once.
/// What happens on the network takes real time, so the time limits here are the system's, whatever clock the process goes by.
/// </summary>
internal sealed partial class RedisConnection : IEngineStatus, IDisposable, IAsyncDisposable
{
    /// <summary>How long an answer is waited for. The driver itself waits for ever.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan ProbePeriod = TimeSpan.FromMilliseconds(100);

    /// <summary>A first connection may take so long before it is called an outage.</summary>
    private static readonly TimeSpan FirstPatience = TimeSpan.FromSeconds(2);

    /// <summary>A call is not repeated: what it was to tell the reconciler tells again.</summary>
    public static CallPolicy Policy { get; } = new(IntegrationKind.Redis, [new("call", Patience)], [new("redis_probe", ProbePeriod, ProbePeriod)]);

    private static readonly RedisScript Probe = new("redis.call('SET', KEYS[1], '1', 'PX', 60000) return redis.call('TIME')");

    private readonly ConfigurationOptions _options;
    private readonly ILogger<RedisConnection> _logger;
    private readonly Lock _lock = new();
    private readonly LaneWake _changed = new(TimeProvider.System);
    private readonly TaskCompletionSource _tried = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _attempted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(RedisChannel Channel, Action<RedisChannel, RedisValue> Handler)> _subscriptions = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private volatile ConnectionMultiplexer? _multiplexer;
    private volatile State _state;
    private volatile RedisTime? _time;
    private Task<RedisResult>? _probe;
    private long _since = TimeProvider.System.GetTimestamp();
    private long _downAt;

    public RedisConnection(ConfigurationOptions options, ILogger<RedisConnection> logger)
    {
        (_options, _logger) = (options, logger);
        _running = Task.Run(RunAsync);
    }

    private enum State
    {
        Starting,
        Up,
        Down,
    }

    /// <summary>After an outage, and once at the start. What was in Redis may be gone.</summary>
    public event EventHandler? CameUp;

    /// <summary>Messages may have been missed, though Redis was there.</summary>
    public event EventHandler? Resubscribed;

    /// <inheritdoc />
    public bool IsUp => _state == State.Up;

    /// <inheritdoc />
    public DateTimeOffset? DownSince => _state == State.Down ? TimeProvider.System.GetUtcNow() - TimeProvider.System.GetElapsedTime(Interlocked.Read(ref _downAt)) : null;

    /// <summary>Completes when the first attempt is over, whatever came of it.</summary>
    public Task Attempted => _attempted.Task;

    /// <summary>Completes when the first connection works and everybody was told, or when it is called an outage.</summary>
    public Task Tried => _tried.Task;

    /// <summary>
    /// A connection that stays silent for so long is given up for a new one: a host that lost its power closes nothing, and the system would go
    /// on sending for a quarter of an hour.
    /// </summary>
    public TimeSpan LongestSilence { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Connections made so far; those that the driver mends by itself count once.</summary>
    public int Made { get; private set; }

    /// <summary>The latest Redis time at which a command that is sent now is still wanted; 0 when nobody knows its clock.</summary>
    public long Deadline => _time is { } time ? time.Now() + (long)Patience.TotalMicroseconds : 0;

    /// <summary>Sends a command and waits at most <paramref name="patience"/> for its answer.</summary>
    /// <param name="send">Called once, with a connection that is up.</param>
    /// <param name="patience"><see cref="Patience"/>, or less for somebody who can do without.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <param name="late">Gets an answer that comes after all.</param>
    /// <exception cref="RedisUnavailableException">At once while Redis is away. Whether the command ran is not known.</exception>
    public async Task<T> CallAsync<T>(
        Func<IConnectionMultiplexer, Task<T>> send, TimeSpan patience, CancellationToken cancellationToken, Action<T>? late = null)
    {
        var multiplexer = await WhenUpAsync(patience, cancellationToken);
        var call = SendAsync(send, multiplexer);
        try
        {
            return await call.WaitAsync(patience, TimeProvider.System, cancellationToken);
        }
        catch (Exception error)
        {
            if (!call.IsCompleted)
                _ = ObserveAsync(call, late);
            if (error is OperationCanceledException && cancellationToken.IsCancellationRequested)
                throw;
            if (RedisFailure.Reason(error) is not { } reason)
                throw;
            // Somebody who had little patience tells nothing about the server.
            if (error is not TimeoutException || patience >= Patience)
                GoDown(multiplexer, reason);
            throw new RedisUnavailableException(reason, error);
        }
        finally
        {
            // The driver completes its answers one after the other: what follows here must not hold up the next ones.
            await Task.Yield();
        }
    }

    /// <summary>Runs a script like <see cref="CallAsync"/>.</summary>
    /// <exception cref="RedisUnavailableException">At once while Redis is away. Whether the script ran is not known.</exception>
    public Task<RedisResult> EvaluateAsync(
        RedisScript script, RedisKey[] keys, RedisValue[] arguments, TimeSpan patience, CancellationToken cancellationToken, Action<RedisResult>? late = null) =>
        CallAsync(multiplexer => script.RunAsync(multiplexer, keys, arguments), patience, cancellationToken, late);

    /// <summary>Calls <paramref name="handler"/> for every message on a channel, on this connection and all that follow it.</summary>
    public void Subscribe(string channel, Action handler)
    {
        (RedisChannel Channel, Action<RedisChannel, RedisValue> Handler) subscription = (Channel(channel), (_, _) => handler());
        lock (_lock)
            _subscriptions.Add(subscription);
        if (_multiplexer is { } multiplexer)
            _ = SubscribeAsync(multiplexer, subscription);
    }

    /// <summary>An answer told the server's time.</summary>
    public void SawTime(long microseconds) => _time = new RedisTime(microseconds);

    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
            return;
        await _stop.CancelAsync();
        await _running;
        _state = State.Down;
        _tried.TrySetResult();
        if (_multiplexer is { } multiplexer)
            Close(multiplexer);
    }

    private async ValueTask<ConnectionMultiplexer> WhenUpAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        if (_state == State.Starting)
            await Task.WhenAny(_tried.Task, Task.Delay(patience, TimeProvider.System, cancellationToken));
        cancellationToken.ThrowIfCancellationRequested();
        return IsUp && _multiplexer is { } multiplexer ? multiplexer : throw new RedisUnavailableException("away");
    }

    /// <summary>What the driver throws at once fails the task, too.</summary>
    private static async Task<T> SendAsync<T>(Func<IConnectionMultiplexer, Task<T>> send, ConnectionMultiplexer multiplexer) => await send(multiplexer);

    private static async Task ObserveAsync<T>(Task<T> call, Action<T>? late)
    {
        try
        {
            var answer = await call;
            late?.Invoke(answer);
        }
        catch (Exception)
        {
            // Nobody waits for it any more.
        }
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                if (!IsUp)
                    await TryAsync();
                _attempted.TrySetResult();
                await _changed.WaitAsync(IsUp ? LongestSilence : ProbePeriod, _stop.Token);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception error)
            {
                // A name that does not resolve, an answer that is none: tried again like a silent server.
                GoDown(_multiplexer, RedisFailure.Reason(error) ?? error.GetType().Name);
                _attempted.TrySetResult();
                await _changed.WaitAsync(ProbePeriod, CancellationToken.None);
            }
        }
    }

    private async Task TryAsync()
    {
        if (_multiplexer is null || TimeProvider.System.GetElapsedTime(_since) > LongestSilence)
            await ConnectAsync();
        // One probe at a time: while the server is frozen none is added, and when it goes on the first answer counts.
        _probe ??= Probe.RunAsync(_multiplexer!, [RedisKeys.Probe], []);
        try
        {
            var answer = (RedisResult[])(await _probe.WaitAsync(Patience, TimeProvider.System, _stop.Token))!;
            _probe = null;
            SawTime(((long)answer[0] * 1_000_000) + (long)answer[1]);
            ComeUp();
        }
        catch (Exception error) when (RedisFailure.Reason(error) is { } reason && !_stop.IsCancellationRequested)
        {
            if (_state == State.Up || TimeProvider.System.GetElapsedTime(_since) > FirstPatience)
                GoDown(_multiplexer, reason);
        }
        finally
        {
            // Whatever it failed with, it is not asked again.
            if (_probe is { IsCompleted: true })
                _probe = null;
        }
    }

    private async Task ConnectAsync()
    {
        if (_multiplexer is { } silent)
            _ = Task.Run(() => Close(silent));
        if (_probe is { } pending)
            _ = ObserveAsync(pending, null);
        (_multiplexer, _probe) = (null, null);
        _since = TimeProvider.System.GetTimestamp();

        var connecting = ConnectionMultiplexer.ConnectAsync(_options);
        ConnectionMultiplexer multiplexer;
        try
        {
            multiplexer = await connecting.WaitAsync(_stop.Token);
        }
        catch (OperationCanceledException)
        {
            _ = connecting.ContinueWith(made => Close(made.Result), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            throw;
        }

        Made++;
        Watch(multiplexer);
        List<(RedisChannel, Action<RedisChannel, RedisValue>)> subscriptions;
        lock (_lock)
        {
            _multiplexer = multiplexer;
            subscriptions = [.. _subscriptions];
        }

        foreach (var subscription in subscriptions)
            await SubscribeAsync(multiplexer, subscription);
    }

    private void Watch(ConnectionMultiplexer multiplexer)
    {
        var missing = false;
        multiplexer.ConnectionFailed += (_, failure) =>
        {
            if (failure.ConnectionType == ConnectionType.Subscription)
                Volatile.Write(ref missing, true);
            else
                GoDown(multiplexer, failure.FailureType.ToString());
        };
        multiplexer.ConnectionRestored += (_, restored) =>
        {
            _changed.Signal();
            if (restored.ConnectionType == ConnectionType.Subscription && Volatile.Read(ref missing))
                Resubscribed?.Invoke(this, EventArgs.Empty);
        };
    }

    private static async Task SubscribeAsync(ConnectionMultiplexer multiplexer, (RedisChannel Channel, Action<RedisChannel, RedisValue> Handler) subscription)
    {
        try
        {
            // The driver keeps it and repeats it with every reconnect, also when it is not connected now.
            await multiplexer.GetSubscriber().SubscribeAsync(subscription.Channel, subscription.Handler).WaitAsync(Patience, TimeProvider.System);
        }
        catch (Exception error) when (RedisFailure.Reason(error) is not null)
        {
            // As above.
        }
    }

    private void ComeUp()
    {
        lock (_lock)
        {
            if (_state == State.Down)
                Log.Back(_logger, TimeProvider.System.GetElapsedTime(_downAt).TotalSeconds);
            _state = State.Up;
        }

        CameUp?.Invoke(this, EventArgs.Empty);
        _tried.TrySetResult();
    }

    private void GoDown(ConnectionMultiplexer? multiplexer, string reason)
    {
        lock (_lock)
        {
            if (_state == State.Down || multiplexer != _multiplexer || _stop.IsCancellationRequested)
                return;
            _state = State.Down;
            _since = _downAt = TimeProvider.System.GetTimestamp();
            // Whoever answers next may have another clock.
            _time = null;
            Log.Away(_logger, reason);
        }

        _tried.TrySetResult();
        _changed.Signal();
    }

    private static void Close(ConnectionMultiplexer multiplexer)
    {
        try
        {
            multiplexer.Close(allowCommandsToComplete: false);
            multiplexer.Dispose();
        }
        catch (Exception)
        {
            // It is thrown away.
        }
    }

    private static RedisChannel Channel(string name) => new(name, RedisChannel.PatternMode.Literal);

    /// <summary>The server's clock, by this process's steady one.</summary>
    private sealed class RedisTime(long microseconds)
    {
        private readonly long _at = TimeProvider.System.GetTimestamp();

        public long Now() => microseconds + (long)TimeProvider.System.GetElapsedTime(_at).TotalMicroseconds;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Redis cannot be used ({Reason}): messages are taken in and wait until it is back")]
        public static partial void Away(ILogger logger, string reason);

        [LoggerMessage(Level = LogLevel.Information, Message = "Redis is back after {Seconds:0.0} s")]
        public static partial void Back(ILogger logger, double seconds);
    }
}
