using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace OpenClaw.ServiceDefaults.Resilience;

/// <summary>A time-out; 30 s unless changed.</summary>
public class HttpTimeoutStrategyOptions : TimeoutStrategyOptions;

/// <summary>A circuit breaker over responses; counts what <see cref="HttpClientResiliencePredicates"/> calls transient.</summary>
public class HttpCircuitBreakerStrategyOptions : CircuitBreakerStrategyOptions<HttpResponseMessage>
{
    /// <summary>Polly's defaults, and our idea of a failure.</summary>
    public HttpCircuitBreakerStrategyOptions() =>
        ShouldHandle = static args => new(HttpClientResiliencePredicates.IsTransient(args.Outcome, args.Context.CancellationToken));
}

/// <summary>Repetitions over responses.</summary>
public class HttpRetryStrategyOptions : RetryStrategyOptions<HttpResponseMessage>
{
    private bool _shouldRetryAfterHeader;

    /// <summary>Three repetitions from 2 s on, exponential, with jitter, obeying <c>Retry-After</c>.</summary>
    public HttpRetryStrategyOptions()
    {
        ShouldHandle = static args => new(HttpClientResiliencePredicates.IsTransient(args.Outcome, args.Context.CancellationToken));
        BackoffType = DelayBackoffType.Exponential;
        UseJitter = true;
        ShouldRetryAfterHeader = true;
    }

    /// <summary>Whether <c>Retry-After</c> replaces the calculated pause. Setting it replaces <c>DelayGenerator</c>.</summary>
    public bool ShouldRetryAfterHeader
    {
        get => _shouldRetryAfterHeader;
        set
        {
            _shouldRetryAfterHeader = value;
            DelayGenerator = value ? args => new(RetryAfterHeader.Read(args.Outcome.Result, Time)) : null;
        }
    }

    /// <summary>
    /// Whether a POST or PATCH whose fate nobody knows (5xx, time-out, cut connection) is sent again. The library of this name does so; here it has
    /// to be asked for, because the other side may have acted on the first one. Without it they are repeated only when they certainly were not
    /// acted on: no connection came about, or the answer is 429.
    /// </summary>
    public bool RepeatUncertainRequests { get; set; }

    /// <summary>The clock that a date in <c>Retry-After</c> is compared with.</summary>
    internal TimeProvider Time { get; set; } = TimeProvider.System;
}
