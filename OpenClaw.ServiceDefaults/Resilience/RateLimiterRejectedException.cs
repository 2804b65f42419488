using Polly;

namespace OpenClaw.ServiceDefaults.Resilience;

/// <summary>The rate limiter let a request not through; nothing was sent.</summary>
public sealed class RateLimiterRejectedException : ExecutionRejectedException
{
    /// <param name="retryAfter">When the limiter expects to let one through again, where it says so.</param>
    public RateLimiterRejectedException(TimeSpan? retryAfter)
        : this() => RetryAfter = retryAfter;

    /// <summary>Required by convention.</summary>
    public RateLimiterRejectedException()
        : base("The operation could not be executed because it was rejected by the rate limiter.")
    {
    }

    /// <summary>Required by convention.</summary>
    public RateLimiterRejectedException(string message)
        : base(message)
    {
    }

    /// <summary>Required by convention.</summary>
    public RateLimiterRejectedException(string message, Exception inner)
        : base(message, inner)
    {
    }

    /// <summary>When the limiter expects to let one through again; null where it does not say.</summary>
    public TimeSpan? RetryAfter { get; }
}
