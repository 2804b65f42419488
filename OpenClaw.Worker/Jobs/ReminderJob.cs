using Microsoft.Extensions.Options;
using OpenClaw.Core.Accounts;
using OpenClaw.Core.Jobs;
using OpenClaw.Core.Queue;
using OpenClaw.Worker.Agents;

namespace OpenClaw.Worker.Jobs;

/// <summary>
/// Says a reminder in the chat that it was set in. It answers nothing, so it waits while only answers may go out; and what comes late says so, and
/// lets people sleep.
/// </summary>
internal sealed class ReminderJob(AccountHealth accounts, IOptions<JobOptions> options, TimeProvider time) : IJobHandler
{
    /// <summary>The jobs' kind.</summary>
    public const string Name = "reminder";

    private static readonly TimeSpan WhileRed = TimeSpan.FromMinutes(1);

    public string Kind => Name;

    public ValueTask<JobPlan> PlanAsync(DueJob job, CancellationToken cancellationToken) => ValueTask.FromResult(Plan(job, time.GetUtcNow()));

    private JobPlan Plan(DueJob job, DateTimeOffset now)
    {
        if (accounts.Of(job.Chat.Session).OnlyAnswers)
            return new JobPlan.Wait(now + WhileRed, "account_red");
        var zone = Zones.Find(job.Content!.TimeZone);
        var isLate = now - job.DueAt > options.Value.LateAfter;
        if (isLate && QuietHours.Parse(options.Value.QuietHours)?.EndsAfter(now, zone) is { } morning)
            return new JobPlan.Wait(morning, "quiet_hours");
        var text = isLate ? ReminderWords.Late(job.Content, job.DueAt, now, zone) : ReminderWords.OnTime(job.Content);
        return new JobPlan.Say(new BubbleContent(job.ChatId!, text, null), isLate);
    }
}
