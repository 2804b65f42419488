using System.Collections.Concurrent;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;

namespace OpenClaw.ServiceDefaults.Resilience;

/// <summary>One pipeline for each client, and for each key within it: made once, so that breakers and limiters remember.</summary>
internal sealed class StandardResiliencePipelines(IOptionsMonitor<HttpStandardResilienceOptions> options, TimeProvider time)
{
    private readonly ConcurrentDictionary<(string Pipeline, string Key), Lazy<ResiliencePipeline<HttpResponseMessage>>> _pipelines = new();

    public ResiliencePipeline<HttpResponseMessage> Get(string pipeline, string key) => _pipelines.GetOrAdd(
        (pipeline, key), static (id, self) => new Lazy<ResiliencePipeline<HttpResponseMessage>>(() => self.Build(id.Pipeline, id.Key)), this).Value;

    private ResiliencePipeline<HttpResponseMessage> Build(string pipeline, string key)
    {
        var of = options.Get(pipeline);
        of.Retry.Time = time;
        var retry = Safe(of.Retry);
        return new ResiliencePipelineBuilder<HttpResponseMessage> { Name = pipeline, InstanceName = key.Length == 0 ? null : key, TimeProvider = time }
            .AddStrategy(_ => new RateLimiterStrategy(of.RateLimiter), of.RateLimiter)
            .AddTimeout(of.TotalRequestTimeout)
            .AddRetry(retry)
            .AddCircuitBreaker(of.CircuitBreaker)
            .AddTimeout(of.AttemptTimeout)
            .Build();
    }

    // A copy: the options are shared by the pipelines of a client.
    private static HttpRetryStrategyOptions Safe(HttpRetryStrategyOptions of)
    {
        var retry = new HttpRetryStrategyOptions
        {
            Name = of.Name,
            MaxRetryAttempts = of.MaxRetryAttempts,
            BackoffType = of.BackoffType,
            UseJitter = of.UseJitter,
            Delay = of.Delay,
            MaxDelay = of.MaxDelay,
            ShouldHandle = of.ShouldHandle,
            OnRetry = of.OnRetry,
            Randomizer = of.Randomizer,
            RepeatUncertainRequests = of.RepeatUncertainRequests,
            DelayGenerator = of.DelayGenerator,
        };
        retry.DisableForUncertain();
        return retry;
    }
}
