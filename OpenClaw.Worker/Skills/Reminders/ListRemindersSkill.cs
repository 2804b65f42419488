using System.Globalization;
using System.Text;
using Microsoft.Extensions.AI;
using OpenClaw.Core.Jobs;
using OpenClaw.Worker.Jobs;

namespace OpenClaw.Worker.Skills.Reminders;

/// <summary>
/// <c>list_reminders</c>: the person's reminders of this chat, those that wait and those of the last day:
/// <code>
/// Reminders: number | time | state | text
/// 1 | 2026-11-23T15:00:00-03:00 | scheduled | ligar pro João
/// 2 | 2026-11-22T10:00:00-03:00 | delivered | tirar o bolo
/// </code>
/// States: <c>scheduled</c>, <c>sending</c>, <c>sent</c> (WhatsApp has not said yet that it arrived), <c>delivered</c>, <c>failed</c>.
/// </summary>
internal sealed class ListRemindersSkill(PersonJobs jobs) : ISkill
{
    /// <summary>The function's name.</summary>
    public const string Name = "list_reminders";

    /// <summary>The result where there are none.</summary>
    public const string None = "There are no reminders.";

    /// <inheritdoc />
    public AIFunction Function => field ??= SkillFunction.Create(
        ListAsync, Name, "Lists the person's reminders of this chat with number, local time and state. Only 'delivered' means that one has arrived.");

    /// <inheritdoc />
    public SkillEffect Effect => SkillEffect.Read;

    /// <inheritdoc />
    public TimeSpan Timeout => TimeSpan.FromSeconds(10);

    /// <inheritdoc />
    public int OutputLimit => 12_000;

    private async Task<string> ListAsync(SkillContext context, CancellationToken cancellationToken = default)
    {
        var found = await jobs.ListAsync(context.Person, context.Chat, ReminderJob.Name, cancellationToken);
        if (found.Count == 0)
            return None;
        var list = new StringBuilder().Append("Reminders: number | time | state | text");
        foreach (var job in found)
        {
            var local = TimeZoneInfo.ConvertTime(job.DueAt, context.TimeZone);
            list.Append(CultureInfo.InvariantCulture, $"\n{job.Number} | {local:yyyy-MM-dd'T'HH:mm:sszzz} | {Word(job.Standing)} | {Short(job.Content.Text)}");
        }

        return list.ToString();
    }

    /// <summary>A hundred of them have to fit.</summary>
    private static string Short(string text)
    {
        const int Most = 80;
        var line = text.ReplaceLineEndings(" ");
        return line.Length <= Most ? line : string.Concat(line.AsSpan(0, char.IsHighSurrogate(line[Most - 1]) ? Most - 1 : Most), "…");
    }

    private static string Word(JobStanding standing) => standing switch
    {
        JobStanding.Scheduled => "scheduled",
        JobStanding.Sending => "sending",
        JobStanding.Sent => "sent",
        JobStanding.Delivered => "delivered",
        _ => "failed",
    };
}
