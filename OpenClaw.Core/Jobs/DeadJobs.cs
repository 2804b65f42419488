using System.Security.Cryptography;
using OpenClaw.Core.Queue.DeadLetters;
using OpenClaw.Core.Security;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Jobs;

/// <summary>Jobs that were given up. A replay schedules the same job again, at once and with fresh attempts; what it says tells that it is late.</summary>
internal sealed class DeadJobs(IDatabase database, KeyRing keys, JobWake wake, TimeProvider time) : IDeadLetterKind
{
    public string Name => "job";

    public string Rows =>
        """
        SELECT 'job' AS kind, j.job_id AS row_id, COALESCE(j.reason, 'unknown') AS reason, j.attempts, j.replays, COALESCE(j.died_at, j.created_at) AS died_at,
            j.lane_id, l.session, CAST(NULL AS TEXT) AS reference, CAST(NULL AS TEXT) AS request_id, j.trace_parent,
            j.due_at AS replay_order
        FROM scheduled_jobs j JOIN lanes l ON l.lane_id = j.lane_id WHERE j.state = 'dead'
        """;

    public DeadLetterPayload? Open(long row)
    {
        var found = database.Read(sql => sql.QueryFirst(
            """
            SELECT j.due_at, j.key_id, j.payload_enc, l.key_id, l.chat_enc
            FROM scheduled_jobs j JOIN lanes l ON l.lane_id = j.lane_id WHERE j.job_id = @id AND j.payload_enc IS NOT NULL
            """,
            job => new Row(
                UnixMicroseconds.FromUnixTimeMicroseconds(job.GetInt64(0)), new DataKeyId(job.GetInt64(1)), job.GetFieldValue<byte[]>(2), new DataKeyId(job.GetInt64(3)),
                job.GetFieldValue<byte[]>(4)),
            ("@id", row)));
        return found is null ? null : new DeadLetterPayload(
            [new DeadLetterText(found.DueAt, keys.DecryptText(found.ChatKey, "lanes.chat", found.Chat), null, JobStore.Open(keys, found.Key, found.Payload).Text, null)]);
    }

    public async Task<DeadLetterOutcome> ReplayAsync(long row, CancellationToken cancellationToken)
    {
        if (Judge(row) is var before and not DeadLetterOutcome.Done)
            return before;
        if (!IsReadable(row))
            return DeadLetterOutcome.Unreadable;
        var now = time.NowMicroseconds();
        var replayed = await database.WriteAsync(
            sql => sql.Execute(
                """
                UPDATE scheduled_jobs SET state = 'scheduled', reason = NULL, next_at = @now, attempts = 0, failures = 0, died_at = NULL, fence = fence + 1,
                    replays = replays + 1, replayed_at = @now
                WHERE job_id = @id AND state = 'dead'
                """,
                ("@now", now), ("@id", row)) == 1,
            cancellationToken);
        if (!replayed)
            return Refused(row);
        wake.Signal();
        return DeadLetterOutcome.Done;
    }

    public async Task<DeadLetterOutcome> DiscardAsync(long row, CancellationToken cancellationToken)
    {
        var now = time.NowMicroseconds();
        var discarded = await database.WriteAsync(
            sql => sql.Execute(
                "UPDATE scheduled_jobs SET state = 'discarded', payload_enc = NULL, ended_at = @now WHERE job_id = @id AND state = 'dead'", ("@now", now), ("@id", row)) == 1,
            cancellationToken);
        return discarded ? DeadLetterOutcome.Done : Refused(row);
    }

    private DeadLetterOutcome Judge(long row) => database.Read(sql => sql.QueryFirst(
        "SELECT state, replays FROM scheduled_jobs WHERE job_id = @id", job => ((string State, long Replays)?)(job.GetString(0), job.GetInt64(1)), ("@id", row))) is { } found
        ? LaneReplay.Judge(found.State, found.Replays)
        : DeadLetterOutcome.NotFound;

    /// <summary>Who was first has won, even where it died again by now.</summary>
    private DeadLetterOutcome Refused(long row) => Judge(row) is var outcome && outcome == DeadLetterOutcome.Done ? DeadLetterOutcome.AlreadyReplayed : outcome;

    private bool IsReadable(long row)
    {
        try
        {
            return Open(row) is not null;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private sealed record Row(DateTimeOffset DueAt, DataKeyId Key, byte[] Payload, DataKeyId ChatKey, byte[] Chat);
}
