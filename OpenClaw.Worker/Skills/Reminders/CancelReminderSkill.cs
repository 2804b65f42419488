using System.ComponentModel;
using System.Globalization;
using Microsoft.Extensions.AI;
using OpenClaw.Core.Jobs;
using OpenClaw.Worker.Jobs;

namespace OpenClaw.Worker.Skills.Reminders;

/// <summary>
/// <c>cancel_reminder</c>: one that waits is not said:
/// <code>
/// Reminder 2 is cancelled: ligar pro João
/// </code>
/// </summary>
internal sealed class CancelReminderSkill(PersonJobs jobs) : ISkill
{
    /// <summary>The function's name.</summary>
    public const string Name = "cancel_reminder";

    /// <inheritdoc />
    public AIFunction Function => field ??= SkillFunction.Create(
        CancelAsync, Name, "Cancels one of the person's reminders of this chat by its number; list_reminders tells the numbers.");

    /// <inheritdoc />
    public SkillEffect Effect => SkillEffect.Write;

    /// <inheritdoc />
    public TimeSpan Timeout => TimeSpan.FromSeconds(10);

    /// <inheritdoc />
    public int OutputLimit => 2_000;

    private async Task<string> CancelAsync(
        SkillContext context, [Description("Its number, for example 2.")] int number, CancellationToken cancellationToken = default) =>
        await jobs.CancelAsync(context.Person, context.Chat, ReminderJob.Name, number, cancellationToken) is { } job
            ? string.Create(CultureInfo.InvariantCulture, $"Reminder {number} is cancelled: {job.Content.Text}")
            : throw SkillException.Refused(string.Create(CultureInfo.InvariantCulture, $"No reminder {number} is waiting."), "no_such_reminder");
}
