using Microsoft.Extensions.Options;
using OpenClaw.Core.Queue;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Worker.Replies;

/// <summary>What is known about a bubble that may or may not have been sent.</summary>
internal enum UncertainVerdict
{
    /// <summary>It was: bind it.</summary>
    Sent,

    /// <summary>It is proven that it was not, and that it can no longer appear.</summary>
    Absent,

    /// <summary>It is not to be seen, but that proves nothing.</summary>
    Unproven,

    /// <summary>Cannot be told yet.</summary>
    Open,
}

/// <param name="Verdict">Sent, absent, unproven or open.</param>
/// <param name="RawId">The message it is, when sent.</param>
/// <param name="NextLook">When to look again, when open.</param>
/// <param name="AbsentAt">The first look that did not find it.</param>
/// <param name="Why">A typed word: what stands in the way of a verdict or of a proof.</param>
internal sealed record UncertainLook(UncertainVerdict Verdict, string? RawId, DateTimeOffset NextLook, DateTimeOffset? AbsentAt, string? Why = null);

/// <summary>
/// Looks for a send that was cut, timed out or answered 5xx, and for every claim of a worker that is gone: in what WAHA told by itself, then in the
/// chat's own messages since the claim, by its id where it has one and else by its text. Finding it settles at once. Not finding it counts only
/// after the quarantine and twice, each time with the session at work; and it proves something only when WAHA keeps messages, listed all of them
/// and has been running since before the claim.
/// </summary>
internal sealed class UncertainSends(WahaClient waha, OutboxStore outbox, ChatEventStore events, IOptions<DeliveryOptions> options, TimeProvider time)
{
    private static readonly TimeSpan BetweenReads = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan WhileNotWorking = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan LongestUnreadable = TimeSpan.FromMinutes(10);

    // WhatsApp's timestamps are whole seconds of another clock; what we sent earlier is told apart by its id.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    public async Task<UncertainLook> LookAsync(LaneWork work, Bubble bubble, CancellationToken cancellationToken)
    {
        var session = work.Chat.Session;
        if (bubble.IsAcknowledged || (bubble.RawId is { } own && await events.HasEchoAsync(work.Chat, own, cancellationToken)))
            return Sent(bubble.RawId);

        // A session that does not work lists what it had when it stopped working, if anything, and blocks for 10 s before it says so.
        var state = await waha.ReadSessionAsync(session, WahaTimeouts.Read, cancellationToken);
        if (state.Outcome == SessionReadOutcome.Unavailable)
            return Open(bubble, BetweenReads, "chat_unreadable");
        if (state.Session is not { IsWorking: true })
            return Open(bubble, WhileNotWorking, "session_not_working");

        var claimedAt = bubble.ClaimedAt ?? time.GetUtcNow();
        var since = claimedAt - ClockTolerance;
        var read = await waha.ReadOwnMessagesAsync(session, bubble.Content.ChatId, since, WahaTimeouts.Read, cancellationToken);
        if (read.Outcome == ChatReadOutcome.Unavailable)
            return Unreadable(bubble);
        var echoes = await events.EchoesAsync(work.Chat, bubble.Content.ChatId, since, cancellationToken);
        if (await FindAsync(work, bubble, [.. read.Messages, .. echoes], since, cancellationToken) is { } rawId)
            return Sent(rawId);

        var now = time.GetUtcNow();
        var quarantineEnd = (bubble.Deadline ?? claimedAt) + options.Value.Quarantine;
        var absentAt = bubble.AbsentAt ?? now;
        if (now < quarantineEnd || now - absentAt < BetweenReads)
        {
            var next = absentAt + BetweenReads > quarantineEnd ? absentAt + BetweenReads : quarantineEnd;
            return new UncertainLook(UncertainVerdict.Open, null, next < now + BetweenReads ? next : now + BetweenReads, absentAt, "uncertain");
        }

        return await JudgeAbsenceAsync(read, claimedAt, bubble with { AbsentAt = absentAt }, cancellationToken);
    }

    private async Task<UncertainLook> JudgeAbsenceAsync(ChatReadResult read, DateTimeOffset claimedAt, Bubble bubble, CancellationToken cancellationToken)
    {
        if (read.Outcome == ChatReadOutcome.NoStore)
            return Unproven("no_store");
        if (!read.IsWhole)
            return Unproven("history_too_long");

        // After the reads: a process that began after the claim may never have kept what the one before it sent.
        var start = await waha.ReadServerStartAsync(WahaTimeouts.Read, cancellationToken);
        return start.Outcome switch
        {
            ServerStartOutcome.Unavailable => Unreadable(bubble),
            ServerStartOutcome.NotTold => Unproven("start_unknown"),
            _ when start.StartedAt >= claimedAt => Unproven("waha_restarted"),
            _ => new UncertainLook(UncertainVerdict.Absent, null, time.GetUtcNow(), bubble.AbsentAt),
        };

        UncertainLook Unproven(string why) => new(UncertainVerdict.Unproven, null, time.GetUtcNow(), bubble.AbsentAt, why);
    }

    private async Task<string?> FindAsync(
        LaneWork work, Bubble bubble, IReadOnlyList<ChatMessage> messages, DateTimeOffset since, CancellationToken cancellationToken)
    {
        if (bubble.RawId is { } own && messages.Any(message => message.RawId == own))
            return own;
        var wanted = MessageWords.Of(bubble.Content.Text);
        var matches = messages
            .Where(message => message.FromMe && message.Timestamp >= since && MessageWords.Of(message.Text) == wanted)
            // WAHA may not have used our id after all; but somebody's own words on the phone are not it.
            .Where(message => bubble.RawId is null || message.Source != "app")
            .OrderBy(message => message.Timestamp)
            .Select(message => message.RawId)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        if (matches.Count == 0)
            return null;
        var bound = await outbox.BoundAsync(work.Chat.Session, matches, cancellationToken);
        return matches.Find(rawId => !bound.Contains(rawId));
    }

    /// <summary>While WAHA and the session work. What cannot be read for so long must not stop the chat for ever.</summary>
    private UncertainLook Unreadable(Bubble bubble)
    {
        var now = time.GetUtcNow();
        return now < (bubble.ClaimedAt ?? now) + options.Value.Quarantine + LongestUnreadable
            ? Open(bubble, BetweenReads, "chat_unreadable")
            : new UncertainLook(UncertainVerdict.Unproven, null, now, bubble.AbsentAt, "chat_unreadable");
    }

    private UncertainLook Sent(string? rawId) => new(UncertainVerdict.Sent, rawId, time.GetUtcNow(), null);

    private UncertainLook Open(Bubble bubble, TimeSpan wait, string why) => new(UncertainVerdict.Open, null, time.GetUtcNow() + wait, bubble.AbsentAt, why);
}
