using Microsoft.Extensions.AI;
using OpenClaw.Core.People;
using OpenClaw.Core.Queue;

namespace OpenClaw.Worker.Skills;

/// <summary>What a call of a skill may change outside the turn.</summary>
public enum SkillEffect
{
    /// <summary>Reads only; may run again after a crash.</summary>
    Read,

    /// <summary>Changes data; runs at most once per call.</summary>
    Write,

    /// <summary>Starts something; runs at most once per call.</summary>
    Execute,
}

/// <summary>A capability that the model may call. Small class, described parameters, declared bounds.</summary>
public interface ISkill
{
    /// <summary>The function the model sees: name, description, JSON schema of the parameters.</summary>
    AIFunction Function { get; }

    /// <summary>What a call may change.</summary>
    SkillEffect Effect { get; }

    /// <summary>The longest a call may take; then it is cancelled and the model is told so.</summary>
    TimeSpan Timeout { get; }

    /// <summary>Whether a call depends on something outside this process that may fail for everybody: then it has a breaker and a bulkhead.</summary>
    bool LeavesProcess => false;

    /// <summary>The most characters of output that reach the model; the rest is cut with a note.</summary>
    int OutputLimit { get; }
}

/// <summary>On whose behalf, and in which chat, a skill runs. Bound to a skill's parameter of this type, never seen by the model.</summary>
/// <param name="Person">Whose data the skill may touch.</param>
/// <param name="Chat">The chat of the turn.</param>
/// <param name="Locale"><c>pt-BR</c> or <c>en</c>.</param>
/// <param name="TimeZone">The person's time zone.</param>
/// <param name="MessageId">WAHA's full id of the newest message that is being answered, for quoting; null where there is none.</param>
public sealed record SkillContext(PersonScope Person, ChatScope Chat, string Locale, TimeZoneInfo TimeZone, string? MessageId = null);

/// <summary>How a call ended.</summary>
public enum SkillStatus
{
    /// <summary>The text is the result.</summary>
    Succeeded,

    /// <summary>Refused by a rule (path outside the root, command not allowed, bad argument); nothing was done.</summary>
    Refused,

    /// <summary>Tried and failed; the text says what, in words that are safe to show.</summary>
    Failed,

    /// <summary>Cancelled after its time-out.</summary>
    TimedOut,
}

/// <summary>What the model gets to read of a call.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Text">Result or a safe sentence; never exception text. Already capped.</param>
public sealed record SkillResult(SkillStatus Status, string Text);

/// <summary>One row per skill call: written before the effect, completed after it.</summary>
public interface ISkillAudit
{
    /// <summary>Commits that the call is about to run. Arguments are stored encrypted with the person's key.</summary>
    /// <returns>The row to complete.</returns>
    Task<long> StartedAsync(SkillContext context, string skill, SkillEffect effect, string argumentsJson, CancellationToken cancellationToken);

    /// <summary>Commits how it ended. <paramref name="detail"/> is a short typed reason (<c>exit_0</c>, <c>not_allowed</c>), never output.</summary>
    Task FinishedAsync(long auditId, SkillStatus status, string detail, TimeSpan duration, CancellationToken cancellationToken);
}
