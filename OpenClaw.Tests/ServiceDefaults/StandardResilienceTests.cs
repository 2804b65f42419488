using System.Collections.Concurrent;
using System.Net;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using OpenClaw.ServiceDefaults.Resilience;
using OpenClaw.Tests.Infrastructure;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;

namespace OpenClaw.Tests.ServiceDefaults;

/// <summary>The standard handler over a network made of a delegate; the clock is moved by hand.</summary>
public sealed class StandardResilienceTests : IDisposable
{
    private readonly ManualTimeProvider _time = new();
    private readonly ConcurrentQueue<HttpRequestMessage> _sent = new();
    private readonly List<TimeSpan> _pauses = [];
    private readonly CancellationTokenSource _patience = new(TimeSpan.FromSeconds(60));
    private ServiceProvider? _services;
    private Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> _network = (_, _) => Answer(200);

    public void Dispose()
    {
        _services?.Dispose();
        _patience.Dispose();
    }

    [Fact]
    public void Names_and_defaults_are_the_librarys()
    {
        var options = new HttpStandardResilienceOptions();

        options.RateLimiter.Name.ShouldBe("Standard-RateLimiter");
        options.RateLimiter.RateLimiter.ShouldBeNull();
        (options.RateLimiter.DefaultRateLimiterOptions.PermitLimit, options.RateLimiter.DefaultRateLimiterOptions.QueueLimit).ShouldBe((1000, 0));
        (options.TotalRequestTimeout.Name, options.TotalRequestTimeout.Timeout).ShouldBe(("Standard-TotalRequestTimeout", TimeSpan.FromSeconds(30)));
        (options.Retry.Name, options.Retry.MaxRetryAttempts, options.Retry.Delay).ShouldBe(("Standard-Retry", 3, TimeSpan.FromSeconds(2)));
        (options.Retry.BackoffType, options.Retry.UseJitter, options.Retry.ShouldRetryAfterHeader).ShouldBe((DelayBackoffType.Exponential, true, true));
        (options.CircuitBreaker.Name, options.CircuitBreaker.FailureRatio, options.CircuitBreaker.MinimumThroughput).ShouldBe(("Standard-CircuitBreaker", 0.1, 100));
        (options.CircuitBreaker.SamplingDuration, options.CircuitBreaker.BreakDuration).ShouldBe((TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(5)));
        (options.AttemptTimeout.Name, options.AttemptTimeout.Timeout).ShouldBe(("Standard-AttemptTimeout", TimeSpan.FromSeconds(10)));
        new HttpStandardResilienceOptionsValidator().Validate("x", options).Succeeded.ShouldBeTrue();
    }

    [Fact]
    public async Task What_passes_on_the_third_repetition_is_answered()
    {
        _network = (_, _) => Answer(_sent.Count < 4 ? 503 : 200);

        using var response = await SettleAsync(Client().GetAsync("a"));

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        _sent.Count.ShouldBe(4);
        // Polly's jitter spreads around 2, 4 and 8 s.
        _pauses.Count.ShouldBe(3);
        _pauses.ShouldAllBe(pause => pause > TimeSpan.Zero && pause < TimeSpan.FromSeconds(20));
        _pauses.Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public async Task After_the_third_repetition_the_last_answer_is_the_callers()
    {
        _network = (_, _) => Answer(500);

        using var response = await SettleAsync(Client().GetAsync("a"));

        response.StatusCode.ShouldBe(HttpStatusCode.InternalServerError);
        _sent.Count.ShouldBe(4);
    }

    [Fact]
    public async Task Without_jitter_the_pauses_double()
    {
        _network = (_, _) => throw new HttpRequestException("away");

        await Should.ThrowAsync<HttpRequestException>(SettleAsync(Client(options => options.Retry.UseJitter = false).GetAsync("a")));

        _pauses.ShouldBe([TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4), TimeSpan.FromSeconds(8)]);
    }

