using Microsoft.Extensions.Options;

namespace OpenClaw.Core.Integrations;

/// <summary>Refuses bounds under which a breaker would never open or never close.</summary>
internal sealed class ResilienceOptionsValidator : IValidateOptions<ResilienceOptions>
{
    // A bare number binds as days: whatever is longer than an hour was meant as seconds.
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    public ValidateOptionsResult Validate(string? name, ResilienceOptions options)
    {
        List<string> failures = [.. Failures(nameof(options.Waha), options.Waha), .. Failures(nameof(options.Model), options.Model), .. Failures(nameof(options.Skills), options.Skills)];
        if (options.Memory.HighWatermark is not (>= 0 and < 1))
            failures.Add("Resilience__Memory__HighWatermark must be at least 0 (never) and less than 1; write for example 0.9.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> Failures(string kind, IntegrationOptions options)
    {
        if (options.FailureRatio is not (> 0 and <= 1))
            yield return $"Resilience__{kind}__FailureRatio must be more than 0 and at most 1; write for example 0.5.";
        if (options.MinimumThroughput is < 2 or > 100_000)
            yield return $"Resilience__{kind}__MinimumThroughput must be between 2 and 100000; write for example 10.";
        if (options.SamplingDuration < TimeSpan.FromSeconds(0.5) || options.SamplingDuration > Longest)
            yield return $"Resilience__{kind}__SamplingDuration must be between 00:00:00.5 and 01:00:00; write for example 00:01:00.";
        if (options.BreakDuration < TimeSpan.FromSeconds(0.1) || options.BreakDuration > Longest)
            yield return $"Resilience__{kind}__BreakDuration must be between 00:00:00.1 and 01:00:00; write for example 00:00:05.";
        if (options.LongestBreak < options.BreakDuration || options.LongestBreak > Longest)
            yield return $"Resilience__{kind}__LongestBreak must be between Resilience__{kind}__BreakDuration and 01:00:00; write for example 00:00:30.";
        if (options.MaxConcurrency is < 0 or > 100_000)
            yield return $"Resilience__{kind}__MaxConcurrency must be between 0 (no bound) and 100000; write for example 48.";
    }
}
