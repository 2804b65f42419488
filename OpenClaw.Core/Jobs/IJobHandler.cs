namespace OpenClaw.Core.Jobs;

/// <summary>Knows what is to be done when jobs of one kind are due. It only plans: the effect is committed together with the job's end.</summary>
public interface IJobHandler
{
    /// <summary>Constant name, lower case; stored with every job.</summary>
    string Kind { get; }

    /// <summary>What to do now. May be asked again for the same job; an exception is a failure, and the job is tried again later.</summary>
    /// <param name="job">Readable.</param>
    /// <param name="cancellationToken">Ends long before the job's lease.</param>
    ValueTask<JobPlan> PlanAsync(DueJob job, CancellationToken cancellationToken);
}
