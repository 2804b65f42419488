namespace OpenClaw.Worker.Skills;

/// <summary>What a skill gives back: the text for the model and a typed reason for the audit row.</summary>
/// <param name="Text">Result in words that are safe to show.</param>
/// <param name="Detail">A short typed reason, for example <c>exit_0</c>; never output.</param>
/// <param name="Status">How it ended.</param>
internal sealed record SkillOutput(string Text, string Detail = "ok", SkillStatus Status = SkillStatus.Succeeded);

/// <summary>An expected failure of a skill. <see cref="SafeText"/> reaches the model as it is, so it holds nothing of the machine.</summary>
internal sealed class SkillException(SkillStatus status, string safeText, string detail) : Exception(detail)
{
    /// <summary><see cref="SkillStatus.Refused"/> or <see cref="SkillStatus.Failed"/>.</summary>
    public SkillStatus Status { get; } = status;

    /// <summary>One sentence for the model.</summary>
    public string SafeText { get; } = safeText;

    /// <summary>Typed reason, for example <c>outside_root</c>.</summary>
    public string Detail { get; } = detail;

    /// <summary>A rule forbids it; nothing was done.</summary>
    public static SkillException Refused(string safeText, string detail) => new(SkillStatus.Refused, safeText, detail);

    /// <summary>It was tried and could not be done.</summary>
    public static SkillException Failed(string safeText, string detail) => new(SkillStatus.Failed, safeText, detail);
}
