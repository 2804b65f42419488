namespace OpenClaw.Core.Queue.Budgets;

/// <summary>A bucket as it stands: below zero are places that were given out ahead.</summary>
/// <param name="Tokens">What is left.</param>
/// <param name="PerHour">Its size, and what it is refilled with in an hour; 0 = no limit.</param>
internal sealed record BubbleBucket(double Tokens, int PerHour)
{
    private const double MicrosecondsPerHour = 3_600_000_000.0;

    /// <summary>What is left after a while; a clock that was set back adds nothing.</summary>
    public static BubbleBucket After(double tokens, long passed, int perHour) =>
        new(Math.Min(perHour, tokens + (Math.Max(0, passed) * perHour / MicrosecondsPerHour)), perHour);

    /// <summary>What only answers may take.</summary>
    private double Reserve => PerHour / 10.0;

    /// <summary>How long until as many are there.</summary>
    public TimeSpan Until(double tokens) => PerHour == 0 || Tokens >= tokens
        ? TimeSpan.Zero
        : TimeSpan.FromMicroseconds(Math.Ceiling((tokens - Tokens) * MicrosecondsPerHour / PerHour));

    /// <summary>What a bubble that wants a place of both gets.</summary>
    public static BudgetAnswer Ask(BubbleBucket chat, BubbleBucket session, BudgetUse use)
    {
        var wait = use == BudgetUse.Notice ? session.Until(1 + session.Reserve) : TimeSpan.Zero;
        if (wait > TimeSpan.Zero)
            return new BudgetAnswer(false, wait, true);
        var (ofChat, ofSession) = (chat.Until(1), session.Until(1));
        wait = ofChat > ofSession ? ofChat : ofSession;
        return new BudgetAnswer(wait == TimeSpan.Zero || use != BudgetUse.AtOnce, wait, ofSession > TimeSpan.Zero && ofSession >= ofChat);
    }
}
