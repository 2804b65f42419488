using System.Data.Common;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using OpenClaw.Core.People;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Security;
using OpenClaw.Core.Storage;

namespace OpenClaw.Core.Jobs;

/// <summary>A job as the person whose it is sees it.</summary>
/// <param name="Number">What the person calls it by, within this chat.</param>
/// <param name="DueAt">When it is, or was, due, UTC.</param>
/// <param name="Standing">How far it is.</param>
/// <param name="Content">What it is about.</param>
public sealed record PersonJob(long Number, DateTimeOffset DueAt, JobStanding Standing, JobContent Content);

/// <summary>How far a job is, by its own row and that of the bubble that it said.</summary>
public enum JobStanding
{
    /// <summary>It waits for its time.</summary>
    Scheduled,

    /// <summary>Its bubble is on its way.</summary>
    Sending,

    /// <summary>WAHA took it.</summary>
    Sent,

    /// <summary>It reached the device: WhatsApp said so.</summary>
    Delivered,

    /// <summary>It, or its bubble, was given up.</summary>
    Failed,
}

/// <summary>What people do with the jobs of theirs: everything is of one person in one chat.</summary>
public sealed class PersonJobs(IDatabase database, KeyRing keys, JobWake wake, TimeProvider time)
{
    /// <summary>How many may wait, of a person in a chat.</summary>
    public const int Most = 100;

    /// <summary>How long what has ended is told and kept.</summary>
    public static readonly TimeSpan EndedKept = TimeSpan.FromDays(1);

    /// <summary>Keeps a job.</summary>
    /// <returns>Its number; null when the person has <see cref="Most"/> already.</returns>
    public async Task<long?> ScheduleAsync(PersonScope person, ChatScope chat, NewJob job, CancellationToken cancellationToken)
    {
        var payload = keys.Encrypt(person.Key, "scheduled_jobs.payload", JsonSerializer.SerializeToUtf8Bytes(job.Content, StoredJson.Default.JobContent));
        var now = time.NowMicroseconds();
        var trace = Activity.Current?.Id ?? "";
        var number = await database.WriteAsync(
            sql =>
            {
                // Two of one person at once: the number and the count depend on the other one.
                LaneDirectory.Meet(sql, chat.Lane);
                return sql.QueryFirst(
                    """
                    INSERT INTO scheduled_jobs (kind, number, person_id, lane_id, state, due_at, next_at, key_id, payload_enc, trace_parent, created_at)
                    SELECT @kind, 1 + COALESCE((SELECT MAX(number) FROM scheduled_jobs WHERE lane_id = @lane AND person_id = @person), 0), @person, @lane,
                        'scheduled', @due, @due, @key, @payload, NULLIF(@trace, ''), @now
                    WHERE (SELECT COUNT(*) FROM scheduled_jobs WHERE lane_id = @lane AND person_id = @person AND state = 'scheduled') < @most
                    RETURNING number
                    """,
                    row => (long?)row.GetInt64(0),
                    ("@kind", job.Kind), ("@lane", chat.Lane.Value), ("@person", person.Person.Value), ("@due", job.DueAt.ToUnixTimeMicroseconds()), ("@key", person.Key.Value),
                    ("@payload", payload), ("@trace", trace), ("@now", now), ("@most", (long)Most));
            },
            cancellationToken);
        if (number is not null)
            wake.Signal();
        return number;
    }

    /// <summary>What waits, what is due first before the rest, and then what ended or was given up within <see cref="EndedKept"/>.</summary>
    public async Task<IReadOnlyList<PersonJob>> ListAsync(PersonScope person, ChatScope chat, string kind, CancellationToken cancellationToken)
    {
        var rows = await database.ReadAsync(
            sql => sql.Query(
                $"{Row.Select} AND (j.state = 'scheduled' OR (j.state = 'done' AND j.ended_at > @since) OR (j.state = 'dead' AND j.died_at > @since)) ORDER BY CASE j.state WHEN 'scheduled' THEN 0 ELSE 1 END, j.due_at, j.job_id LIMIT 200",
                Row.Read, ("@lane", chat.Lane.Value), ("@person", person.Person.Value), ("@kind", kind), ("@since", time.NowMicroseconds() - EndedKept.Microseconds())),
            cancellationToken);
        return [.. rows.Select(Decode).OfType<PersonJob>()];
    }

    /// <summary>Cancels one that waits. What is being said at this moment is said, or it is cancelled: never both.</summary>
    /// <returns>What was cancelled; null when none of this number waits.</returns>
    public async Task<PersonJob?> CancelAsync(PersonScope person, ChatScope chat, string kind, long number, CancellationToken cancellationToken)
    {
        var found = await database.ReadAsync(
            sql => sql.QueryFirst(
                $"{Row.Select} AND j.number = @number AND j.state = 'scheduled'",
                Row.Read, ("@lane", chat.Lane.Value), ("@person", person.Person.Value), ("@kind", kind), ("@number", number)),
            cancellationToken);
        if (found is null || Decode(found) is not { } job)
            return null;
        var now = time.NowMicroseconds();
        var cancelled = await database.WriteAsync(
            sql => sql.Execute(
                "UPDATE scheduled_jobs SET state = 'cancelled', payload_enc = NULL, ended_at = @now, fence = fence + 1 WHERE job_id = @id AND state = 'scheduled'",
                ("@now", now), ("@id", found.Id)),
            cancellationToken);
        return cancelled == 1 ? job : null;
    }

    private PersonJob? Decode(Row row)
    {
        try
        {
            return new PersonJob(
                row.Number, UnixMicroseconds.FromUnixTimeMicroseconds(row.DueAt), StandingOf(row), JobStore.Open(keys, row.Key, row.Payload));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static JobStanding StandingOf(Row row) => (row.State, row.Bubble) switch
    {
        ("scheduled", _) => JobStanding.Scheduled,
        ("done", "queued" or "sending") => JobStanding.Sending,
        ("done", "accepted") => row.Ack >= ChatEventStore.DeviceAck ? JobStanding.Delivered : JobStanding.Sent,
        _ => JobStanding.Failed,
    };

    private sealed record Row(long Id, long Number, string State, long DueAt, DataKeyId Key, byte[] Payload, string? Bubble, long Ack)
    {
        public const string Select =
            """
            SELECT j.job_id, j.number, j.state, j.due_at, j.key_id, j.payload_enc, o.state, COALESCE(o.ack, 0)
            FROM scheduled_jobs j LEFT JOIN outbox o ON o.outbox_id = j.bubble_id
            WHERE j.lane_id = @lane AND j.person_id = @person AND j.kind = @kind AND j.payload_enc IS NOT NULL
            """;

        public static Row Read(DbDataReader row) => new(
            row.GetInt64(0), row.GetInt64(1), row.GetString(2), row.GetInt64(3), new DataKeyId(row.GetInt64(4)), row.GetFieldValue<byte[]>(5),
            row.IsDBNull(6) ? null : row.GetString(6), row.GetInt64(7));
    }
}
