using System.ComponentModel.DataAnnotations;

namespace OpenClaw.ServiceDefaults.Resilience;

/// <summary>
/// The five strategies of the standard handler, from the outside in, with the names and defaults of Microsoft.Extensions.Http.Resilience
/// (https://learn.microsoft.com/dotnet/core/resilience/http-resilience). One instance for each named client.
/// </summary>
public sealed class HttpStandardResilienceOptions
{
    /// <summary>1,000 requests at once, none waits.</summary>
    [Required]
    public HttpRateLimiterStrategyOptions RateLimiter { get; set; } = new() { Name = "Standard-RateLimiter" };

    /// <summary>30 s for the request with all of its attempts and the pauses between them.</summary>
    [Required]
    public HttpTimeoutStrategyOptions TotalRequestTimeout { get; set; } = new() { Name = "Standard-TotalRequestTimeout" };

    /// <summary>3 repetitions, from 2 s on, exponential with jitter, or as long as <c>Retry-After</c> says.</summary>
    [Required]
    public HttpRetryStrategyOptions Retry { get; set; } = new() { Name = "Standard-Retry" };

    /// <summary>Opens for 5 s at a failure ratio of 0.1 among at least 100 attempts within 30 s.</summary>
    [Required]
    public HttpCircuitBreakerStrategyOptions CircuitBreaker { get; set; } = new() { Name = "Standard-CircuitBreaker" };

    /// <summary>10 s for one attempt, to the headers of its response.</summary>
    [Required]
    public HttpTimeoutStrategyOptions AttemptTimeout { get; set; } = new() { Timeout = TimeSpan.FromSeconds(10), Name = "Standard-AttemptTimeout" };
}