    [Theory]
    [InlineData(true, 7)]
    [InlineData(false, 2)]
    public async Task Retry_after_is_obeyed_unless_switched_off(bool obeyed, int seconds)
    {
        _network = (_, _) => Answer(_sent.Count == 1 ? 429 : 200, response => response.Headers.Add("Retry-After", "7"));
        var client = Client(options => (options.Retry.UseJitter, options.Retry.ShouldRetryAfterHeader) = (false, obeyed));

        using var response = await SettleAsync(client.GetAsync("a"));

        _pauses.ShouldBe([TimeSpan.FromSeconds(seconds)]);
    }

    [Fact]
    public async Task A_date_in_retry_after_is_a_moment_of_the_same_clock()
    {
        // Nothing waits before the first answer, so the clock has not moved by then.
        var moment = _time.GetUtcNow() + TimeSpan.FromMinutes(5);
        _network = (_, _) => Answer(_sent.Count == 1 ? 503 : 200, response => response.Headers.RetryAfter = new(moment));

        using var response = await SettleAsync(Client().GetAsync("a"));

        _pauses.ShouldBe([TimeSpan.FromMinutes(5)]);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(401)]
    [InlineData(404)]
    [InlineData(422)]
    public async Task A_refusal_is_not_repeated(int status)
    {
        _network = (_, _) => Answer(status);

        using var response = await SettleAsync(Client().GetAsync("a"));

        ((int)response.StatusCode, _sent.Count).ShouldBe((status, 1));
    }

    public static TheoryData<string, string, int> Repetitions => new()
    {
        { "GET", "500", 4 },
        { "PUT", "500", 4 },
        { "DELETE", "500", 4 },
        { "POST", "500", 1 },
        { "PATCH", "500", 1 },
        { "POST", "cut", 1 },
        { "POST", "429", 4 },
        { "POST", "refused", 4 },
    };

    [Theory]
    [MemberData(nameof(Repetitions))]
    public async Task What_may_have_been_done_is_not_done_again_blindly(string method, string failure, int sent)
    {
        _network = (_, _) => Fails(failure);

        await SettleAnyhowAsync(Client().SendAsync(new HttpRequestMessage(new HttpMethod(method), "a")));

        _sent.Count.ShouldBe(sent);
    }

    [Theory]
    [InlineData("POST", "429")]
    [InlineData("POST", "refused")]
    [InlineData("PUT", "500")]
    [InlineData("DELETE", "500")]
    [InlineData("PATCH", "429")]
    public async Task Unsafe_methods_can_be_left_out_altogether(string method, string failure)
    {
        _network = (_, _) => Fails(failure);
        var client = Client(options => options.Retry.DisableForUnsafeHttpMethods());

        await SettleAnyhowAsync(client.SendAsync(new HttpRequestMessage(new HttpMethod(method), "a")));
        _sent.Count.ShouldBe(1);
        await SettleAnyhowAsync(client.GetAsync("a"));
        _sent.Count.ShouldBe(5);
    }

    [Fact]
    public async Task Who_knows_that_a_post_may_be_repeated_can_say_so()
    {
        _network = (_, _) => Answer(500);

        await SettleAnyhowAsync(Client(options => options.Retry.RepeatUncertainRequests = true).PostAsync("a", new StringContent("x")));

        _sent.Count.ShouldBe(4);
    }

    [Fact]
    public async Task An_attempt_that_takes_too_long_is_given_up_and_repeated()
    {
        _network = async (_, cancellationToken) =>
        {
            if (_sent.Count > 1)
                return await Answer(200);
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return await Answer(500);
        };

        using var response = await SettleAsync(Client().GetAsync("a"));

        (response.StatusCode, _sent.Count).ShouldBe((HttpStatusCode.OK, 2));
    }

    [Fact]
    public async Task The_whole_request_ends_with_the_total_timeout_however_many_attempts_are_left()
    {
        _network = async (_, cancellationToken) =>
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return await Answer(500);
        };

        var failure = await Should.ThrowAsync<TimeoutRejectedException>(SettleAsync(Client(options => options.TotalRequestTimeout.Timeout = TimeSpan.FromSeconds(15)).GetAsync("a")));

