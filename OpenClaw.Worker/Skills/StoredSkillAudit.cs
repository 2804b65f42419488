using OpenClaw.Core.Storage;

namespace OpenClaw.Worker.Skills;

/// <summary>The audit trail in the main database.</summary>
internal sealed class StoredSkillAudit(SkillAuditStore store) : ISkillAudit
{
    public Task<long> StartedAsync(SkillContext context, string skill, SkillEffect effect, string argumentsJson, CancellationToken cancellationToken) =>
        store.StartAsync(context.Person, context.Chat, skill, effect.ToString(), argumentsJson, cancellationToken);

    public Task FinishedAsync(long auditId, SkillStatus status, string detail, TimeSpan duration, CancellationToken cancellationToken) =>
        store.FinishAsync(auditId, status.ToString(), detail, duration, cancellationToken);
}
