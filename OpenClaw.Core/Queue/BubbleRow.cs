using System.Data.Common;
using System.Text.Json;
using OpenClaw.Core.Security;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue;

/// <summary>An outbox row before decryption.</summary>
internal sealed record BubbleRow(
    long Id, long? TurnId, string State, long Fence, long? ClaimedAt, long? Deadline, long NotBefore, int Attempts, int Uncertain, long? AbsentAt, DataKeyId Key, byte[] Content,
    string Kind, string? RawId, bool IsAcknowledged, bool IsReplayed, bool WasGuessed, bool IsBooked, string Session, string? RequestId, string? TraceParent, long? EndsTurnSince)
{
    public const string Columns =
        "outbox_id, turn_id, state, fence, claimed_at, deadline, not_before, attempts, uncertain, absent_at, key_id, content_enc, kind, raw_id, ack, error_at, replays, settlement, booked, session, "
        + $"(SELECT i.request_id {NewestOfTurn}) AS request_id, (SELECT i.trace_parent {NewestOfTurn}) AS trace_parent, "
        + "CASE WHEN last_of_turn = 1 THEN (SELECT MIN(i.arrived_at) FROM inbound i WHERE i.turn_id = outbox.turn_id) END AS ends_turn_since";

    // Its turn is named after this message, too.
    private const string NewestOfTurn = "FROM inbound i WHERE i.turn_id = outbox.turn_id ORDER BY i.order_at DESC, i.envelope_at DESC, i.inbound_id DESC LIMIT 1";

    public static BubbleRow Read(DbDataReader row) => new(
        row.GetInt64(0), Number(row, 1), row.GetString(2), row.GetInt64(3), Number(row, 4), Number(row, 5), row.GetInt64(6), row.GetInt32(7), row.GetInt32(8), Number(row, 9),
        new DataKeyId(row.GetInt64(10)), row.GetFieldValue<byte[]>(11), row.GetString(12), Text(row, 13),
        row.GetInt64(14) > 0 || !row.IsDBNull(15), row.GetInt64(16) > 0,
        !row.IsDBNull(17) && row.GetString(17) == BubbleSettlement.UnprovenResent.Word(), row.GetInt64(18) == 1, row.GetString(19), Text(row, 20), Text(row, 21), Number(row, 22));

    public Bubble Decode(KeyRing keys) => new(
        Id, TurnId, State, Fence, Time(ClaimedAt), Time(Deadline), UnixMicroseconds.FromUnixTimeMicroseconds(NotBefore), Attempts, Uncertain, Time(AbsentAt),
        JsonSerializer.Deserialize(keys.Decrypt(Key, "outbox.content", Content), StoredJson.Default.BubbleContent)!,
        BubbleKinds.Parse(Kind), RawId, IsAcknowledged, IsReplayed, WasGuessed, IsBooked, Session, Key)
    { RequestId = RequestId, TraceParent = TraceParent, EndsTurnSince = Time(EndsTurnSince) };

    private static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    private static long? Number(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);

    private static DateTimeOffset? Time(long? at) => at is { } value ? UnixMicroseconds.FromUnixTimeMicroseconds(value) : null;
}
