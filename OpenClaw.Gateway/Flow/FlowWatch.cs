using Microsoft.Extensions.Options;
using OpenClaw.Core.Flow;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Storage;
using OpenClaw.Core.WhatsApp;
using OpenClaw.ServiceDefaults.Background;

namespace OpenClaw.Gateway.Flow;

/// <summary>
/// Looks every now and then whether facts agree that messages flow, and keeps what this process saw where every Gateway finds it, also after a
/// restart. A webhook costs no statement for it.
/// </summary>
internal sealed partial class FlowWatch(
    FlowBoard board, FlowStore store, WorkBacklog backlog, FlowRules rules, IOptions<WahaOptions> waha, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<FlowWatch> logger)
    : BackgroundService
{
    /// <summary>A look is as good as new for so long, however often somebody asks.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(3);

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan BetweenSaves = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _one = new(1);
    private readonly Dictionary<string, SessionFlow> _saved = new(StringComparer.Ordinal);
    private DateTimeOffset? _listeningSince;
    private DateTimeOffset _savedAt;
    private bool _wasTold;

    /// <summary>The last look; null before the first one.</summary>
    public FlowReport? Latest { get; private set; }

    /// <summary>Looks now, unless it was done a moment ago.</summary>
    /// <exception cref="StorageUnavailableException">The database cannot be read now.</exception>
    public async Task<FlowReport> LookAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var now = time.GetUtcNow();
            if (Latest is { } latest && now - latest.At < Fresh && latest.At <= now)
                return latest;
            // Who cannot be reached yet has heard nothing, and that says nothing.
            var since = _listeningSince ?? now;
            var sessions = waha.Value.ServedSessions().Select(Facts).ToList();
            var work = await WorkAsync(now, cancellationToken);
            List<string> sentences = [.. sessions.SelectMany(facts => rules.Judge(facts, since, work is not null, now))];
            // After a start what waited meanwhile gets its time first.
            if (now - since >= FlowRules.WorkWithin && rules.Judge(work) is { } waits)
                sentences.Add(waits);
            return Latest = new FlowReport(now, sessions, work, sentences);
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>Keeps what is new; without anything new nothing is written.</summary>
    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        var news = waha.Value.ServedSessions().Select(session => (Session: session, Flow: board.Seen(session)))
            .Where(seen => seen.Flow != _saved.GetValueOrDefault(seen.Session, SessionFlow.None))
            .ToList();
        if (news.Count == 0)
            return;
        await store.SaveAsync(news, cancellationToken);
        foreach (var (session, flow) in news)
            _saved[session] = flow;
    }

    /// <summary>From now on WAHA can reach this process.</summary>
    internal void Listens() => _listeningSince ??= time.GetUtcNow();

    public override void Dispose()
    {
        _one.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await lifetime.ListeningAsync(stoppingToken);
            Listens();
            while (true)
            {
                await RoundAsync(stoppingToken);
                await Task.Delay(Period, time, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            await SaveLastAsync();
        }
    }

    private async Task RoundAsync(CancellationToken cancellationToken)
    {
        try
        {
            Tell(await LookAsync(cancellationToken));
            var now = time.GetUtcNow();
            if (now - _savedAt < BetweenSaves)
                return;
            await SaveAsync(cancellationToken);
            _savedAt = now;
        }
        catch (StorageUnavailableException error)
        {
            // The database's own trouble is told by whoever needs it to answer.
            Log.Unknown(logger, error.Failure);
        }
    }

    private async Task SaveLastAsync()
    {
        try
        {
            await SaveAsync(CancellationToken.None);
        }
        catch (StorageUnavailableException error)
        {
            Log.Unknown(logger, error.Failure);
        }
    }

    private FlowFacts Facts(string session)
    {
        var stored = store.Read(session);
        return new FlowFacts(session, stored.Status, stored.Flow.With(board.Seen(session)), stored.AcceptedAt, stored.ServerAckAt);
    }

    private async Task<WaitingWork?> WorkAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            return await backlog.LookAsync(now - FlowRules.WorkWithin, cancellationToken);
        }
        catch (SchedulerUnavailableException)
        {
            // Told by the check of the scheduler's engine.
            return null;
        }
    }

    /// <summary>Once when it begins and once when it is over.</summary>
    private void Tell(FlowReport report)
    {
        var isTold = report.Contradictions.Count > 0;
        if (isTold && !_wasTold)
            Log.Contradicts(logger, string.Join(". ", report.Contradictions));
        if (!isTold && _wasTold)
            Log.Flows(logger);
        _wasTold = isTold;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Messages do not flow: {Sentences}")]
        public static partial void Contradicts(ILogger logger, string sentences);

        [LoggerMessage(Level = LogLevel.Information, Message = "Messages flow again")]
        public static partial void Flows(ILogger logger);

        [LoggerMessage(Level = LogLevel.Debug, Message = "Whether messages flow is not known now: the database cannot be used ({Failure})")]
        public static partial void Unknown(ILogger logger, StorageFailure failure);
    }
}
