using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Integrations;
using OpenClaw.Core.Memory;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Storage;

namespace OpenClaw.Worker.Inbox;

/// <summary>Lease, scope, handler, settle: takes ready lanes as long as there are free slots and gives each back when it is done.</summary>
internal sealed partial class MessageConsumer(
    ILaneScheduler scheduler, LeaseKeeper keeper, IngressPressure ingress, MemoryPressure memory, ConsumerPulse pulse, IServiceScopeFactory scopes, IntegrationRegistry integrations, IOptions<WorkerOptions> options,
    IOptions<HostOptions> host, TimeProvider time, ILogger<MessageConsumer> logger) : BackgroundService, IHostedLifecycleService
{
    private const int LargestBatch = 32;
    private static readonly TimeSpan PressurePoll = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan MemoryPoll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PressureInterval = TimeSpan.FromMilliseconds(30);

    /// <summary>A lane that waits for a slow model must not keep all others waiting.</summary>
    private static readonly TimeSpan LongestHoldBack = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan IdlePoll = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AfterStorageFailure = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan AfterSurprise = TimeSpan.FromSeconds(5);

    /// <summary>What is kept of the shutdown time to hand lanes back and flush.</summary>
    private static readonly TimeSpan HandBackTime = TimeSpan.FromSeconds(3);

    private readonly SemaphoreSlim _slots = new(options.Value.Concurrency);
    private readonly ConcurrentDictionary<LaneLease, Task> _running = new();
    private readonly CancellationTokenSource _handBack = new();

    /// <summary>Lanes that are worked on; one that rests is held and needs no slot.</summary>
    private int Busy => options.Value.Concurrency - _slots.CurrentCount;

    /// <summary>Drains before anything else stops: the server still answers, and what this process serves to itself (the simulator) still works.</summary>
    public Task StoppingAsync(CancellationToken cancellationToken) => StopAsync(cancellationToken);

    Task IHostedLifecycleService.StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    Task IHostedLifecycleService.StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Dispose()
    {
        _slots.Dispose();
        _handBack.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var renewing = new CancellationTokenSource();
        var renewals = keeper.RunAsync(renewing.Token);
        try
        {
            await ConsumeAllAsync(renewals, stoppingToken);
            await DrainAsync();
        }
        finally
        {
            await renewing.CancelAsync();
            await renewals.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private async Task ConsumeAllAsync(Task renewals, CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            // Without renewals every long turn would lose its lease: as bad as no loop at all, and as worthy of a new start.
            if (renewals.IsCompleted)
                await renewals;
            try
            {
                await ConsumeAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (SchedulerUnavailableException)
            {
                // Told by the scheduler itself, once; it wakes us when it is back.
                await scheduler.WaitForSignalAsync(AfterStorageFailure, CancellationToken.None);
            }
            catch (Exception error)
            {
                Log.CannotLease(logger, error);
                await scheduler.WaitForSignalAsync(AfterStorageFailure, CancellationToken.None);
            }
        }
    }

    private async Task ConsumeAsync(CancellationToken stoppingToken)
    {
        await HoldBackAsync(stoppingToken);
        pulse.WaitsForSlot();
        await SpareMemoryAsync(stoppingToken);
        await _slots.WaitAsync(stoppingToken);
        pulse.Beat();
        var free = 1;
        var taken = 0;
        TimeSpan wait;
        try
        {
            var largest = ingress.IsHigh || memory.IsHigh ? 1 : LargestBatch;
            while (free < largest && _slots.Wait(0, stoppingToken))
                free++;
            // Not cancelled: a lease that was taken without being heard of would keep its lane from everybody for half a minute.
            var askedAt = time.GetTimestamp();
            var batch = await scheduler.LeaseAsync(free, CancellationToken.None);
            if (stoppingToken.IsCancellationRequested)
            {
                await Task.WhenAll(batch.Leases.Select(lease => ReleaseAsync(lease, time.GetUtcNow())));
                return;
            }

            taken = batch.Leases.Count;
            foreach (var lease in batch.Leases)
                Start(lease, askedAt, stoppingToken);
            wait = WaitFor(batch, free);
        }
        finally
        {
            if (free > taken)
                _slots.Release(free - taken);
        }

        if (wait > TimeSpan.Zero)
            await scheduler.WaitForSignalAsync(wait, stoppingToken);
    }

    /// <summary>While a flood of webhooks is being stored, one lane at a time and not one right after the other: a burst waits as one turn.</summary>
    private async Task HoldBackAsync(CancellationToken stoppingToken)
    {
        var since = time.GetTimestamp();
        while (ingress.IsHigh && time.GetElapsedTime(since) < (Busy == 0 ? PressureInterval : LongestHoldBack))
            await Task.Delay(PressurePoll, time, stoppingToken);
    }

    /// <summary>While memory is short a quarter of the slots is used: answers free memory, and every further one needs some first.</summary>
    private async Task SpareMemoryAsync(CancellationToken stoppingToken)
    {
        while (memory.IsHigh && Busy >= Math.Max(1, options.Value.Concurrency / 4))
            await Task.Delay(MemoryPoll, time, stoppingToken);
    }

    private TimeSpan WaitFor(LeaseBatch batch, int free)
    {
        if (batch.Leases.Count == free)
            return TimeSpan.Zero;
        var untilNext = batch.NextReadyAt is { } next ? next - time.GetUtcNow() : IdlePoll;
        return untilNext < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : untilNext < IdlePoll ? untilNext : IdlePoll;
    }

    private void Start(LaneLease lease, long askedAt, CancellationToken stoppingToken)
    {
        var hold = keeper.Hold(lease, _handBack.Token, askedAt);
        var task = Task.Run(() => RunAsync(hold, stoppingToken), CancellationToken.None);
        _running[lease] = task;
        _ = task.ContinueWith(_ => _running.TryRemove(lease, out Task? _), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private async Task RunAsync(LaneHold hold, CancellationToken stoppingToken)
    {
        DateTimeOffset? readyAt = null;
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            readyAt = await scope.ServiceProvider.GetRequiredService<MessageHandler>().HandleAsync(hold, hold.Token);
            integrations.Database.Succeeded();
        }
        catch (FenceLostException)
        {
            Log.FenceLost(logger, hold.Lease.Lane);
        }
        catch (OperationCanceledException)
        {
            // Handed back: the next holder resumes from the last commit.
            readyAt = time.GetUtcNow();
        }
        catch (StorageUnavailableException error)
        {
            Log.Storage(logger, hold.Lease.Lane, error.Failure);
            integrations.Database.Failed();
            readyAt = time.GetUtcNow() + AfterStorageFailure;
        }
        catch (Exception error)
        {
            Log.Surprise(logger, hold.Lease.Lane, error);
            readyAt = time.GetUtcNow() + AfterSurprise;
        }
        finally
        {
            _slots.Release();
            await RestAsync(hold, stoppingToken);
            keeper.Drop(hold);
            await ReleaseAsync(hold.Lease, readyAt);
        }
    }

    /// <summary>Without a slot, and not beyond a stop: another process may take the lane then.</summary>
    private async Task RestAsync(LaneHold hold, CancellationToken stoppingToken)
    {
        if (hold.Rest > TimeSpan.Zero)
            await Task.Delay(hold.Rest, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task ReleaseAsync(LaneLease lease, DateTimeOffset? readyAt)
    {
        try
        {
            await scheduler.ReleaseAsync(lease, readyAt, CancellationToken.None);
        }
        catch (SchedulerUnavailableException)
        {
            // As below, and told by the scheduler itself.
        }
        catch (Exception error)
        {
            // The lease runs out by itself and the lane is leased again.
            Log.NotReleased(logger, lease.Lane, error);
        }
    }

    /// <summary>Running lanes may finish; what does not in time is handed back at its last commit.</summary>
    private async Task DrainAsync()
    {
        var running = Task.WhenAll(_running.Values);
        var patience = host.Value.ShutdownTimeout - HandBackTime;
        if (patience > TimeSpan.Zero)
            await Task.WhenAny(running, Task.Delay(patience, time));
        await _handBack.CancelAsync();
        await running;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Lanes cannot be leased now; tried again soon")]
        public static partial void CannotLease(ILogger logger, Exception error);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Lane {Lane} belongs to another worker now; this one stopped")]
        public static partial void FenceLost(ILogger logger, LaneId lane);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Lane {Lane} waits: the database cannot be used ({Failure})")]
        public static partial void Storage(ILogger logger, LaneId lane, StorageFailure failure);

        [LoggerMessage(Level = LogLevel.Error, Message = "Lane {Lane} failed for an unexpected reason; it is tried again")]
        public static partial void Surprise(ILogger logger, LaneId lane, Exception error);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Lane {Lane} could not be given back; its lease runs out by itself")]
        public static partial void NotReleased(ILogger logger, LaneId lane, Exception error);
    }
}
