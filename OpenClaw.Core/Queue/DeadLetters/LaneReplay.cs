using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Queue.DeadLetters;

/// <summary>What every change of a dead letter begins with: it meets the lane's workers at the lane's row.</summary>
internal static class LaneReplay
{
    /// <summary>Columns of a list: which message a turn answers last, and its trace.</summary>
    /// <param name="turn">The column with the turn's id.</param>
    public static string LastMessageOf(string turn) =>
        $"""
        (SELECT i.request_id FROM inbound i WHERE i.turn_id = {turn} ORDER BY i.order_at DESC, i.envelope_at DESC, i.inbound_id DESC LIMIT 1) AS request_id,
            (SELECT i.trace_parent FROM inbound i WHERE i.turn_id = {turn} ORDER BY i.order_at DESC, i.envelope_at DESC, i.inbound_id DESC LIMIT 1) AS trace_parent
        """;

    /// <summary>For a change that gives the lane no work.</summary>
    public static void Meet(ISqlSession sql, long lane) => LaneDirectory.Meet(sql, new LaneId(lane));

    /// <summary>
    /// For work that comes back. A worker that holds the lane stops at its next write and begins again with what is oldest, unless that would
    /// cut off an answer that is just being made or sent: such a one goes first, because ending it would cost a second call of the model, or
    /// turn a certain send into an uncertain one.
    /// </summary>
    public static void Enter(ISqlSession sql, long lane)
    {
        Meet(sql, lane);
        sql.Post(
            $"""
            UPDATE lanes SET fence = fence + 1 WHERE lane_id = @lane
            AND NOT EXISTS (SELECT 1 FROM turns WHERE lane_id = @lane AND state = 'running')
            AND NOT EXISTS (SELECT 1 FROM outbox WHERE lane_id = @lane AND state = 'sending' AND {OutboxStore.IsUnsent})
            """,
            ("@lane", lane));
    }

    /// <summary>Why a row is not a dead letter now; <see cref="DeadLetterOutcome.Done"/> when it is one.</summary>
    public static DeadLetterOutcome Judge(string? state, long replays) => state switch
    {
        "dead" => DeadLetterOutcome.Done,
        "discarded" => DeadLetterOutcome.AlreadyDiscarded,
        not null when replays > 0 => DeadLetterOutcome.AlreadyReplayed,
        _ => DeadLetterOutcome.NotFound,
    };
}
