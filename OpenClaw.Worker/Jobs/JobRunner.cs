using System.Collections.Frozen;
using OpenClaw.Core.Jobs;
using OpenClaw.Core.Storage;

namespace OpenClaw.Worker.Jobs;

/// <summary>
/// Hands jobs that are due to the handler of their kind. Sleeps until the next one is due, and looks every few seconds for those that another
/// process was told of; an idle one writes nothing. Only here a job is done, waits, is tried again or dies.
/// </summary>
internal sealed partial class JobRunner(JobStore store, IEnumerable<IJobHandler> handlers, JobWake wake, TimeProvider time, ILogger<JobRunner> logger) : BackgroundService
{
    private const int Batch = 20;

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(1);

    /// <summary>All of a batch's plans and commits end within their lease, or find that it is lost.</summary>
    private static readonly TimeSpan PlanTimeout = TimeSpan.FromSeconds(10);

    /// <summary>A stop waits no longer than this for what it gives back.</summary>
    private static readonly TimeSpan GiveBackTimeout = TimeSpan.FromSeconds(5);

    private readonly FrozenDictionary<string, IJobHandler> _handlers = handlers.ToFrozenDictionary(handler => handler.Kind, StringComparer.Ordinal);

    /// <summary>Runs what is due now. Returns when the next one is; null when there is none.</summary>
    public async Task<DateTimeOffset?> RunDueAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var next = await store.NextAsync(cancellationToken);
            if (next is null || next > time.GetUtcNow())
                return next;
            await RunAsync(await store.TakeAsync(Batch, cancellationToken), cancellationToken);
        }
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var next = await RunDueAsync(stoppingToken);
                var pause = next - time.GetUtcNow() is { } untilDue && untilDue < Look ? untilDue : Look;
                await wake.WaitAsync(pause, stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (StorageUnavailableException unavailable)
            {
                // What was taken is taken again when its lease has ended.
                Log.Unavailable(logger, unavailable.Failure);
                await wake.WaitAsync(AfterFailure, stoppingToken);
            }
        }
    }

    private async Task RunAsync(IReadOnlyList<DueJob> batch, CancellationToken cancellationToken)
    {
        var done = 0;
        try
        {
            for (; done < batch.Count; done++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await RunAsync(batch[done], cancellationToken);
            }
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            await GiveBackAsync([.. batch.Skip(done)]);
            throw;
        }
    }

    /// <summary>Also the one that the stop interrupted: what it committed before is not touched.</summary>
    private async Task GiveBackAsync(IReadOnlyList<DueJob> rest)
    {
        using var timeout = new CancellationTokenSource(GiveBackTimeout, time);
        try
        {
            await store.GiveBackAsync(rest, timeout.Token);
            Log.GivenBack(logger, rest.Count);
        }
        catch (Exception error) when (error is StorageUnavailableException or OperationCanceledException)
        {
            // Their leases end by themselves.
            Log.NotGivenBack(logger, rest.Count);
        }
    }

    private async Task RunAsync(DueJob job, CancellationToken cancellationToken)
    {
        try
        {
            if (job.Interruptions >= JobStore.MaxInterruptions)
                await FailAsync(job, "interrupted_too_often", giveUp: true, cancellationToken);
            else if (job is { Content: null } or { ChatId: null })
                await FailAsync(job, "unreadable", giveUp: true, cancellationToken);
            else if (!_handlers.TryGetValue(job.Kind, out var handler))
                await FailAsync(job, "unknown_kind", giveUp: false, cancellationToken);
            else
                await CarryOutAsync(job, await PlanAsync(handler, job, cancellationToken), cancellationToken);
        }
        catch (Exception error) when (error is not StorageUnavailableException && !cancellationToken.IsCancellationRequested)
        {
            Log.Unexpected(logger, job.Id, job.Attempts, error);
            await FailAsync(job, error is OperationCanceledException ? "timed_out" : "unexpected", giveUp: false, cancellationToken);
        }
    }

    private async Task<JobPlan> PlanAsync(IJobHandler handler, DueJob job, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(PlanTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        return await handler.PlanAsync(job, either.Token);
    }

    private async Task FailAsync(DueJob job, string reason, bool giveUp, CancellationToken cancellationToken)
    {
        if (await store.FailAsync(job, reason, giveUp, cancellationToken) == JobOutcome.Dead)
            Log.Dead(logger, job.Id, job.Kind, reason);
    }

    private async Task CarryOutAsync(DueJob job, JobPlan plan, CancellationToken cancellationToken)
    {
        var outcome = await store.CarryOutAsync(job, plan, cancellationToken);
        if (outcome == JobOutcome.Done)
            Log.Done(logger, job.Id, job.Kind, job.Attempts);
        else if (outcome == JobOutcome.Dead)
            Log.Dead(logger, job.Id, job.Kind, plan is JobPlan.GiveUp giveUp ? giveUp.Reason : "refused");
        else if (outcome == JobOutcome.Lost)
            Log.Lost(logger, job.Id, job.Kind);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Job {Job} ({Kind}) is done on attempt {Attempt}")]
        public static partial void Done(ILogger logger, long job, string kind, int attempt);

        [LoggerMessage(Level = LogLevel.Information, Message = "Job {Job} ({Kind}) was cancelled, or another process has it: nothing was done")]
        public static partial void Lost(ILogger logger, long job, string kind);

        [LoggerMessage(Level = LogLevel.Error, Message = "Job {Job} ({Kind}) is a dead letter ({Reason})")]
        public static partial void Dead(ILogger logger, long job, string kind, string reason);

        [LoggerMessage(Level = LogLevel.Error, Message = "Job {Job} failed for an unexpected reason on attempt {Attempt}; it is tried again")]
        public static partial void Unexpected(ILogger logger, long job, int attempt, Exception error);

        [LoggerMessage(Level = LogLevel.Information, Message = "Stopping: {Jobs} due jobs are given back for another process")]
        public static partial void GivenBack(ILogger logger, int jobs);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Stopping: {Jobs} due jobs could not be given back; another process takes them when their leases have ended")]
        public static partial void NotGivenBack(ILogger logger, int jobs);

        [LoggerMessage(Level = LogLevel.Warning, Message = "Scheduled jobs wait for the database ({Failure})")]
        public static partial void Unavailable(ILogger logger, StorageFailure failure);
    }
}
