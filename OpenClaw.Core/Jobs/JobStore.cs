using System.Data.Common;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Options;
using OpenClaw.Core.People;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Security;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Jobs;

/// <summary>
/// A job's way: scheduled, taken for a while (lease and fence committed), done. Every step after the taking is conditional on the fence; a process
/// that was killed in between leaves a job that the next one takes when the lease has ended.
/// </summary>
public sealed class JobStore(IDatabase database, KeyRing keys, ILaneScheduler scheduler, IOptions<JobOptions> options, TimeProvider time)
{
    /// <summary>Failures after which a job is given up.</summary>
    public const int MaxFailures = 5;

    /// <summary>Interruptions (process killed, database away) after which a job is given up.</summary>
    public const int MaxInterruptions = 20;

    /// <summary>Typed reason of what waits because its chat was told enough late things for now.</summary>
    public const string CatchUp = "catch_up";

    /// <summary>How long a taken job is nobody else's.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CatchUpWindow = TimeSpan.FromMinutes(1);

    /// <summary>When the next job may be taken; null when there is none.</summary>
    public ValueTask<DateTimeOffset?> NextAsync(CancellationToken cancellationToken) => database.ReadAsync(
        sql => sql.QueryFirst(
            "SELECT next_at FROM scheduled_jobs WHERE state = 'scheduled' ORDER BY next_at, due_at, job_id LIMIT 1",
            row => (DateTimeOffset?)UnixMicroseconds.FromUnixTimeMicroseconds(row.GetInt64(0))),
        cancellationToken);

    /// <summary>Takes what is due, the longest due first; of several processes one gets a job.</summary>
    public async Task<IReadOnlyList<DueJob>> TakeAsync(int limit, CancellationToken cancellationToken)
    {
        var now = time.NowMicroseconds();
        var rows = await database.WriteAsync(sql => Take(sql, limit, now), cancellationToken);
        return [.. rows.OrderBy(row => row.DueAt).ThenBy(row => row.Id).Select(Decode)];
    }

    /// <summary>
    /// Does what the handler wants. What is said is queued with the same commit that ends the job, so it is said once, and never without an end
    /// nor an end without it.
    /// </summary>
    public async Task<JobOutcome> CarryOutAsync(DueJob job, JobPlan plan, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (plan is JobPlan.Wait wait)
            return await database.WriteAsync(sql => Postpone(sql, job, wait.Until, wait.Reason), cancellationToken);
        if (plan is JobPlan.GiveUp giveUp)
            return await FailAsync(job, giveUp.Reason, giveUp: true, cancellationToken);

        var say = (JobPlan.Say)plan;
        var content = keys.Encrypt(job.Person.Key, "outbox.content", JsonSerializer.SerializeToUtf8Bytes(say.Bubble, StoredJson.Default.BubbleContent));
        var bubble = new UnpromptedBubble(job.Chat.Lane, job.Chat.Session, job.Person.Key, content, null);
        var outcome = await database.WriteInOrderAsync(job.Chat.Lane.Value, sql => Say(sql, job, bubble, say.IsLate, now), cancellationToken);
        if (outcome == JobOutcome.Done)
            scheduler.Announce(job.Chat.Lane, now);
        return outcome;
    }

    /// <summary>The attempt failed: again after a pause that grows, or given up.</summary>
    /// <param name="job">Which.</param>
    /// <param name="reason">Typed.</param>
    /// <param name="giveUp">No further attempt can help.</param>
    /// <param name="cancellationToken">Ends the wait before the commit starts.</param>
    public Task<JobOutcome> FailAsync(DueJob job, string reason, bool giveUp, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var isLast = giveUp || job.Failures + 1 >= MaxFailures;
        var next = now + (FirstPause * Math.Pow(4, Math.Min(job.Failures, MaxFailures)));
        return database.WriteAsync(
            sql =>
            {
                var failed = sql.Execute(
                    """
                    UPDATE scheduled_jobs SET state = @state, failures = failures + 1, reason = @reason, next_at = @next, lease_until = 0,
                        died_at = CASE WHEN @state = 'dead' THEN @now ELSE died_at END
                    WHERE job_id = @id AND fence = @fence AND state = 'scheduled'
                    """,
                    ("@state", isLast ? "dead" : "scheduled"), ("@reason", reason), ("@next", next.ToUnixTimeMicroseconds()), ("@now", now.ToUnixTimeMicroseconds()),
                    ("@id", job.Id), ("@fence", job.Fence));
                return failed == 0 ? JobOutcome.Lost : isLast ? JobOutcome.Dead : JobOutcome.Waits;
            },
            cancellationToken);
    }

