using System.Data.Common;
using System.Diagnostics;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue.DeadLetters;

/// <summary>The one place for everything that was given up: list, look inside, replay, discard.</summary>
public sealed class DeadLetterStore
{
    private const int SweepPage = 100;
    private const int ReplayOrder = 11;
    private readonly IDatabase _database;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, IDeadLetterKind> _kinds;
    private readonly string _page;
    private readonly string _one;
    private readonly string _sweep;
    private readonly string _counts;

    /// <summary>Over all kinds that are registered.</summary>
    public DeadLetterStore(IDatabase database, IEnumerable<IDeadLetterKind> kinds, TimeProvider time)
    {
        (_database, _time) = (database, time);
        _kinds = kinds.ToDictionary(kind => kind.Name, StringComparer.Ordinal);
        var letters = $"({string.Join("\nUNION ALL\n", _kinds.Values.Select(kind => kind.Rows))}) AS letters";
        // An empty text and a zero stand for "does not matter": the type of a null would have to be guessed.
        var select = $"SELECT * FROM {letters}";
        var filtered =
            $"""
            {select}
            WHERE (@kind = '' OR kind = @kind) AND (@reason = '' OR reason = @reason) AND (@session = '' OR session = @session)
            AND (@lane = 0 OR lane_id = @lane) AND died_at >= @from AND died_at <= @until
            """;
        _page = $"{filtered} AND (died_at, kind, row_id) < (@at, @afterKind, @afterRow) ORDER BY died_at DESC, kind DESC, row_id DESC LIMIT @limit";
        _sweep = $"{filtered} AND (kind, replay_order, row_id) > (@afterKind, @afterOrder, @afterRow) ORDER BY kind, replay_order, row_id LIMIT @limit";
        _one = $"{select} WHERE kind = @kind AND row_id = @row";
        _counts = $"SELECT kind, COUNT(*) FROM {letters} GROUP BY kind";
    }

    /// <summary>The kinds there are.</summary>
    public IReadOnlyCollection<string> Kinds => _kinds.Keys;

    /// <summary>A page, newest first.</summary>
    /// <param name="filter">Which.</param>
    /// <param name="after">The last one of the page before, or null.</param>
    /// <param name="limit">At least 1.</param>
    public DeadLetterPage List(DeadLetterFilter filter, (DateTimeOffset DiedAt, DeadLetterId Id)? after, int limit)
    {
        var rows = _database.Read(sql => sql.Query(
            _page, Read,
            [.. Parameters(filter, DateTimeOffset.MaxValue),
                ("@at", after?.DiedAt.ToUnixTimeMicroseconds() ?? long.MaxValue), ("@afterKind", after?.Id.Kind ?? ""), ("@afterRow", after?.Id.Row ?? 0), ("@limit", limit + 1)]));
        return rows.Count > limit ? new DeadLetterPage(rows[..limit], rows[limit - 1]) : new DeadLetterPage(rows, null);
    }

    /// <summary>One that is dead now, or null.</summary>
    public DeadLetter? Find(DeadLetterId id) => _database.Read(sql => sql.QueryFirst(_one, Read, ("@kind", id.Kind), ("@row", id.Row)));

    /// <summary>How many there are of each kind; a kind without any is 0.</summary>
    public IReadOnlyDictionary<string, long> Count()
    {
        var counts = _kinds.Keys.ToDictionary(kind => kind, _ => 0L, StringComparer.Ordinal);
        foreach (var (kind, count) in _database.Read(sql => sql.Query(_counts, row => (row.GetString(0), row.GetInt64(1)))))
            counts[kind] = count;
        return counts;
    }

    /// <summary>What it is about, decrypted; null when there is no such row.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">Nobody can read it any more.</exception>
    public DeadLetterPayload? Open(DeadLetterId id) => _kinds.TryGetValue(id.Kind, out var kind) ? kind.Open(id.Row) : null;

    /// <summary>Puts one back where it waits; it is answered or sent once, whoever asks how often.</summary>
    public Task<DeadLetterOutcome> ReplayAsync(DeadLetterId id, CancellationToken cancellationToken) =>
        _kinds.TryGetValue(id.Kind, out var kind) ? kind.ReplayAsync(id.Row, cancellationToken) : Task.FromResult(DeadLetterOutcome.NotFound);

    /// <summary>Gives one up for good.</summary>
    public Task<DeadLetterOutcome> DiscardAsync(DeadLetterId id, CancellationToken cancellationToken) =>
        _kinds.TryGetValue(id.Kind, out var kind) ? kind.DiscardAsync(id.Row, cancellationToken) : Task.FromResult(DeadLetterOutcome.NotFound);

    /// <summary>
    /// Replays all that died before now, in the order that each kind wants so that the order within a chat is kept; one commit each. What dies
    /// again meanwhile is not replayed again.
    /// </summary>
    public async Task<DeadLetterSweep> ReplayAllAsync(DeadLetterFilter filter, CancellationToken cancellationToken)
    {
        var started = _time.GetUtcNow();
        var refused = new List<(DeadLetterId, DeadLetterOutcome)>();
        var replayed = 0;
        var after = (Id: new DeadLetterId("", 0), Order: 0L);
        List<(DeadLetter Letter, long Order)> page;
        do
        {
            var from = after;
            page = _database.Read(sql => sql.Query(
                _sweep, static row => (Read(row), row.GetInt64(ReplayOrder)),
                [.. Parameters(filter, started), ("@afterKind", from.Id.Kind), ("@afterOrder", from.Order), ("@afterRow", from.Id.Row), ("@limit", SweepPage)]));
            foreach (var (letter, order) in page)
            {
                after = (letter.Id, order);
                var outcome = await ReplayAsync(letter.Id, cancellationToken);
                if (outcome == DeadLetterOutcome.Done)
                    replayed++;
                else
                    refused.Add((letter.Id, outcome));
            }
        }
        while (page.Count == SweepPage);
        return new DeadLetterSweep(replayed, refused);
    }

    private static (string, object?)[] Parameters(DeadLetterFilter filter, DateTimeOffset latest) =>
    [
        ("@kind", filter.Kind ?? ""), ("@reason", filter.Reason ?? ""), ("@session", filter.Session ?? ""), ("@lane", filter.Lane ?? 0),
        ("@from", filter.From?.ToUnixTimeMicroseconds() ?? 0),
        ("@until", (filter.Until < latest ? filter.Until.Value : latest).ToUnixTimeMicroseconds()),
    ];

    private static DeadLetter Read(DbDataReader row) => new(
        new DeadLetterId(row.GetString(0), row.GetInt64(1)), row.GetString(2), row.GetInt32(3), row.GetInt32(4),
        UnixMicroseconds.FromUnixTimeMicroseconds(row.GetInt64(5)), new LaneId(row.GetInt64(6)), row.GetString(7),
        Text(row, 8), Text(row, 9), Text(row, 10) is { } parent && ActivityContext.TryParse(parent, null, out var trace) ? trace.TraceId.ToHexString() : null);

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}
