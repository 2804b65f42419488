using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Queue.Budgets;
using OpenClaw.Worker.Replies;

namespace OpenClaw.Tests.Infrastructure;

/// <summary>Budgets for what is built by hand.</summary>
internal static class BudgetsOf
{
    /// <summary>Everything may go: neither database nor board is asked.</summary>
    public static SendBudget None(TimeProvider time) => new(
        new SqlBubbleBudgets(null!, Options.Create(new LimitsOptions { MessagesPerMinutePerChat = 0 }), time), null!, null!, time, NullLogger<SendBudget>.Instance);
}
