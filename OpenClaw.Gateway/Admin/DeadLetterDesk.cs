using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using OpenClaw.Core.Queue.DeadLetters;
using OpenClaw.Core.Storage;

namespace OpenClaw.Gateway.Admin;

/// <summary>Dead letters as an operator sees them, whether over HTTP or from the command line.</summary>
internal sealed class DeadLetterDesk(DeadLetterStore letters) : IDeadLetterDesk
{
    public const int LargestPage = 200;

    public Task<DeadLetterList> ListAsync(DeadLetterQuery query, string? after, int limit, CancellationToken cancellationToken)
    {
        var page = letters.List(Filter(query), ReadCursor(after), limit);
        return Task.FromResult(new DeadLetterList([.. page.Items.Select(Item)], page.Next is { } next ? Cursor(next) : null, letters.Count()));
    }

    public Task<DeadLetterDetail?> ShowAsync(DeadLetterId id, CancellationToken cancellationToken) =>
        Task.FromResult(letters.Find(id) is { } letter ? new DeadLetterDetail(Item(letter), Open(id)) : null);

    public async Task<DeadLetterAnswer> ReplayAsync(DeadLetterId id, CancellationToken cancellationToken) => Answer(id, await letters.ReplayAsync(id, cancellationToken), "It is replayed.");

    public async Task<DeadLetterAnswer> DiscardAsync(DeadLetterId id, CancellationToken cancellationToken) => Answer(id, await letters.DiscardAsync(id, cancellationToken), "It is discarded.");

    public async Task<DeadLetterSweepAnswer> ReplayAllAsync(DeadLetterQuery query, CancellationToken cancellationToken)
    {
        var sweep = await letters.ReplayAllAsync(Filter(query), cancellationToken);
        return new DeadLetterSweepAnswer(sweep.Replayed, [.. sweep.Refused.Select(each => Answer(each.Id, each.Outcome, ""))]);
    }

    /// <summary>Whether a text is a cursor that <see cref="ListAsync"/> gave.</summary>
    public static bool IsCursor(string? text) => text is null || ReadCursor(text) is not null;

    private List<DeadLetterMessage>? Open(DeadLetterId id)
    {
        try
        {
            return letters.Open(id)?.Messages.Select(message => new DeadLetterMessage(message.At, message.ChatId, message.Sender, message.Text, message.Media)).ToList();
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static DeadLetterFilter Filter(DeadLetterQuery query) => new(query.Kind?.ToLowerInvariant(), query.Reason, query.Session, query.Lane, query.From, query.Until);

    private static DeadLetterItem Item(DeadLetter letter) => new(
        letter.Id.ToString(), letter.Id.Kind, letter.Reason, letter.Attempts, letter.Replays, letter.DiedAt, letter.Lane.Value, letter.Session, letter.Reference,
        letter.RequestId, letter.TraceId);

    private static string Cursor(DeadLetter letter) => string.Create(CultureInfo.InvariantCulture, $"{letter.DiedAt.ToUnixTimeMicroseconds()}~{letter.Id}");

    private static (DateTimeOffset, DeadLetterId)? ReadCursor(string? text) =>
        text?.Split('~') is [var at, var id] && long.TryParse(at, NumberStyles.None, CultureInfo.InvariantCulture, out var diedAt)
        && diedAt <= DateTimeOffset.MaxValue.ToUnixTimeMicroseconds() && DeadLetterId.Parse(id) is { } letter
            ? (UnixMicroseconds.FromUnixTimeMicroseconds(diedAt), letter)
            : null;

    private static DeadLetterAnswer Answer(DeadLetterId id, DeadLetterOutcome outcome, string done) => new(
        id.ToString(),
        JsonNamingPolicy.CamelCase.ConvertName(outcome.ToString()),
        outcome switch
        {
            DeadLetterOutcome.Done => done,
            DeadLetterOutcome.AlreadyReplayed => "Somebody replayed it already; nothing was changed. Its journey says what came of it.",
            DeadLetterOutcome.AlreadyDiscarded => "It was discarded already; nothing was changed.",
            DeadLetterOutcome.Obsolete => "It is an apology for a message that was replayed meanwhile; it is not sent any more. Discard it.",
            DeadLetterOutcome.Unreadable => "Nobody can read it any more: the person was erased, or the row is damaged. Discard it.",
            _ => "There is no such dead letter.",
        });
}
