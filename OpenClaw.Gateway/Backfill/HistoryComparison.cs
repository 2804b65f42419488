using Microsoft.Extensions.Options;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Queue.History;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Gateway.Backfill;

/// <summary>A session as its history is read.</summary>
/// <param name="Session">WAHA session.</param>
/// <param name="Account">The bot's own account: who is mentioned and quoted in groups.</param>
/// <param name="Engine">WAHA's engine.</param>
internal sealed record HistorySource(string Session, SessionAccount? Account, string? Engine);

/// <summary>How a comparison ended.</summary>
internal enum ComparisonEnd
{
    /// <summary>Everything since the mark is known, or in a recorded gap.</summary>
    Done,

    /// <summary>WAHA keeps no history.</summary>
    NotKept,

    /// <summary>WAHA does not list the session's chats now.</summary>
    NotListed,

    /// <summary>WAHA fell silent on the way.</summary>
    Interrupted,

    /// <summary>Another process looks after the session now: what is known and what is lost is for that one to say.</summary>
    TakenOver,
}

/// <param name="End">How it ended.</param>
/// <param name="Chats">Chats that were read.</param>
/// <param name="Messages">Messages that were read.</param>
/// <param name="Missed">Messages that had not come.</param>
internal sealed record ComparisonResult(ComparisonEnd End, int Chats, int Messages, int Missed);

