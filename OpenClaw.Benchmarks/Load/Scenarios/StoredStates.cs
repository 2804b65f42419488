using System.Globalization;
using OpenClaw.Benchmarks.Load.Processes;

namespace OpenClaw.Benchmarks.Load.Scenarios;

/// <summary>What the database says became of messages: their own state, their turn's and that of its bubbles.</summary>
internal sealed class StoredStates
{
    private readonly ILookup<long, string>? _byEnvelope;

    private StoredStates(string? unreadable, ILookup<long, string>? byEnvelope)
    {
        Unreadable = unreadable;
        _byEnvelope = byEnvelope;
    }

    /// <summary>Why nothing could be read; null = it could.</summary>
    public string? Unreadable { get; }

    /// <summary>Reads them; a database that cannot be read is an answer too.</summary>
    public static async Task<StoredStates> ReadAsync(StoredRows rows, IEnumerable<TrackedMessage> messages, CancellationToken cancellationToken)
    {
        var keys = messages.Select(m => EnvelopeAt(m).ToString(CultureInfo.InvariantCulture)).Distinct(StringComparer.Ordinal);
        try
        {
            var found = await rows.QueryAsync(
                $"""
                SELECT i.envelope_at, i.inbound_id, i.state, i.reason, i.lane_id, i.late,
                       i.turn_id, t.state, t.reason, t.attempts, t.failures, o.outbox_id, o.kind, o.state, o.reason, o.attempts
                FROM inbound i LEFT JOIN turns t ON t.turn_id = i.turn_id LEFT JOIN outbox o ON o.turn_id = i.turn_id
                WHERE i.envelope_at IN ({string.Join(", ", keys)}) ORDER BY i.envelope_at, o.outbox_id
                """,
                cancellationToken);
            return new StoredStates(null, found.ToLookup(r => long.Parse(r[0], CultureInfo.InvariantCulture), Describe));
        }
        catch (InvalidOperationException e)
        {
            return new StoredStates("what the database says of them cannot be read: " + e.Message.ReplaceLineEndings(" "), null);
        }
    }

    /// <summary>Begins with a separator; empty when nothing could be read.</summary>
    public string Of(TrackedMessage message) =>
        _byEnvelope is null ? "" : "; " + (_byEnvelope[EnvelopeAt(message)].ToArray() is { Length: > 0 } rows ? string.Join("; ", rows) : "not in the database");

    /// <summary>The message's <c>envelope_at</c>, which no other message of the run has.</summary>
    public static long EnvelopeAt(TrackedMessage message) => message.WrittenAt.ToUnixTimeMilliseconds() * 1000;

    private static string Describe(string[] row) =>
        $"inbound {row[1]} {row[2]} {row[3]} lane {row[4]} late {row[5]}"
        + (row[6].Length > 0 ? $", turn {row[6]} {row[7]} {row[8]} attempts {row[9]} failures {row[10]}" : ", no turn")
        + (row[11].Length > 0 ? $", bubble {row[11]} {row[12]} {row[13]} {row[14]} attempts {row[15]}" : ", no bubble");
}
