using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace OpenClaw.ServiceDefaults.Resilience;

/// <summary>What was added to a client, for changes.</summary>
public interface IHttpStandardResiliencePipelineBuilder
{
    /// <summary>Name of the pipeline and of its options: <c>{client}-standard</c>.</summary>
    string PipelineName { get; }

    /// <summary>The services.</summary>
    IServiceCollection Services { get; }
}

/// <summary>Makes calls over HTTP bear what networks do.</summary>
public static class StandardResilienceHandlerExtensions
{
    /// <summary>
    /// Adds, from the outside in: rate limiter, total time-out, retry, circuit breaker, attempt time-out, as <see cref="HttpStandardResilienceOptions"/>
    /// describes. For clients of things outside whose requests may be repeated; a client that sends to people has rules of its own.
    /// </summary>
    public static IHttpStandardResiliencePipelineBuilder AddStandardResilienceHandler(this IHttpClientBuilder builder)
    {
        var pipeline = $"{builder.Name}-standard";
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.TryAddSingleton<StandardResiliencePipelines>();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<HttpStandardResilienceOptions>, HttpStandardResilienceOptionsValidator>());
        builder.Services.AddOptions<HttpStandardResilienceOptions>(pipeline).ValidateOnStart();
        builder.Services.AddOptions<HttpPipelineKeys>(pipeline);
        // The strategies say when it is enough; HttpClient's own 100 s would cut across them.
        builder.ConfigureHttpClient(static client => client.Timeout = Timeout.InfiniteTimeSpan);
        builder.AddHttpMessageHandler(services =>
        {
            var pipelines = services.GetRequiredService<StandardResiliencePipelines>();
            var keyOf = services.GetRequiredService<IOptionsMonitor<HttpPipelineKeys>>().Get(pipeline).KeyOf?.Invoke(services);
            return new ResilienceHandler(request => pipelines.Get(pipeline, keyOf?.Invoke(request) ?? ""));
        });
        return new Builder(pipeline, builder.Services);
    }

    /// <inheritdoc cref="AddStandardResilienceHandler(IHttpClientBuilder)" />
    public static IHttpStandardResiliencePipelineBuilder AddStandardResilienceHandler(this IHttpClientBuilder builder, IConfigurationSection section) =>
        builder.AddStandardResilienceHandler().Configure(section);

    /// <inheritdoc cref="AddStandardResilienceHandler(IHttpClientBuilder)" />
    public static IHttpStandardResiliencePipelineBuilder AddStandardResilienceHandler(this IHttpClientBuilder builder, Action<HttpStandardResilienceOptions> configure) =>
        builder.AddStandardResilienceHandler().Configure(configure);

    /// <summary>Binds the options.</summary>
    public static IHttpStandardResiliencePipelineBuilder Configure(this IHttpStandardResiliencePipelineBuilder builder, IConfigurationSection section)
    {
        builder.Services.Configure<HttpStandardResilienceOptions>(builder.PipelineName, section);
        return builder;
    }

    /// <summary>Changes the options.</summary>
    public static IHttpStandardResiliencePipelineBuilder Configure(this IHttpStandardResiliencePipelineBuilder builder, Action<HttpStandardResilienceOptions> configure)
    {
        builder.Services.Configure(builder.PipelineName, configure);
        return builder;
    }

    /// <summary>Changes the options with the help of services.</summary>
    public static IHttpStandardResiliencePipelineBuilder Configure(
        this IHttpStandardResiliencePipelineBuilder builder, Action<HttpStandardResilienceOptions, IServiceProvider> configure)
    {
        builder.Services.AddOptions<HttpStandardResilienceOptions>(builder.PipelineName).Configure(configure);
        return builder;
    }

    /// <summary>A pipeline of its own (breaker, limiter) for each scheme, host and port.</summary>
    public static IHttpStandardResiliencePipelineBuilder SelectPipelineByAuthority(this IHttpStandardResiliencePipelineBuilder builder) =>
        builder.SelectPipelineBy(_ => request => request.RequestUri?.GetLeftPart(UriPartial.Authority) ?? "");

    /// <summary>A pipeline of its own for each key. Keys are kept for ever: there must be few.</summary>
    public static IHttpStandardResiliencePipelineBuilder SelectPipelineBy(
        this IHttpStandardResiliencePipelineBuilder builder, Func<IServiceProvider, Func<HttpRequestMessage, string>> selectorFactory)
    {
        builder.Services.Configure<HttpPipelineKeys>(builder.PipelineName, keys => keys.KeyOf = selectorFactory);
        return builder;
    }

    private sealed record Builder(string PipelineName, IServiceCollection Services) : IHttpStandardResiliencePipelineBuilder;

    private sealed class HttpPipelineKeys
    {
        public Func<IServiceProvider, Func<HttpRequestMessage, string>>? KeyOf { get; set; }
    }
}
