using System.Threading.RateLimiting;
using Polly;

namespace OpenClaw.ServiceDefaults.Resilience;

/// <summary>Lets as many through as a limiter of System.Threading.RateLimiting allows.</summary>
internal sealed class RateLimiterStrategy(RateLimiterStrategyOptions options) : ResilienceStrategy
{
    private readonly Func<RateLimiterArguments, ValueTask<RateLimitLease>> _acquire = options.RateLimiter ?? Default(options.DefaultRateLimiterOptions);

    protected override async ValueTask<Outcome<TResult>> ExecuteCore<TResult, TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<TResult>>> callback, ResilienceContext context, TState state)
    {
        using var lease = await _acquire(new RateLimiterArguments(context)).ConfigureAwait(context.ContinueOnCapturedContext);
        if (lease.IsAcquired)
            return await callback(context, state).ConfigureAwait(context.ContinueOnCapturedContext);

        if (options.OnRejected is { } rejected)
            await rejected(new OnRateLimiterRejectedArguments(context, lease)).ConfigureAwait(context.ContinueOnCapturedContext);
        TimeSpan? retryAfter = lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : null;
        return Outcome.FromException<TResult>(new RateLimiterRejectedException(retryAfter));
    }

    private static Func<RateLimiterArguments, ValueTask<RateLimitLease>> Default(ConcurrencyLimiterOptions options)
    {
        // Lives as long as the pipeline, which lives as long as the process.
        var limiter = new ConcurrencyLimiter(options);
        return args => limiter.AcquireAsync(1, args.Context.CancellationToken);
    }
}
