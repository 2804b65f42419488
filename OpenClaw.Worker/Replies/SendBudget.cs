using OpenClaw.Core.Queue;
using OpenClaw.Core.Queue.Budgets;

namespace OpenClaw.Worker.Replies;

/// <summary>Asks the hourly budgets before a bubble is claimed. What is over them waits in the outbox: nothing is claimed, and no attempt is used up.</summary>
internal sealed partial class SendBudget(IBubbleBudgets budgets, OutboxStore outbox, BudgetBoard board, TimeProvider time, ILogger<SendBudget> logger)
{
    /// <summary>Whether a bubble that is about to be claimed with another step may go now. Where not, nothing is taken, and <see cref="WaitAsync"/> decides.</summary>
    public async ValueTask<bool> AllowsAtOnceAsync(LaneWork work, BubbleKind kind, CancellationToken cancellationToken)
    {
        // A notice has a rule of its own.
        if (!budgets.IsOn)
            return true;
        return kind != BubbleKind.Notice && (await budgets.TakeAsync(work.Chat.Lane, work.Chat.Session, BudgetUse.AtOnce, cancellationToken)).IsTaken;
    }

    /// <summary>Takes the place of the lane's next bubble, in the budget of the session that the work is seen by.</summary>
    /// <returns>Null when it may go; else how it waits, which is committed.</returns>
    public async ValueTask<BudgetWait?> WaitAsync(LaneWork work, Bubble bubble, BubbleSettlement? resent, CancellationToken cancellationToken)
    {
        if (!budgets.IsOn || bubble.IsBooked)
            return null;
        var use = bubble.Kind == BubbleKind.Notice ? BudgetUse.Notice : BudgetUse.InTurn;
        var answer = await budgets.TakeAsync(work.Chat.Lane, work.Chat.Session, use, cancellationToken);
        if (answer.Wait <= TimeSpan.Zero)
            return null;
        var wait = new BudgetWait(time.GetUtcNow() + answer.Wait, answer.IsTaken, answer.IsOfSession);
        await outbox.WaitForBudgetAsync(work, bubble.Id, wait, resent, cancellationToken);
        board.Waits(work.Chat.Session, answer.IsOfSession, wait.Until);
        Log.Waits(logger, bubble.Id, answer.IsOfSession ? "session" : "chat", answer.Wait);
        return wait;
    }

    /// <summary>As one that holds a place, or needs none.</summary>
    public Bubble Placed(Bubble bubble) => budgets.IsOn ? bubble with { IsBooked = true } : bubble;

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Bubble {Bubble} waits {Wait} for the hourly budget of its {Budget}")]
        public static partial void Waits(ILogger logger, long bubble, string budget, TimeSpan wait);
    }
}
