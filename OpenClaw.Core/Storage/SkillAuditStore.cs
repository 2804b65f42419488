using OpenClaw.Core.People;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Security;

namespace OpenClaw.Core.Storage;

/// <summary>One row per skill call: who, what, with which arguments (encrypted), how it ended. A row without an end never came back.</summary>
public sealed class SkillAuditStore(IDatabase database, KeyRing keys, TimeProvider time)
{
    /// <summary>Commits that a call is about to run.</summary>
    public Task<long> StartAsync(PersonScope person, ChatScope chat, string skill, string effect, string argumentsJson, CancellationToken cancellationToken)
    {
        var arguments = keys.Encrypt(person.Key, "skill_audit.arguments", argumentsJson);
        var now = time.NowMicroseconds();
        return database.WriteAsync(
            sql => sql.QueryFirst(
                """
                INSERT INTO skill_audit (person_id, lane_id, skill, effect, key_id, arguments_enc, started_at)
                VALUES (@person, @lane, @skill, @effect, @key, @arguments, @now) RETURNING audit_id
                """,
                row => row.GetInt64(0),
                ("@person", person.Person.Value), ("@lane", chat.Lane.Value), ("@skill", skill), ("@effect", effect), ("@key", person.Key.Value),
                ("@arguments", arguments), ("@now", now)),
            cancellationToken);
    }

    /// <summary>Commits how it ended.</summary>
    public Task FinishAsync(long auditId, string status, string detail, TimeSpan duration, CancellationToken cancellationToken) => database.WriteAsync(
        sql => sql.Execute(
            "UPDATE skill_audit SET status = @status, detail = @detail, duration = @duration WHERE audit_id = @id",
            ("@status", status), ("@detail", detail), ("@duration", duration.Microseconds()), ("@id", auditId)),
        cancellationToken);
}