        failure.Timeout.ShouldBe(TimeSpan.FromSeconds(15));
        _sent.Count.ShouldBeLessThan(3);
    }

    [Fact]
    public async Task The_callers_own_cancellation_is_no_failure()
    {
        using var caller = new CancellationTokenSource();
        _network = async (_, cancellationToken) =>
        {
            await caller.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return await Answer(500);
        };

        await Should.ThrowAsync<OperationCanceledException>(Client().GetAsync("a", caller.Token));

        _sent.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_tenth_of_a_hundred_failures_opens_the_breaker_and_after_its_break_one_call_decides()
    {
        var fails = true;
        _network = (_, _) => Answer(fails && _sent.Count % 5 == 0 ? 500 : 200);
        var client = Client(options => options.Retry.DisableFor(HttpMethod.Get));
        for (var i = 0; i < 100; i++)
            (await client.GetAsync("a")).Dispose();

        await Should.ThrowAsync<BrokenCircuitException>(client.GetAsync("a"));
        _sent.Count.ShouldBe(100);
        fails = false;
        _time.Advance(TimeSpan.FromSeconds(5));
        // The factory gives a new handler with every client of its own; the breaker is the same.
        (await Named("api").GetAsync("a")).StatusCode.ShouldBe(HttpStatusCode.OK);
        (await client.GetAsync("a")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task More_requests_at_once_than_permitted_are_refused_before_they_are_sent()
    {
        var gate = new TaskCompletionSource();
        _network = async (_, _) =>
        {
            await gate.Task;
            return await Answer(200);
        };
        var rejected = 0;
        var client = Client(options =>
        {
            options.RateLimiter.DefaultRateLimiterOptions.PermitLimit = 2;
            options.RateLimiter.OnRejected = _ =>
            {
                rejected++;
                return default;
            };
        });
        var running = new[] { client.GetAsync("a"), client.GetAsync("b") };

        await Should.ThrowAsync<RateLimiterRejectedException>(client.GetAsync("c"));
        (_sent.Count, rejected).ShouldBe((2, 1));
        gate.SetResult();
        foreach (var response in await Task.WhenAll(running))
            response.Dispose();

        (await client.GetAsync("d")).StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_limiter_of_ones_own_is_asked_and_its_retry_after_handed_on()
    {
        using var limiter = new FixedWindowRateLimiter(new FixedWindowRateLimiterOptions { PermitLimit = 1, Window = TimeSpan.FromHours(1), AutoReplenishment = false });
        var client = Client(options => options.RateLimiter.RateLimiter = args => limiter.AcquireAsync(1, args.Context.CancellationToken));
        (await client.GetAsync("a")).Dispose();

        var refusal = await Should.ThrowAsync<RateLimiterRejectedException>(client.GetAsync("b"));

        refusal.RetryAfter.ShouldNotBeNull();
    }

    [Fact]
    public async Task With_a_pipeline_for_each_authority_one_broken_host_leaves_the_others_alone()
    {
        _network = (request, _) => Answer(request.RequestUri!.Host == "broken.test" ? 500 : 200);
        var client = Client(
            options =>
            {
                options.Retry.DisableFor(HttpMethod.Get);
                options.CircuitBreaker.MinimumThroughput = 2;
            },
            builder => builder.SelectPipelineByAuthority());
        for (var i = 0; i < 2; i++)
            (await client.GetAsync("http://broken.test/")).Dispose();

        await Should.ThrowAsync<BrokenCircuitException>(client.GetAsync("http://broken.test/"));
        (await client.GetAsync("http://healthy.test/")).StatusCode.ShouldBe(HttpStatusCode.OK);
        await Should.ThrowAsync<BrokenCircuitException>(client.GetAsync("http://broken.test/other"));
    }

    [Fact]
    public void Options_come_from_configuration_too()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Api:Retry:MaxRetryAttempts"] = "5",
            ["Api:TotalRequestTimeout:Timeout"] = "00:01:00",
            ["Api:CircuitBreaker:FailureRatio"] = "0.4",
            ["Api:RateLimiter:DefaultRateLimiterOptions:PermitLimit"] = "7",
        }).Build();
        var services = new ServiceCollection();
        services.AddHttpClient("api").AddStandardResilienceHandler(configuration.GetSection("Api"));
        using var provider = services.BuildServiceProvider();

        var options = provider.GetRequiredService<IOptionsMonitor<HttpStandardResilienceOptions>>().Get("api-standard");

        (options.Retry.MaxRetryAttempts, options.TotalRequestTimeout.Timeout, options.CircuitBreaker.FailureRatio, options.RateLimiter.DefaultRateLimiterOptions.PermitLimit)
            .ShouldBe((5, TimeSpan.FromMinutes(1), 0.4, 7));
    }

    public static TheoryData<string, Action<HttpStandardResilienceOptions>> Contradictions => new()
    {
        { "TotalRequestTimeout", options => options.TotalRequestTimeout.Timeout = options.AttemptTimeout.Timeout },
        { "TotalRequestTimeout", options => options.TotalRequestTimeout.Timeout = TimeSpan.FromSeconds(9) },
        { "SamplingDuration", options => options.CircuitBreaker.SamplingDuration = TimeSpan.FromSeconds(19) },
        { "MaxRetryAttempts", options => options.Retry.MaxRetryAttempts = 0 },
        { "MinimumThroughput", options => options.CircuitBreaker.MinimumThroughput = 1 },
        { "DefaultRateLimiterOptions", options => options.RateLimiter.DefaultRateLimiterOptions.PermitLimit = 0 },
        { "strategies", options => options.Retry = null! },
    };

    [Theory]
    [MemberData(nameof(Contradictions))]
    internal void Strategies_that_contradict_each_other_are_refused(string named, Action<HttpStandardResilienceOptions> change)
    {
        Client(change);

        Should.Throw<OptionsValidationException>(() => _services!.GetRequiredService<IStartupValidator>().Validate()).Message.ShouldContain(named);
    }

    private static Task<HttpResponseMessage> Answer(int status, Action<HttpResponseMessage>? change = null)
    {
        var response = new HttpResponseMessage((HttpStatusCode)status);
        change?.Invoke(response);
        return Task.FromResult(response);
    }

    private static Task<HttpResponseMessage> Fails(string failure) => failure switch
    {
        "refused" => throw new HttpRequestException(HttpRequestError.ConnectionError, "refused"),
        "cut" => throw new HttpRequestException(HttpRequestError.ResponseEnded, "cut"),
        _ => Answer(int.Parse(failure, System.Globalization.CultureInfo.InvariantCulture)),
    };

    private HttpClient Client(Action<HttpStandardResilienceOptions>? change = null, Action<IHttpStandardResiliencePipelineBuilder>? build = null)
    {
        var services = new ServiceCollection().AddSingleton<TimeProvider>(_time);
        var pipeline = services.AddHttpClient("api", client => client.BaseAddress = new Uri("http://api.test/"))
            .ConfigurePrimaryHttpMessageHandler(() => new Network(this))
            .AddStandardResilienceHandler(options =>
            {
                // The clock is moved until there is an answer, and so further than needed.
                options.TotalRequestTimeout.Timeout = TimeSpan.FromHours(12);
                options.Retry.OnRetry = args =>
                {
                    _pauses.Add(args.RetryDelay);
                    return default;
                };
                change?.Invoke(options);
            });
        build?.Invoke(pipeline);
        _services = services.BuildServiceProvider();
        return Named("api");
    }

    private HttpClient Named(string name) => _services!.GetRequiredService<IHttpClientFactory>().CreateClient(name);

    private async Task<HttpResponseMessage> SettleAsync(Task<HttpResponseMessage> sending)
    {
        await Eventually.TrueAsync(
            () =>
            {
                if (!sending.IsCompleted)
                    _time.Advance(TimeSpan.FromSeconds(1));
                return sending.IsCompleted;
            },
            _patience.Token);
        return await sending;
    }

    private async Task SettleAnyhowAsync(Task<HttpResponseMessage> sending)
    {
        try
        {
            (await SettleAsync(sending)).Dispose();
        }
        catch (HttpRequestException)
        {
        }
    }

    private sealed class Network(StandardResilienceTests test) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            test._sent.Enqueue(request);
            return test._network(request, cancellationToken);
        }
    }
}