    /// <summary>What was taken and is not begun, by a process that stops: another one takes it at once. That is no attempt.</summary>
    public Task GiveBackAsync(IReadOnlyCollection<DueJob> jobs, CancellationToken cancellationToken)
    {
        var now = time.NowMicroseconds();
        return database.WriteAsync(
            sql => jobs.Sum(job => sql.Execute(
                """
                UPDATE scheduled_jobs SET next_at = @now, lease_until = 0, attempts = attempts - 1, fence = fence + 1
                WHERE job_id = @id AND fence = @fence AND state = 'scheduled'
                """,
                ("@now", now), ("@id", job.Id), ("@fence", job.Fence))),
            cancellationToken);
    }

    /// <summary>At the start of a process that is the only one: whoever held a job is gone.</summary>
    public Task EndAllLeasesAsync(CancellationToken cancellationToken)
    {
        var now = time.NowMicroseconds();
        return database.WriteAsync(
            sql => sql.Execute("UPDATE scheduled_jobs SET next_at = @now, lease_until = 0 WHERE state = 'scheduled' AND lease_until > @now", ("@now", now)), cancellationToken);
    }

    /// <summary>What a dead or due row is about.</summary>
    /// <exception cref="CryptographicException">The key was destroyed, or the row is damaged.</exception>
    internal static JobContent Open(KeyRing keys, DataKeyId key, byte[] payload) =>
        JsonSerializer.Deserialize(keys.Decrypt(key, "scheduled_jobs.payload", payload), StoredJson.Default.JobContent)!;

    private static List<JobRow> Take(ISqlSession sql, int limit, long now)
    {
        // Each interruption makes the next lease longer: a job that kills its process must not do so all the time.
        var taken = sql.Query(
            """
            UPDATE scheduled_jobs SET fence = fence + 1, attempts = attempts + 1,
                lease_until = @now + @lease * (1 + CASE WHEN attempts - failures > 9 THEN 9 ELSE attempts - failures END),
                next_at = @now + @lease * (1 + CASE WHEN attempts - failures > 9 THEN 9 ELSE attempts - failures END)
            WHERE job_id IN (SELECT job_id FROM scheduled_jobs WHERE state = 'scheduled' AND next_at <= @now ORDER BY next_at, due_at, job_id LIMIT @limit)
            AND state = 'scheduled' AND next_at <= @now
            RETURNING job_id
            """,
            row => row.GetInt64(0), ("@now", now), ("@lease", Lease.Microseconds()), ("@limit", (long)limit));
        return taken.ConvertAll(id => sql.QueryFirst($"{JobRow.Select} WHERE j.job_id = @id", JobRow.Read, ("@id", id))!);
    }

