using Microsoft.Extensions.Options;
using Polly;

namespace OpenClaw.ServiceDefaults.Resilience;

/// <summary>Refuses strategies that would make each other useless.</summary>
internal sealed class HttpStandardResilienceOptionsValidator : IValidateOptions<HttpStandardResilienceOptions>
{
    private const int SamplingMultiplier = 2;

    public ValidateOptionsResult Validate(string? name, HttpStandardResilienceOptions options)
    {
        List<string> failures = [.. Failures(options).Select(failure => $"{name}: {failure}")];
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static IEnumerable<string> Failures(HttpStandardResilienceOptions options)
    {
        if (options.RateLimiter is null || options.TotalRequestTimeout is null || options.Retry is null || options.CircuitBreaker is null || options.AttemptTimeout is null)
        {
            yield return "none of the five strategies may be null.";
            yield break;
        }

        if (options.AttemptTimeout.Timeout >= options.TotalRequestTimeout.Timeout)
            yield return $"TotalRequestTimeout ({options.TotalRequestTimeout.Timeout}) must be longer than AttemptTimeout ({options.AttemptTimeout.Timeout}).";
        if (options.CircuitBreaker.SamplingDuration < options.AttemptTimeout.Timeout * SamplingMultiplier)
            yield return $"CircuitBreaker:SamplingDuration ({options.CircuitBreaker.SamplingDuration}) must be at least twice AttemptTimeout ({options.AttemptTimeout.Timeout}), or it would never see enough.";
        if (options.RateLimiter is { RateLimiter: null, DefaultRateLimiterOptions: null or { PermitLimit: <= 0 } or { QueueLimit: < 0 } })
            yield return "RateLimiter:DefaultRateLimiterOptions must permit at least one request.";
        if (options.Retry.MaxRetryAttempts < 1)
            yield return "Retry:MaxRetryAttempts must be at least 1; to repeat nothing, use DisableFor or a ShouldHandle that says no.";
        if (options.Retry is { BackoffType: DelayBackoffType.Exponential, Delay: var delay } && delay < TimeSpan.Zero)
            yield return "Retry:Delay must not be negative.";
        if (options.CircuitBreaker is { FailureRatio: <= 0 or > 1 } or { MinimumThroughput: < 2 })
            yield return "CircuitBreaker:FailureRatio must be more than 0 and at most 1, CircuitBreaker:MinimumThroughput at least 2.";
    }
}
