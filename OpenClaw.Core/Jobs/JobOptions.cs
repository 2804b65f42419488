using Microsoft.Extensions.Options;

namespace OpenClaw.Core.Jobs;

/// <summary>What is done about jobs whose time passed while nobody could do them. Section <c>Jobs</c>.</summary>
public sealed class JobOptions
{
    /// <summary>From this long after its time on, what a job says says that it is late.</summary>
    public TimeSpan LateAfter { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long after its time a job waits for an account through which only answers may go out; then it is a dead letter.</summary>
    public TimeSpan GiveUpAfter { get; set; } = TimeSpan.FromDays(2);

    /// <summary>Late ones that one chat is told within a minute; the others follow. 0 = all at once.</summary>
    public int CatchUpPerMinutePerChat { get; set; } = 5;

    /// <summary>In which hours nothing late is said, <c>22:00-07:00</c>, by the person's clock; what is on time is. Empty = none.</summary>
    public string QuietHours { get; set; } = "";
}

internal sealed class JobOptionsValidator : IValidateOptions<JobOptions>
{
    public ValidateOptionsResult Validate(string? name, JobOptions options)
    {
        var wrong = new List<string>();
        if (options.LateAfter < TimeSpan.FromSeconds(1) || options.LateAfter > TimeSpan.FromDays(7))
            wrong.Add("Jobs__LateAfter must be between 00:00:01 and 7.00:00:00, for example 01:00:00.");
        if (options.GiveUpAfter < TimeSpan.FromMinutes(1) || options.GiveUpAfter > TimeSpan.FromDays(30))
            wrong.Add("Jobs__GiveUpAfter must be between 00:01:00 and 30.00:00:00, for example 2.00:00:00.");
        if (options.CatchUpPerMinutePerChat is < 0 or > 1000)
            wrong.Add("Jobs__CatchUpPerMinutePerChat must be between 1 and 1000, or 0 for no limit.");
        if (options.QuietHours.Length > 0 && QuietHours.Parse(options.QuietHours) is null)
            wrong.Add("Jobs__QuietHours must be two different times of day, for example 22:00-07:00, or empty for none.");
        return wrong.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(wrong);
    }
}