    private JobOutcome Say(ISqlSession sql, DueJob job, UnpromptedBubble bubble, bool isLate, DateTimeOffset now)
    {
        // Two late ones of a chat must not overlook each other when they are counted.
        LaneDirectory.Meet(sql, job.Chat.Lane);
        var at = now.ToUnixTimeMicroseconds();
        var since = at - CatchUpWindow.Microseconds();
        var most = isLate ? options.Value.CatchUpPerMinutePerChat : 0;
        var ended = sql.Execute(
            """
            UPDATE scheduled_jobs SET state = 'done', reason = NULL, ended_at = @now, late = @late, lease_until = 0
            WHERE job_id = @id AND fence = @fence AND lane_id = @lane AND state = 'scheduled'
            AND (@most = 0 OR (SELECT COUNT(*) FROM scheduled_jobs AS other WHERE other.lane_id = @lane AND other.late = 1 AND other.ended_at > @since) < @most)
            """,
            ("@now", at), ("@late", isLate ? 1L : 0L), ("@id", job.Id), ("@fence", job.Fence), ("@lane", job.Chat.Lane.Value), ("@most", (long)most), ("@since", since));
        if (ended == 0)
            return most == 0 ? JobOutcome.Lost : Postpone(sql, job, RoomAt(sql, job.Chat.Lane, since) ?? now + CatchUpWindow, CatchUp);

        if (UnpromptedBubbles.QueueWithin(sql, bubble, now, out var row) is { } refused)
        {
            sql.Post(
                "UPDATE scheduled_jobs SET state = 'dead', reason = @reason, died_at = @now, ended_at = NULL, late = 0 WHERE job_id = @id",
                ("@reason", refused), ("@now", at), ("@id", job.Id));
            return JobOutcome.Dead;
        }

        sql.Post("UPDATE scheduled_jobs SET bubble_id = @bubble WHERE job_id = @id", ("@bubble", row), ("@id", job.Id));
        scheduler.SignalWithin(sql, job.Chat.Lane, now);
        return JobOutcome.Done;
    }

    /// <summary>When the first of those that fill the window leaves it.</summary>
    private static DateTimeOffset? RoomAt(ISqlSession sql, LaneId lane, long since) => sql.QueryFirst(
        "SELECT ended_at FROM scheduled_jobs WHERE lane_id = @lane AND late = 1 AND ended_at > @since ORDER BY ended_at LIMIT 1",
        row => (DateTimeOffset?)(UnixMicroseconds.FromUnixTimeMicroseconds(row.GetInt64(0)) + CatchUpWindow), ("@lane", lane.Value), ("@since", since));

    private static JobOutcome Postpone(ISqlSession sql, DueJob job, DateTimeOffset until, string reason) => sql.Execute(
        """
        UPDATE scheduled_jobs SET next_at = @until, lease_until = 0, attempts = attempts - 1, reason = @reason
        WHERE job_id = @id AND fence = @fence AND state = 'scheduled'
        """,
        ("@until", until.ToUnixTimeMicroseconds()), ("@reason", reason), ("@id", job.Id), ("@fence", job.Fence)) == 1 ? JobOutcome.Waits : JobOutcome.Lost;

    private DueJob Decode(JobRow row)
    {
        JobContent? content = null;
        string? chat = null;
        try
        {
            content = row.Payload is { } payload ? Open(keys, row.Key, payload) : null;
            chat = keys.DecryptText(row.ChatKey, "lanes.chat", row.Chat);
        }
        catch (CryptographicException)
        {
            // Whoever runs it gives it up.
        }

        return new DueJob(
            row.Id, row.Kind, new PersonScope(new PersonId(row.Person), row.Key), new ChatScope(new LaneId(row.Lane), row.Session, row.ChatKey, row.IsGroup), chat,
            row.Fence, UnixMicroseconds.FromUnixTimeMicroseconds(row.DueAt), row.Attempts, row.Failures, content);
    }

    private sealed record JobRow(
        long Id, string Kind, long Person, DataKeyId Key, long Lane, string Session, DataKeyId ChatKey, bool IsGroup, byte[] Chat, long Fence, long DueAt, int Attempts,
        int Failures, byte[]? Payload)
    {
        public const string Select =
            """
            SELECT j.job_id, j.kind, j.person_id, j.key_id, j.lane_id, l.session, l.key_id, l.is_group, l.chat_enc, j.fence, j.due_at, j.attempts, j.failures, j.payload_enc
            FROM scheduled_jobs j JOIN lanes l ON l.lane_id = j.lane_id
            """;

        public static JobRow Read(DbDataReader row) => new(
            row.GetInt64(0), row.GetString(1), row.GetInt64(2), new DataKeyId(row.GetInt64(3)), row.GetInt64(4), row.GetString(5), new DataKeyId(row.GetInt64(6)),
            row.GetInt64(7) == 1, row.GetFieldValue<byte[]>(8), row.GetInt64(9), row.GetInt64(10), row.GetInt32(11), row.GetInt32(12),
            row.IsDBNull(13) ? null : row.GetFieldValue<byte[]>(13));
    }
}
