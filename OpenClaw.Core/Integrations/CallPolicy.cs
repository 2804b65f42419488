namespace OpenClaw.Core.Integrations;

/// <summary>How a kind of integration is called, besides its breaker and its places. Each part of the product adds the calls that it makes itself.</summary>
/// <param name="Kind">Of the integration.</param>
/// <param name="Timeouts">How long its calls may take.</param>
/// <param name="Repeats">Who calls again after a failure. Nothing else does: no call is repeated where it is made, because what it did is not always known.</param>
public sealed record CallPolicy(IntegrationKind Kind, IReadOnlyList<CallTimeout> Timeouts, IReadOnlyList<RepeatRule> Repeats);

/// <summary>A bound on calls of one sort.</summary>
/// <param name="Call">What is called: <c>send</c>, <c>read</c>, <c>first_token</c>, ...</param>
/// <param name="Limit">From the call to the end of the answer, unless the name says otherwise.</param>
public sealed record CallTimeout(string Call, TimeSpan Limit);

/// <summary>Somebody who tries again, after pauses that double.</summary>
/// <param name="By">Who: <c>outbox</c>, <c>turn</c>, <c>session_keeper</c>, ...</param>
/// <param name="First">Pause after the first failure.</param>
/// <param name="Longest">Where the doubling ends.</param>
/// <param name="Most">Tries before it is given up and put aside as a dead letter; null = for as long as it lasts.</param>
public sealed record RepeatRule(string By, TimeSpan First, TimeSpan Longest, int? Most = null)
{
    /// <summary>The pause after so many failures; none without any.</summary>
    public TimeSpan After(int failures) =>
        failures <= 0 ? TimeSpan.Zero : TimeSpan.FromTicks(Math.Min(Longest.Ticks, First.Ticks << Math.Min(failures - 1, 16)));
}
