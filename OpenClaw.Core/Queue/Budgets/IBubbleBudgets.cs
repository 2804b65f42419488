namespace OpenClaw.Core.Queue.Budgets;

/// <summary>
/// How many bubbles a chat and a session may send within an hour, as token buckets that all processes share. A bubble that finds its bucket empty is
/// given the next free place in time, so that many chats of one session do not all come back for the same one.
/// </summary>
public interface IBubbleBudgets
{
    /// <summary>False = nothing is counted, and nobody needs to ask.</summary>
    bool IsOn { get; }

    /// <summary>Takes one bubble's place in both buckets, or tells when there will be one.</summary>
    /// <exception cref="Storage.StorageUnavailableException">The database had to be asked, and cannot be used now.</exception>
    ValueTask<BudgetAnswer> TakeAsync(LaneId lane, string session, BudgetUse use, CancellationToken cancellationToken);
}

/// <summary>What a place is wanted for.</summary>
public enum BudgetUse
{
    /// <summary>To be sent at once; where it would have to wait, nothing is taken.</summary>
    AtOnce,

    /// <summary>The lane's next bubble: takes its place now, however far ahead that is.</summary>
    InTurn,

    /// <summary>As <see cref="InTurn"/>, but only of what is above the last tenth of the session's bucket; where that is left, nothing is taken.</summary>
    Notice,
}

/// <summary>What the buckets say.</summary>
/// <param name="IsTaken">The place is the bubble's own, after <paramref name="Wait"/>.</param>
/// <param name="Wait">Until the place, or, where none was taken, until it is worth asking again. Zero = at once.</param>
/// <param name="IsOfSession">It is the session's bucket that is waited for; else the chat's.</param>
public readonly record struct BudgetAnswer(bool IsTaken, TimeSpan Wait, bool IsOfSession)
{
    /// <summary>It may go.</summary>
    public static readonly BudgetAnswer Free = new(true, TimeSpan.Zero, false);
}
