using System.ComponentModel;
using System.Globalization;
using Microsoft.Extensions.AI;
using OpenClaw.Core.Jobs;
using OpenClaw.Worker.Jobs;
using OpenClaw.Worker.Skills.Clock;

namespace OpenClaw.Worker.Skills.Reminders;

/// <summary>
/// <c>set_reminder</c>: keeps a reminder of the person, which is said in this chat when its time has come:
/// <code>
/// Reminder 2 is set for 2026-11-23T15:00:00-03:00 (Monday, America/Sao_Paulo): ligar pro João
/// </code>
/// Refused: a time that is past, unreadable or years away; an empty or long text; one more than <see cref="PersonJobs.Most"/>.
/// </summary>
internal sealed class SetReminderSkill(PersonJobs jobs, TimeProvider time) : ISkill
{
    /// <summary>The function's name.</summary>
    public const string Name = "set_reminder";

    private const int LongestText = 1_000;

    /// <inheritdoc />
    public AIFunction Function => field ??= SkillFunction.Create(
        SetAsync, Name, "Sets a reminder that is said in this chat at a time. Tell the person the date and time that it was set for.");

    /// <inheritdoc />
    public SkillEffect Effect => SkillEffect.Write;

    /// <inheritdoc />
    public TimeSpan Timeout => TimeSpan.FromSeconds(10);

    /// <inheritdoc />
    public int OutputLimit => 2_000;

    private async Task<string> SetAsync(
        SkillContext context,
        [Description("What to remind of, in the person's own words and language.")] string text,
        [Description("Local time of the person: 2026-11-23T15:00; or 15:00 for the next time that the clock shows it, today 15:00, tomorrow 15:00. Left out when in_minutes is given.")]
        string? time = null,
        [Description("Minutes from now, instead of a time.")] int? in_minutes = null,
        CancellationToken cancellationToken = default)
    {
        text = text.Trim();
        if (text.Length is 0 or > LongestText)
            throw SkillException.Refused($"The parameter 'text' must be 1 to {LongestText} characters.", "bad_argument");
        var at = ReminderTime.Read(time, in_minutes, Now, context.TimeZone);
        var zone = TimeZoneFinder.IanaIdOf(context.TimeZone);
        var number = await jobs.ScheduleAsync(
            context.Person, context.Chat, new NewJob(ReminderJob.Name, at, new JobContent(text, context.Locale, zone, context.MessageId)), cancellationToken)
            ?? throw SkillException.Refused($"There are {PersonJobs.Most} reminders already; cancel one first.", "too_many");
        var local = TimeZoneInfo.ConvertTime(at, context.TimeZone);
        return string.Create(CultureInfo.InvariantCulture, $"Reminder {number} is set for {local:yyyy-MM-dd'T'HH:mm:sszzz} ({local.DayOfWeek}, {zone}): {text}");
    }

    private DateTimeOffset Now => time.GetUtcNow();
}