/// <summary>Compares WAHA's history of a session with what came: all chats that were written in since the mark, each from the mark on.</summary>
internal sealed class HistoryComparison(
    WahaClient waha, ChatReader reader, HistoryIntake intake, HistoryGaps gaps, HeardMessages heard, UnreadableChats unreadable, BackfillMetrics metrics, IOptions<BackfillOptions> options, TimeProvider time,
    Random random)
{
    /// <summary>Messages of the last minute before the mark are read again: clocks differ, and WAHA lists a message a little after its time.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromMinutes(1);

    /// <summary>What is older would not be answered, and is not worth the reading either.</summary>
    public static readonly TimeSpan Reach = TimeSpan.FromDays(7);

    private const int PageSize = 100;
    private const int MostChats = 2000;

    /// <summary>Where an engine does not tell when a chat was written in, the newest of its list are read on suspicion.</summary>
    private const int MostUntimed = 200;

    private const int Tries = 3;

    /// <summary>Each may take a minute, and the session's own look comes after them.</summary>
    private const int RetriesALook = 5;

    private const string TooManyMessages = "too_many_messages";
    private const string ChatUnreadable = "chat_unreadable";

    /// <param name="source">The session.</param>
    /// <param name="mark">Its mark.</param>
    /// <param name="began">Now.</param>
    /// <param name="stillLeads">Asked before each chat: another process may have taken over.</param>
    /// <param name="cancellationToken">Stops between two messages.</param>
    public async Task<ComparisonResult> RunAsync(
        HistorySource source, HistoryMark mark, DateTimeOffset began, Func<CancellationToken, Task<bool>> stillLeads, CancellationToken cancellationToken)
    {
        await unreadable.LoadAsync(source.Session, cancellationToken);
        var from = Since(mark, began);
        var (outcome, chats, isCut) = await ListAsync(source.Session, from, cancellationToken);
        if (outcome != HistoryOutcome.Read)
            return new ComparisonResult(outcome == HistoryOutcome.NotKept ? ComparisonEnd.NotKept : ComparisonEnd.NotListed, 0, 0, 0);

        var (messages, missed, cut, failed) = (0, 0, 0, 0);
        foreach (var chat in chats)
        {
            if (messages >= options.Value.MaxMessages)
            {
                cut++;
                continue;
            }

            if (!await stillLeads(cancellationToken))
                return new ComparisonResult(ComparisonEnd.TakenOver, chats.Count, messages, missed);
            if (await ReadBackAsync(source, chat, from, options.Value.MaxMessages - messages, cancellationToken) is not { } read)
                return new ComparisonResult(ComparisonEnd.Interrupted, chats.Count, messages, missed);
            messages += read.Messages;
            missed += read.Missed;
            cut += read.IsCut ? 1 : 0;
            failed += read.HasFailed ? 1 : 0;
            // Nobody waits for the whole of it, and WAHA has other things to do.
            await Task.Delay(TimeSpan.FromMilliseconds(5 + (20 * random.NextDouble())), time, cancellationToken);
        }

        if (mark.CompleteTo < from)
            await LoseAsync(source.Session, mark.CompleteTo, from, "too_long_ago", null, cancellationToken);
        if (isCut)
            await LoseAsync(source.Session, mark.CompleteTo, began, "too_many_chats", null, cancellationToken);
        if (cut > 0)
            await LoseAsync(source.Session, mark.CompleteTo, began, TooManyMessages, cut, cancellationToken);
        if (failed > 0)
        {
            await LoseAsync(source.Session, mark.CompleteTo, began, ChatUnreadable, failed, cancellationToken);
            await unreadable.ToldAsync(source.Session, cancellationToken);
        }

        return new ComparisonResult(ComparisonEnd.Done, chats.Count, messages, missed);
    }

    /// <summary>Reads one chat back through the door.</summary>
    /// <returns>Null when WAHA fell silent: nothing is known about the chat.</returns>
    public async Task<ReadBack?> ReadBackAsync(HistorySource source, ListedChat chat, DateTimeOffset since, int most, CancellationToken cancellationToken)
    {
        if (unreadable.IsPutOff(source.Session, chat.Id))
            return new ReadBack(0, 0, IsCut: false, HasFailed: unreadable.IsNews(source.Session, chat.Id));
        since = unreadable.SinceOf(source.Session, chat.Id, since);
        most = Math.Min(most, options.Value.MaxMessagesPerChat);
        for (var tries = 1; ; tries++)
        {
            var read = await reader.ReadAsync(source.Session, source.Engine, chat.Id, since, most, cancellationToken);
            if (read.Outcome == HistoryOutcome.Read)
            {
                var taken = await intake.TakeAsync(source, read.Messages, cancellationToken);
                var isBehind = unreadable.IsKnown(source.Session, chat.Id);
                if (isBehind)
                    await CatchUpAsync(source.Session, chat.Id, since, read.IsCut, taken.Failed > 0, cancellationToken);
                if (chat.LastAt is { } last)
                    heard.Note(source.Session, chat.Id, last);
                return new ReadBack(read.Messages.Count, taken.Missed, read.IsCut && !isBehind, HasFailed: taken.Failed > 0 && !isBehind);
            }

            // An open breaker says that WAHA is silent, not that there is something about this chat.
            if (read.Outcome == HistoryOutcome.Unavailable && !waha.Session(source.Session).IsClosed)
                return null;
            if (read.Outcome == HistoryOutcome.NotKept || tries == Tries)
            {
                if (!await IsWorkingAsync(source.Session, cancellationToken))
                    return null;
                await unreadable.FailedAsync(source.Session, chat.Id, since, cancellationToken);
                return new ReadBack(0, 0, IsCut: false, HasFailed: unreadable.IsNews(source.Session, chat.Id));
            }

            await Task.Delay(TimeSpan.FromSeconds(tries * (0.8 + (0.4 * random.NextDouble()))), time, cancellationToken);
        }
    }

    /// <summary>Reads those chats back that could not be read before and are to be tried again.</summary>
    /// <param name="source">The session.</param>
    /// <param name="since">From when on its messages are read; those chats from where they were known last.</param>
    /// <param name="stillLeads">Asked before each chat: another process may have taken over.</param>
    /// <param name="cancellationToken">Stops between two messages.</param>
    /// <returns>Done, interrupted or taken over.</returns>
    public async Task<ComparisonEnd> RetryUnreadableAsync(
        HistorySource source, DateTimeOffset since, Func<CancellationToken, Task<bool>> stillLeads, CancellationToken cancellationToken)
    {
        await unreadable.LoadAsync(source.Session, cancellationToken);
        foreach (var chat in unreadable.Due(source.Session).Take(RetriesALook))
        {
            if (!await stillLeads(cancellationToken))
                return ComparisonEnd.TakenOver;
            if (await ReadBackAsync(source, new ListedChat(chat, null), since, int.MaxValue, cancellationToken) is null)
                return ComparisonEnd.Interrupted;
        }

        return ComparisonEnd.Done;
    }

    /// <summary>Another process looks after the session.</summary>
    public void Forget(string session) => unreadable.Forget(session);

    /// <summary>Whether a chat could not be read a moment ago: who only looks leaves it alone.</summary>
    public bool IsPutOff(string session, ChatId chat) => unreadable.IsPutOff(session, chat);

    /// <summary>From when on a session's messages are read.</summary>
    public static DateTimeOffset Since(HistoryMark mark, DateTimeOffset now) => mark.CompleteTo - Overlap > now - Reach ? mark.CompleteTo - Overlap : now - Reach;

    /// <summary>Records what nothing can bring back.</summary>
    public async Task LoseAsync(string session, DateTimeOffset from, DateTimeOffset to, string reason, long? chats, CancellationToken cancellationToken)
    {
        await gaps.RecordAsync(session, from, to, reason, chats, cancellationToken);
        metrics.Lost(reason);
    }

    /// <summary>
    /// A chat that could not be read is like any other again. The session's mark has passed what is missing in it, so nobody would find that a second time: it is
    /// told first.
    /// </summary>
    private async Task CatchUpAsync(string session, ChatId chat, DateTimeOffset since, bool isCut, bool hasFailed, CancellationToken cancellationToken)
    {
        if (isCut)
            await LoseAsync(session, since, time.GetUtcNow(), TooManyMessages, 1, cancellationToken);
        if (hasFailed)
            await LoseAsync(session, since, time.GetUtcNow(), ChatUnreadable, 1, cancellationToken);
        await unreadable.ReadableAsync(session, chat, cancellationToken);
    }

    /// <summary>The chats of people and groups that were written in since then.</summary>
    private async Task<(HistoryOutcome Outcome, List<ListedChat> Chats, bool IsCut)> ListAsync(string session, DateTimeOffset from, CancellationToken cancellationToken)
    {
        var found = new Dictionary<ChatId, ListedChat>();
        for (var offset = 0; offset < MostChats; offset += PageSize)
        {
            var page = await waha.ListChatsAsync(session, PageSize, offset, WahaTimeouts.History, cancellationToken);
            if (page.Outcome != HistoryOutcome.Read)
                return (page.Outcome, [], false);
            var wanted = page.Chats.Where(chat => chat.LastAt is { } last ? last.ToUnixTimeSeconds() >= from.ToUnixTimeSeconds() : offset < MostUntimed).ToList();
            foreach (var chat in wanted.Where(IsServed))
                found.TryAdd(chat.Id, chat);
            // Not the last chat of a page decides: some versions do not sort well.
            if (page.Count < PageSize || wanted.Count == 0)
                return (HistoryOutcome.Read, [.. found.Values], false);
        }

        return (HistoryOutcome.Read, [.. found.Values], true);
    }

    public static bool IsServed(ListedChat chat) => chat.Id.Kind is ChatKind.Person or ChatKind.Lid or ChatKind.Group;

    private async Task<bool> IsWorkingAsync(string session, CancellationToken cancellationToken) =>
        (await waha.ReadSessionAsync(session, WahaTimeouts.Read, cancellationToken)).Session is { IsWorking: true };
}

/// <param name="Messages">So many were read.</param>
/// <param name="Missed">So many of them had not come.</param>
/// <param name="IsCut">There was more than may be read.</param>
/// <param name="HasFailed">Something of it could not be read or stored.</param>
internal sealed record ReadBack(int Messages, int Missed, bool IsCut, bool HasFailed);
