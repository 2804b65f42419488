using Microsoft.Extensions.Options;
using OpenClaw.Core.Queue;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Worker.Replies;

/// <summary>What reading the chat says about a bubble that may or may not have been sent.</summary>
internal enum UncertainVerdict
{
    /// <summary>It is in the chat: bind it.</summary>
    Sent,

    /// <summary>It is not, and can no longer appear: send it again.</summary>
    Absent,

    /// <summary>Cannot be told yet.</summary>
    Open,
}

/// <param name="Verdict">Sent, absent or open.</param>
/// <param name="RawId">The message it is, when sent.</param>
/// <param name="NextLook">When to look again, when open.</param>
/// <param name="AbsentAt">The first look that did not find it.</param>
internal sealed record UncertainLook(UncertainVerdict Verdict, string? RawId, DateTimeOffset NextLook, DateTimeOffset? AbsentAt);

/// <summary>
/// Settles a send that was cut, timed out or answered 5xx, and every claim of a worker that is gone: the chat's own recent messages
/// are read from WAHA and matched by text. Finding it settles at once; not finding it counts only after the quarantine and twice.
/// </summary>
internal sealed class UncertainSends(WahaClient waha, OutboxStore outbox, IOptions<DeliveryOptions> options, TimeProvider time)
{
    private const int RecentMessages = 50;
    private static readonly TimeSpan BetweenReads = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(12);

    // WhatsApp's timestamps are whole seconds of another clock; what we sent earlier is told apart by its id.
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(1);

    public async Task<UncertainLook> LookAsync(LaneWork work, Bubble bubble, CancellationToken cancellationToken)
    {
        var claimedAt = bubble.ClaimedAt ?? time.GetUtcNow();
        var since = claimedAt - ClockTolerance;
        var read = await waha.GetMessagesAsync(work.Chat.Session, bubble.Content.ChatId, since, RecentMessages, Patience, cancellationToken);
        var now = time.GetUtcNow();
        if (read.Outcome == ChatReadOutcome.Unavailable)
            return new UncertainLook(UncertainVerdict.Open, null, now + BetweenReads, bubble.AbsentAt);
        if (await FindAsync(work, bubble, read.Messages, since, cancellationToken) is { } rawId)
            return new UncertainLook(UncertainVerdict.Sent, rawId, now, null);

        var quarantineEnd = (bubble.Deadline ?? claimedAt) + options.Value.Quarantine;
        var absentAt = bubble.AbsentAt ?? now;
        if (now >= quarantineEnd && now - absentAt >= BetweenReads)
            return new UncertainLook(UncertainVerdict.Absent, null, now, absentAt);
        var next = absentAt + BetweenReads > quarantineEnd ? absentAt + BetweenReads : quarantineEnd;
        return new UncertainLook(UncertainVerdict.Open, null, next < now + BetweenReads ? next : now + BetweenReads, absentAt);
    }

    private async Task<string?> FindAsync(
        LaneWork work, Bubble bubble, IReadOnlyList<ChatMessage> messages, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var wanted = Normalise(bubble.Content.Text);
        var matches = messages
            .Where(message => message.FromMe && message.Timestamp >= since && Normalise(message.Text) == wanted)
            .OrderBy(message => message.Timestamp)
            .Select(message => message.RawId)
            .ToList();
        if (matches.Count == 0)
            return null;
        var bound = await outbox.BoundAsync(work.Chat.Session, matches, cancellationToken);
        return matches.Find(rawId => !bound.Contains(rawId));
    }

    /// <summary>Engines trim and re-wrap: only the words count.</summary>
    private static string Normalise(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
