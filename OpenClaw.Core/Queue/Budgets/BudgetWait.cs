namespace OpenClaw.Core.Queue.Budgets;

/// <summary>That a bubble waits for a budget.</summary>
/// <param name="Until">Its place, or when it is worth asking again.</param>
/// <param name="IsBooked">The place is taken already; else the bubble makes way for others until then.</param>
/// <param name="IsOfSession">It waits for the session's budget; else for the chat's.</param>
public sealed record BudgetWait(DateTimeOffset Until, bool IsBooked, bool IsOfSession);
