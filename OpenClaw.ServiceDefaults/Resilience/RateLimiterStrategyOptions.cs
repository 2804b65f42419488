using System.Threading.RateLimiting;
using Polly;

namespace OpenClaw.ServiceDefaults.Resilience;

/// <summary>How many requests run at once, or any other limiter. Polly.RateLimiting by name and default, which our feed does not have.</summary>
public class RateLimiterStrategyOptions : ResilienceStrategyOptions
{
    /// <summary>Names the strategy as Polly.RateLimiting does.</summary>
    public RateLimiterStrategyOptions() => Name = "RateLimiter";

    /// <summary>The limiter that is made when <see cref="RateLimiter"/> is null: 1,000 at once, none waits.</summary>
    public ConcurrencyLimiterOptions DefaultRateLimiterOptions { get; set; } = new() { PermitLimit = 1000, QueueLimit = 0 };

    /// <summary>Asked for a lease before each request; its result is disposed after it.</summary>
    public Func<RateLimiterArguments, ValueTask<RateLimitLease>>? RateLimiter { get; set; }

    /// <summary>Told of each refused request.</summary>
    public Func<OnRateLimiterRejectedArguments, ValueTask>? OnRejected { get; set; }
}

/// <summary>The rate limiter of an HTTP client.</summary>
public class HttpRateLimiterStrategyOptions : RateLimiterStrategyOptions;

/// <param name="Context">Of the request.</param>
public readonly record struct RateLimiterArguments(ResilienceContext Context);

/// <param name="Context">Of the request.</param>
/// <param name="Lease">The one that was not acquired.</param>
public readonly record struct OnRateLimiterRejectedArguments(ResilienceContext Context, RateLimitLease Lease);
