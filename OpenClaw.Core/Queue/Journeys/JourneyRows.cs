using System.Data.Common;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue.Journeys;

/// <summary>An inbound row, without its text.</summary>
internal sealed record ArrivalRow(
    long Id, string State, string? Reason, string Session, long? Lane, string RequestId, string? TraceParent, DateTimeOffset ArrivedAt, long? Turn, DateTimeOffset? TurnedAt,
    DateTimeOffset? DeliveredAt, bool IsLate)
{
    public const string Columns = "inbound_id, state, reason, session, lane_id, request_id, trace_parent, arrived_at, turn_id, turned_at, delivered_at, late";

    public static ArrivalRow Read(DbDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.Text(2), row.GetString(3), row.Number(4), row.GetString(5), row.Text(6), row.Time(7)!.Value, row.Number(8), row.Time(9), row.Time(10),
        row.GetInt64(11) == 1);
}

/// <summary>A turn's row.</summary>
internal sealed record TurnTimes(
    string State, string? Reason, string Reference, int Attempts, DateTimeOffset CreatedAt, DateTimeOffset? RepliedAt, DateTimeOffset? DeadAt, int Replays, DateTimeOffset? ReplayedAt)
{
    public const string Columns = "state, reason, reference, attempts, created_at, replied_at, dead_at, replays, replayed_at";

    public static TurnTimes Read(DbDataReader row) => new(
        row.GetString(0), row.Text(1), row.GetString(2), row.GetInt32(3), row.Time(4)!.Value, row.Time(5), row.Time(6), row.GetInt32(7), row.Time(8));
}

/// <summary>An outbox row, without its text.</summary>
internal sealed record BubbleTimes(
    long Id, string Kind, string State, string? Reason, DateTimeOffset CreatedAt, DateTimeOffset? ClaimedAt, DateTimeOffset? AcceptedAt, DateTimeOffset? DeadAt, int Attempts,
    int Uncertain, bool IsFound, int Ack, int Replays, DateTimeOffset? ReplayedAt, bool IsOpen, string? SettlementWord, DateTimeOffset? ServerAt, DateTimeOffset? DeviceAt,
    DateTimeOffset? ReadAt, DateTimeOffset? ErrorAt, DateTimeOffset? BudgetAt, string? Budget, string Session, bool IsStandIn)
{
    // A claim of an older fence is nobody's any more: the chat is read before anything else.
    public const string Columns =
        "outbox_id, kind, state, reason, created_at, claimed_at, accepted_at, dead_at, attempts, uncertain, found, ack, replays, replayed_at, "
        + "CASE WHEN state = 'sending' AND fence <> (SELECT fence FROM lanes WHERE lanes.lane_id = outbox.lane_id) THEN 1 ELSE 0 END, "
        + "settlement, server_at, device_at, read_at, error_at, budget_at, budget, session, "
        + "CASE WHEN session <> (SELECT session FROM lanes WHERE lanes.lane_id = outbox.lane_id) THEN 1 ELSE 0 END";

    /// <summary>How many columns there are.</summary>
    public const int Count = 24;

    /// <summary>Whether it belongs to what answers a message.</summary>
    public bool IsAnswer => BubbleKinds.Parse(Kind).IsAnswer();

    /// <summary>Null while it is open, and for what was sent before anybody noted it.</summary>
    public BubbleSettlement? Settlement => BubbleSettlements.Parse(SettlementWord) ?? (IsFound ? BubbleSettlement.Found : null);

    /// <summary>WhatsApp refused it after WAHA had taken it, and told nothing better since.</summary>
    public bool IsRefused => Ack < 1 && (ErrorAt is not null || Reason == "ack_error");

    public static BubbleTimes Read(DbDataReader row) => new(
        row.GetInt64(0), row.GetString(1), row.GetString(2), row.Text(3), row.Time(4)!.Value, row.Time(5), row.Time(6), row.Time(7), row.GetInt32(8), row.GetInt32(9),
        row.GetInt64(10) == 1, row.GetInt32(11), row.GetInt32(12), row.Time(13), row.GetInt64(14) == 1, row.Text(15), row.Time(16), row.Time(17),
        row.Time(18), row.Time(19), row.Time(20), row.Text(21), row.GetString(22), row.GetInt64(23) == 1);
}

/// <summary>A line of a transcript, without what is in it.</summary>
internal sealed record StepTimes(string Kind, DateTimeOffset At)
{
    public const string Columns = "kind, created_at";

    public static StepTimes Read(DbDataReader row) => new(row.GetString(0), row.Time(1)!.Value);
}

internal static class JourneyColumns
{
    public static string? Text(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static long? Number(this DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetInt64(column);

    public static DateTimeOffset? Time(this DbDataReader row, int column) =>
        row.IsDBNull(column) ? null : UnixMicroseconds.FromUnixTimeMicroseconds(row.GetInt64(column));
}
