using Microsoft.Extensions.Options;
using OpenClaw.Core.Accounts;
using OpenClaw.Core.Jobs;
using OpenClaw.Core.Queue;
using OpenClaw.Worker.Agents;
using OpenClaw.Worker.Replies;

namespace OpenClaw.Worker.Jobs;

/// <summary>
/// Says a reminder in the chat that it was set in. It answers nothing, so while only answers may go out it is another session's to say, where one
/// stands in, or waits, but not for ever; and what comes late says so, and lets people sleep.
/// </summary>
internal sealed class ReminderJob(AccountHealth accounts, StandIns standIns, IOptions<JobOptions> options, TimeProvider time) : IJobHandler
{
    /// <summary>The jobs' kind.</summary>
    public const string Name = "reminder";

    /// <summary>Typed reason of one that waits, or waited too long, because only answers may go out.</summary>
    private const string AccountRed = "account_red";

    /// <summary>How long one waits for an account that is red before it is looked at again.</summary>
    public static readonly TimeSpan WhileRed = TimeSpan.FromMinutes(1);

    public string Kind => Name;

    public ValueTask<JobPlan> PlanAsync(DueJob job, CancellationToken cancellationToken) => ValueTask.FromResult(Plan(job, time.GetUtcNow()));

    private JobPlan Plan(DueJob job, DateTimeOffset now)
    {
        standIns.Refresh();
        // Which session it goes through is chosen when it is sent, as for any other bubble.
        if (accounts.Of(job.Chat.Session).OnlyAnswers && standIns.Of(job.Chat) is null)
            return now - job.DueAt < options.Value.GiveUpAfter ? new JobPlan.Wait(now + WhileRed, AccountRed) : new JobPlan.GiveUp(AccountRed);
        var zone = Zones.Find(job.Content!.TimeZone);
        var isLate = now - job.DueAt > options.Value.LateAfter;
        if (isLate && QuietHours.Parse(options.Value.QuietHours)?.EndsAfter(now, zone) is { } morning)
            return new JobPlan.Wait(morning, "quiet_hours");
        var text = isLate ? ReminderWords.Late(job.Content, job.DueAt, now, zone) : ReminderWords.OnTime(job.Content);
        // In a group the quote shows whom it is for, as it does with an answer, and WhatsApp tells that person.
        return new JobPlan.Say(new BubbleContent(job.ChatId!, text, job.Chat.IsGroup ? job.Content.AskedIn : null), isLate);
    }
}
