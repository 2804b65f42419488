using OpenClaw.Core.Queue.History;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Gateway.Sessions;
using OpenClaw.ServiceDefaults.Background;

namespace OpenClaw.Gateway.Backfill;

/// <summary>
/// One session: its history is compared as a whole when messages may be missing, and looked at every now and then to find out whether they are.
/// </summary>
internal sealed partial class SessionHistory(
    string session, BackfillOptions options, WahaClient waha, HistoryComparison comparison, HistoryMarks marks, HeardMessages heard, BackfillBoard board, BackfillMetrics metrics,
    TimeProvider time, Random random, ILogger logger)
{
    /// <summary>A message so young may still be on its way; one that is missing at two looks is not.</summary>
    private static readonly TimeSpan OnItsWay = TimeSpan.FromSeconds(5);

    /// <summary>While messages come, and for so long after the last one, looks are frequent.</summary>
    private static readonly TimeSpan Busy = TimeSpan.FromMinutes(5);

    /// <summary>So much is read again at most when something is missing.</summary>
    private static readonly TimeSpan BetweenComparisons = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan WithoutHistory = TimeSpan.FromMinutes(10);
    private const int PageSize = 20;
    private const int MostLookedAt = 200;
    private const int FailuresToTell = 5;

    private readonly GrowingPause _pause = KeeperRepeats.History.Pause(random);
    private Dictionary<ChatId, DateTimeOffset?> _suspects = [];
    private HistorySource _source = new(session, null, null);
    private ReadBackCause? _wanted = ReadBackCause.Start;
    private DateTimeOffset? _foundAt;
    private bool _isSilent = true;
    private bool _isKept = true;
    private int _failures;

    public string Session => session;

    /// <summary>When it wants to be looked at.</summary>
    public DateTimeOffset DueAt { get; private set; }

    /// <summary>Messages may be missing: the whole history since the mark is to be compared.</summary>
    public void Want(ReadBackCause cause) => (_wanted, DueAt) = (cause, time.GetUtcNow());

    /// <summary>Nothing is done before that time.</summary>
    public void PutOff(TimeSpan pause) => DueAt = time.GetUtcNow() + pause;

    /// <summary>Looks, and reads back what is missing.</summary>
    /// <param name="stillLeads">Asked before each chat: another process may have taken over.</param>
    /// <param name="cancellationToken">Stops between two messages.</param>
    public async Task LookAsync(Func<CancellationToken, Task<bool>> stillLeads, CancellationToken cancellationToken)
    {
        // Asked before anything that would block for 10 s when it does not work.
        if ((_wanted is not null || _isSilent || !_isKept) && !await IsWorkingAsync(cancellationToken))
        {
            PutOff(_pause.Next());
            return;
        }

        if (_wanted is { } cause)
            await CompareAsync(cause, stillLeads, cancellationToken);
        else if (await marks.WasRefusedSinceAsync(session, cancellationToken))
            Want(ReadBackCause.Refused);
        else if (await IsMissingSomethingAsync(stillLeads, cancellationToken))
            Want(ReadBackCause.Gap);
    }

    private async Task<bool> IsWorkingAsync(CancellationToken cancellationToken)
    {
        var reading = await waha.ReadSessionAsync(session, WahaTimeouts.Read, cancellationToken);
        if (reading.Session is not { IsWorking: true } seen)
        {
            _isSilent = true;
            return false;
        }

        if (_isSilent)
            _wanted ??= ReadBackCause.BackToWork;
        (_isSilent, _source) = (false, new HistorySource(session, seen.Me, reading.Engine));
        return true;
    }

    private async Task CompareAsync(ReadBackCause cause, Func<CancellationToken, Task<bool>> stillLeads, CancellationToken cancellationToken)
    {
        var began = time.GetUtcNow();
        // A session that nobody saw before begins a minute ago: what was written to it then wants an answer.
        var mark = await marks.EnsureAsync(session, began - HistoryComparison.Overlap, cancellationToken);
        var result = await comparison.RunAsync(_source, mark, began, stillLeads, cancellationToken);
        metrics.Ran(cause, result.End);
        switch (result.End)
        {
            // It is asked for again as soon as this process may.
            case ComparisonEnd.TakenOver:
                return;
            case ComparisonEnd.NotKept:
                Keeps(false);
                await LoseSinceLastHeardAsync(mark, began, cancellationToken);
                break;
            case ComparisonEnd.NotListed or ComparisonEnd.Interrupted:
                await PutOffAsync(mark, began, cancellationToken);
                return;
            default:
                Keeps(true);
                break;
        }

        await marks.AdvanceAsync(session, began, cancellationToken);
        heard.Forget(session, began - HistoryComparison.Overlap);
        _pause.Reset();
        (_wanted, _failures, _suspects) = (null, 0, []);
        if (result.Missed > 0)
            _foundAt = began;
        Log.Compared(logger, result.Missed > 0 ? LogLevel.Information : LogLevel.Debug, session, cause, result.Chats, result.Messages, result.Missed);
        PutOff(Interval());
    }

    /// <summary>What came last came by a webhook: until then they were delivered.</summary>
    private Task LoseSinceLastHeardAsync(HistoryMark mark, DateTimeOffset now, CancellationToken cancellationToken) =>
        comparison.LoseAsync(session, heard.LastOf(session) is { } last && last > mark.CompleteTo ? last : mark.CompleteTo, now, "history_not_kept", null, cancellationToken);

    /// <summary>Tried until it works, or until nothing of it would be answered any more.</summary>
    private async Task PutOffAsync(HistoryMark mark, DateTimeOffset now, CancellationToken cancellationToken)
    {
        _isSilent = true;
        PutOff(_pause.Next());
        if (++_failures >= FailuresToTell && waha.Session(session).IsClosed)
            board.Note(session, HistoryStanding.Unreadable);
        var reach = now - options.MaxAge;
        if (mark.CompleteTo >= reach)
            return;
        await comparison.LoseAsync(session, mark.CompleteTo, reach, "chats_unreadable", null, cancellationToken);
        await marks.AdvanceAsync(session, reach, cancellationToken);
    }

    /// <summary>One cheap question: does WAHA have chats with newer messages than came?</summary>
    private async Task<bool> IsMissingSomethingAsync(Func<CancellationToken, Task<bool>> stillLeads, CancellationToken cancellationToken)
    {
        var began = time.GetUtcNow();
        var mark = await marks.EnsureAsync(session, began - HistoryComparison.Overlap, cancellationToken);
        // WAHA may list a message a little after its time, and tells whole seconds.
        var from = mark.CompleteTo - HistoryComparison.Overlap;
        var (outcome, chats) = await NewestAsync(from, cancellationToken);
        if (outcome == HistoryOutcome.Unavailable)
            return Interrupted();
        Keeps(outcome != HistoryOutcome.NotKept);
        if (outcome == HistoryOutcome.NotKept)
        {
            // Only what comes by webhook is known then.
            await marks.AdvanceAsync(session, heard.LastOf(session) ?? mark.CompleteTo, cancellationToken);
            PutOff(WithoutHistory);
            return false;
        }

        var retried = await comparison.RetryUnreadableAsync(_source, HistoryComparison.Since(mark, began), stillLeads, cancellationToken);
        if (retried == ComparisonEnd.TakenOver)
            return false;
        if (retried == ComparisonEnd.Interrupted)
            return Interrupted();
        var ahead = chats.Where(chat => chat.LastAt is { } last && last >= from && IsAhead(chat.Id, last) && !comparison.IsPutOff(session, chat.Id)).ToList();
        var (missing, suspects) = (false, new Dictionary<ChatId, DateTimeOffset?>());
        foreach (var chat in ahead)
        {
            if (chat.LastAt > began - OnItsWay && !(_suspects.TryGetValue(chat.Id, out var before) && before == heard.NewestOf(session, chat.Id)))
                suspects[chat.Id] = heard.NewestOf(session, chat.Id);
            else if (!await stillLeads(cancellationToken))
                return false;
            else if (await comparison.ReadBackAsync(_source, chat, HistoryComparison.Since(mark, began), int.MaxValue, cancellationToken) is not { } read)
                return Interrupted();
            else
                missing |= read.Missed > 0 || read.IsCut || read.HasFailed;
        }

        _suspects = suspects;
        // A chat's newest message does not tell whether one before it is missing: only a comparison moves the mark.
        if (!missing && began - mark.CompleteTo >= BetweenComparisons && chats.Any(chat => chat.LastAt > mark.CompleteTo))
            Want(ReadBackCause.Routine);
        else
            PutOff(suspects.Count > 0 ? OnItsWay : Interval());
        return missing;
    }

    private bool IsAhead(ChatId chat, DateTimeOffset last) => heard.NewestOf(session, chat) is not { } newest || last.ToUnixTimeSeconds() > newest.ToUnixTimeSeconds();

    private bool Interrupted()
    {
        _isSilent = true;
        PutOff(_pause.Next());
        return false;
    }

    /// <summary>Mostly one small page; more only while every chat on it is new.</summary>
    private async Task<(HistoryOutcome Outcome, List<ListedChat> Chats)> NewestAsync(DateTimeOffset since, CancellationToken cancellationToken)
    {
        var chats = new List<ListedChat>();
        for (var offset = 0; offset < MostLookedAt; offset += PageSize)
        {
            var page = await waha.ListChatsAsync(session, PageSize, offset, WahaTimeouts.History, cancellationToken);
            if (page.Outcome != HistoryOutcome.Read)
                return (page.Outcome, []);
            chats.AddRange(page.Chats.Where(HistoryComparison.IsServed));
            if (page.Count < PageSize || page.Chats.Any(chat => chat.LastAt < since))
                break;
        }

        return (HistoryOutcome.Read, chats);
    }

    private void Keeps(bool isKept)
    {
        if (_isKept && !isKept)
            Log.NotKept(logger, session);
        _isKept = isKept;
        board.Note(session, isKept ? HistoryStanding.Readable : HistoryStanding.NotKept);
    }

    private TimeSpan Interval()
    {
        if (!_isKept)
            return WithoutHistory;
        var now = time.GetUtcNow();
        var isBusy = now - heard.LastOf(session) < Busy || now - _foundAt < Busy;
        return options.CheckInterval * (isBusy ? 0.25 : 1) * (0.9 + (0.2 * random.NextDouble()));
    }

    private static partial class Log
    {
        [LoggerMessage(Message = "Session {Session} was compared with WAHA's history ({Cause}): {Chats} chats, {Messages} messages read, {Missed} had been missed")]
        public static partial void Compared(ILogger logger, LogLevel level, string session, ReadBackCause cause, int chats, int messages, int missed);

        [LoggerMessage(Level = LogLevel.Warning, Message = "WAHA keeps no history of session {Session}: what its webhooks do not deliver is lost. With NOWEB set config.noweb.store.enabled=true")]
        public static partial void NotKept(ILogger logger, string session);
    }
}
