using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace OpenClaw.ServiceDefaults.Background;

/// <summary>
/// Runs a background service and starts it again, ever later, when an exception ends its loop: what is in the database waits for it meanwhile. It
/// takes the host's place, which would end the whole process for one loop.
/// </summary>
/// <remarks>A loop that returns has done its work, and one that is cancelled while the process stops has, too: neither is started again.</remarks>
internal abstract partial class SupervisedService(BackgroundService service, TimeProvider time, Random random, ILogger logger) : IHostedLifecycleService, IDisposable
{
    /// <summary>Failures in a row from which on the service counts as broken.</summary>
    public const int MostFailures = 3;

    /// <summary>A loop that ran as long as this was well, whatever ends it then.</summary>
    public static readonly TimeSpan WellAfter = TimeSpan.FromMinutes(1);

    private readonly GrowingPause _pause = new(TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), random);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _lock = new();
    private bool _isStopping;
    private int _failures;
    private long? _runningSince;

    /// <summary>The service's type: its name in log and health.</summary>
    public Type Service { get; } = service.GetType();

    /// <summary>Failures in a row; 0 once it has run for <see cref="WellAfter"/>.</summary>
    public int Failures
    {
        get
        {
            lock (_lock)
                return RanLongEnough() ? 0 : _failures;
        }
    }

    /// <summary>Ends when the loop has done its work, or with the process.</summary>
    internal Task Supervision { get; private set; } = Task.CompletedTask;

    public Task StartingAsync(CancellationToken cancellationToken) => (service as IHostedLifecycleService)?.StartingAsync(cancellationToken) ?? Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Supervision = SuperviseAsync(cancellationToken);
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken) => (service as IHostedLifecycleService)?.StartedAsync(cancellationToken) ?? Task.CompletedTask;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await EndRestartsAsync();
        if (service is IHostedLifecycleService lifecycle)
            await lifecycle.StoppingAsync(cancellationToken);
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await EndRestartsAsync();
        await service.StopAsync(cancellationToken);
    }

    public Task StoppedAsync(CancellationToken cancellationToken) => (service as IHostedLifecycleService)?.StoppedAsync(cancellationToken) ?? Task.CompletedTask;

    public void Dispose()
    {
        // Before the service itself, whose end is then none of a process that goes on: a start that failed is disposed without a stop.
        lock (_lock)
            _isStopping = true;
        _stopping.Cancel();
        _stopping.Dispose();
    }

    private async Task SuperviseAsync(CancellationToken starting)
    {
        var stopping = _stopping.Token;
        while (TryRun(starting, out var run))
        {
            if (await FailureAsync(run) is not { } error)
                return;
            var pause = Failed();
            Log.Failed(logger, Service.Name, pause.TotalSeconds, error);
            // The start is over: its token says nothing about a later one.
            starting = CancellationToken.None;
            await Task.Delay(pause, time, stopping).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    /// <returns>False when the process stops.</returns>
    private bool TryRun(CancellationToken starting, out Task run)
    {
        // Under the lock, so that a stop either prevents this start or ends what it began.
        lock (_lock)
        {
            run = Task.CompletedTask;
            if (_isStopping)
                return false;
            _runningSince = time.GetTimestamp();
            var started = service.StartAsync(starting);
            run = started.IsCompletedSuccessfully ? service.ExecuteTask ?? started : started;
            return true;
        }
    }

    private async Task<Exception?> FailureAsync(Task run)
    {
        try
        {
            await run;
            return null;
        }
        catch (OperationCanceledException) when (IsStopping())
        {
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
    }

    private bool IsStopping()
    {
        lock (_lock)
            return _isStopping;
    }

    /// <returns>How long to wait.</returns>
    private TimeSpan Failed()
    {
        lock (_lock)
        {
            if (RanLongEnough())
            {
                _failures = 0;
                _pause.Reset();
            }

            _failures++;
            _runningSince = null;
            return _pause.Next();
        }
    }

    private bool RanLongEnough() => _runningSince is { } since && time.GetElapsedTime(since) >= WellAfter;

    private async Task EndRestartsAsync()
    {
        lock (_lock)
            _isStopping = true;
        await _stopping.CancelAsync();
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Error, Message = "Background service {Service} ended with an error; it is started again in {Seconds:0.0} s")]
        public static partial void Failed(ILogger logger, string service, double seconds, Exception error);
    }
}

/// <summary>Supervises the one service of its type.</summary>
internal sealed class SupervisedService<T> : SupervisedService
    where T : BackgroundService
{
    public SupervisedService(T service, SupervisedServices all, TimeProvider time, Random random, ILogger<SupervisedService> logger)
        : base(service, time, random, logger) => all.Add(this);
}
