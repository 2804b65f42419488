using OpenClaw.Core.People;
using OpenClaw.Core.Queue;

namespace OpenClaw.Core.Jobs;

/// <summary>What a job is about; stored encrypted with the key of the person whose job it is.</summary>
/// <param name="Text">The person's own words.</param>
/// <param name="Locale"><c>pt-BR</c> or <c>en</c>: what it says, it says in this language.</param>
/// <param name="TimeZone">IANA id: the times that it names are of this zone.</param>
/// <param name="AskedIn">Full id of the message that asked for it, for quoting; null where nobody knows.</param>
public sealed record JobContent(string Text, string Locale, string TimeZone, string? AskedIn = null);

/// <summary>A job to keep.</summary>
/// <param name="Kind">Constant name of its handler, for example <c>reminder</c>.</param>
/// <param name="DueAt">Not before this time.</param>
/// <param name="Content">What it is about.</param>
public sealed record NewJob(string Kind, DateTimeOffset DueAt, JobContent Content);

/// <summary>A job that somebody took, and holds until its lease ends.</summary>
/// <param name="Id">Row.</param>
/// <param name="Kind">Name of its handler.</param>
/// <param name="Person">Whose it is.</param>
/// <param name="Chat">Where it speaks.</param>
/// <param name="ChatId">WAHA's chat id of that chat; null when nobody can read it any more.</param>
/// <param name="Fence">Every later write is conditional on it.</param>
/// <param name="DueAt">When it was due, UTC.</param>
/// <param name="Attempts">With this one.</param>
/// <param name="Failures">Attempts before that failed; what else did not end was interrupted.</param>
/// <param name="Content">What it is about; null when nobody can read it any more.</param>
public sealed record DueJob(
    long Id, string Kind, PersonScope Person, ChatScope Chat, string? ChatId, long Fence, DateTimeOffset DueAt, int Attempts, int Failures, JobContent? Content)
{
    /// <summary>Attempts before this one that neither failed nor came to an end.</summary>
    public int Interruptions => Attempts - 1 - Failures;
}

/// <summary>What a job's handler wants to be done about it.</summary>
public abstract record JobPlan
{
    private JobPlan()
    {
    }

    /// <summary>Queue this bubble; the job is done with the same commit.</summary>
    /// <param name="Bubble">What to say.</param>
    /// <param name="IsLate">Whether it counts for <see cref="JobOptions.CatchUpPerMinutePerChat"/>.</param>
    public sealed record Say(BubbleContent Bubble, bool IsLate) : JobPlan;

    /// <summary>Not now. That is no attempt.</summary>
    /// <param name="Until">When to look again.</param>
    /// <param name="Reason">Typed.</param>
    public sealed record Wait(DateTimeOffset Until, string Reason) : JobPlan;

    /// <summary>It waited as long as it may: a dead letter.</summary>
    /// <param name="Reason">Typed.</param>
    public sealed record GiveUp(string Reason) : JobPlan;
}

/// <summary>What became of a job that somebody held.</summary>
public enum JobOutcome
{
    /// <summary>Its effect and its end are committed.</summary>
    Done,

    /// <summary>It is looked at again later.</summary>
    Waits,

    /// <summary>It was given up, and is a dead letter.</summary>
    Dead,

    /// <summary>It is somebody else's by now, or was cancelled: nothing was written.</summary>
    Lost,
}
