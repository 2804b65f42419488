using System.Globalization;

namespace OpenClaw.Core.Queue.DeadLetters;

/// <summary>Names a dead letter: <c>turn-12</c>, <c>bubble-34</c>. Opaque, safe to log.</summary>
/// <param name="Kind">Name of its <see cref="IDeadLetterKind"/>.</param>
/// <param name="Row">Row of that kind.</param>
public readonly record struct DeadLetterId(string Kind, long Row)
{
    /// <summary>Reads what <see cref="ToString"/> writes.</summary>
    /// <returns>Null when the text is no such id.</returns>
    public static DeadLetterId? Parse(string text)
    {
        var dash = text.LastIndexOf('-');
        return dash > 0 && long.TryParse(text.AsSpan(dash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var row)
            ? new DeadLetterId(text[..dash].ToLowerInvariant(), row)
            : null;
    }

    /// <inheritdoc />
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Kind}-{Row}");
}

/// <summary>Work that was given up, without its text.</summary>
/// <param name="Id">Kind and row.</param>
/// <param name="Reason">Typed reason, for example <c>model_Unauthorized</c> or <c>http_400</c>.</param>
/// <param name="Attempts">Attempts that were started.</param>
/// <param name="Replays">How often it was replayed before and died again.</param>
/// <param name="DiedAt">When it was given up, UTC.</param>
/// <param name="Lane">The chat that it belongs to.</param>
/// <param name="Session">WAHA session.</param>
/// <param name="Reference">The code that the person was told, where there is one.</param>
/// <param name="RequestId">Request id of the newest message.</param>
/// <param name="TraceId">W3C trace id of that message's webhook.</param>
public sealed record DeadLetter(
    DeadLetterId Id, string Reason, int Attempts, int Replays, DateTimeOffset DiedAt, LaneId Lane, string Session, string? Reference, string? RequestId, string? TraceId);

/// <summary>What a dead letter is about, decrypted. For an operator who asked for this one: never for a log, a list or a chat.</summary>
/// <param name="Messages">The person's messages of a turn, or the one bubble of ours.</param>
public sealed record DeadLetterPayload(IReadOnlyList<DeadLetterText> Messages);

/// <param name="At">WhatsApp's time of a person's message, or when the bubble was made.</param>
/// <param name="ChatId">WAHA's chat id.</param>
/// <param name="Sender">The display name that the sender chose; null for our own.</param>
/// <param name="Text">What was written.</param>
/// <param name="Media">Kind of media that came along, or null.</param>
public sealed record DeadLetterText(DateTimeOffset At, string ChatId, string? Sender, string Text, string? Media);

/// <summary>Which dead letters are meant; what is null does not matter.</summary>
/// <param name="Kind">Name of a kind.</param>
/// <param name="Reason">Exact reason.</param>
/// <param name="Session">WAHA session.</param>
/// <param name="Lane">Chat.</param>
/// <param name="From">Died at this time or later.</param>
/// <param name="Until">Died at this time or earlier.</param>
public sealed record DeadLetterFilter(
    string? Kind = null, string? Reason = null, string? Session = null, long? Lane = null, DateTimeOffset? From = null, DateTimeOffset? Until = null);

/// <param name="Items">Newest first.</param>
/// <param name="Next">The last item, to go on after; null when there are no more.</param>
public sealed record DeadLetterPage(IReadOnlyList<DeadLetter> Items, DeadLetter? Next);

/// <summary>What came of a wish.</summary>
public enum DeadLetterOutcome
{
    /// <summary>It is committed.</summary>
    Done,

    /// <summary>There is no such dead letter, and never was.</summary>
    NotFound,

    /// <summary>Somebody replayed it already.</summary>
    AlreadyReplayed,

    /// <summary>Somebody discarded it already.</summary>
    AlreadyDiscarded,

    /// <summary>An apology of a turn that was replayed: the answer takes its place.</summary>
    Obsolete,

    /// <summary>Its key was destroyed (the person was erased), or the row is damaged: nobody can read it any more.</summary>
    Unreadable,
}

/// <param name="Replayed">How many.</param>
/// <param name="Refused">Those that could not be, with the reason.</param>
public sealed record DeadLetterSweep(int Replayed, IReadOnlyList<(DeadLetterId Id, DeadLetterOutcome Outcome)> Refused);
