using Microsoft.Extensions.Options;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Queue.History;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Gateway.Sessions;
using OpenClaw.ServiceDefaults.Background;

namespace OpenClaw.Gateway.Backfill;

/// <summary>
/// Reads back what no webhook delivered: after a start, when a session works again, after refused webhooks, and when a look finds a message that did
/// not come. Of several Gateways one does so for a session, as long as it holds the job's lease.
/// </summary>
internal sealed partial class BackfillService(
    WahaClient waha, HistoryComparison comparison, HistoryMarks marks, HeardMessages heard, BackfillBoard board, BackfillMetrics metrics, HistorySignals signals, IJobLeases jobs,
    IOptions<WahaOptions> wahaOptions, IOptions<BackfillOptions> options, IHostApplicationLifetime lifetime, TimeProvider time, Random random, ILogger<BackfillService> logger)
    : BackgroundService
{
    /// <summary>Short, so that a process which was killed is not waited for; longer than any single call to WAHA.</summary>
    private static readonly TimeSpan Leadership = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(10);

    private long _notedRefusals;

    public static string JobOf(string session) => "backfill:" + session;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // The simulator's webhooks come from this very process.
        if (wahaOptions.Value.UsesSimulator || !options.Value.Enabled)
            return;
        try
        {
            await lifetime.ListeningAsync(stoppingToken);
            // Side by side: a session that blocks every call holds up none of the others.
            await SideBySide.RunAsync(
                wahaOptions.Value.ServedSessions().Select(session => (Func<CancellationToken, Task>)(token => LookAfterAsync(session, token))), stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Stopping.
        }
    }

    private async Task LookAfterAsync(string name, CancellationToken cancellationToken)
    {
        var session = new SessionHistory(name, options.Value, waha, comparison, marks, heard, board, metrics, time, random, logger);
        var afterFailure = new GrowingPause(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(30), random);
        try
        {
            while (true)
            {
                if (signals.TakeWorks(name))
                    session.Want(ReadBackCause.BackToWork);
                await signals.WaitAsync(name, await LookAsync(session, afterFailure, cancellationToken), time, cancellationToken);
            }
        }
        finally
        {
            await jobs.ReleaseAsync(JobOf(name), CancellationToken.None);
        }
    }

    /// <returns>How long to wait.</returns>
    private async Task<TimeSpan> LookAsync(SessionHistory session, GrowingPause afterFailure, CancellationToken cancellationToken)
    {
        try
        {
            await NoteRefusalsAsync(cancellationToken);
            if (session.DueAt <= time.GetUtcNow())
                await LookAsync(session, cancellationToken);
            afterFailure.Reset();
            var wait = session.DueAt - time.GetUtcNow();
            return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            Log.Failed(logger, session.Session, error);
            return afterFailure.Next();
        }
    }

    /// <summary>What this process refused another one may have to read back: it learns of it by the database, as soon as that takes something in again.</summary>
    private async Task NoteRefusalsAsync(CancellationToken cancellationToken)
    {
        var told = signals.Refusals;
        if (told == Interlocked.Read(ref _notedRefusals))
            return;
        await marks.NoteRefusedAsync(time.GetUtcNow(), cancellationToken);
        Interlocked.Exchange(ref _notedRefusals, told);
    }

    private async Task LookAsync(SessionHistory session, CancellationToken cancellationToken)
    {
        var held = DateTimeOffset.MinValue;
        if (await LeadsAsync(cancellationToken))
        {
            await session.LookAsync(LeadsAsync, cancellationToken);
            return;
        }

        board.Forget(session.Session);
        comparison.Forget(session.Session);
        session.PutOff(AskAgain);

        async Task<bool> LeadsAsync(CancellationToken token)
        {
            // Asked before each chat: most of the time it was taken a moment ago.
            if (time.GetUtcNow() - held < Leadership / 4)
                return true;
            if (!await jobs.HoldAsync(JobOf(session.Session), Leadership, token))
                return false;
            held = time.GetUtcNow();
            return true;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "WAHA's history of session {Session} could not be compared; tried again soon")]
        public static partial void Failed(ILogger logger, string session, Exception error);
    }
}
