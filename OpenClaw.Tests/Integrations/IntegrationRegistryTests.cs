using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenClaw.Core.Health;
using OpenClaw.Core.Integrations;
using OpenClaw.Core.Queue;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Integrations;

public sealed class IntegrationRegistryTests
{
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void Everybody_gets_the_same_integration_by_its_name_and_each_is_broken_alone()
    {
        var registry = IntegrationsOf.Process(_time, sessions: ["default", "sales"]);
        Open(registry.Waha("sales"));

        registry.Waha("sales").ShouldBeSameAs(registry.Waha("sales"));
        registry.Waha("sales").WaitsUntil().ShouldNotBeNull();
        registry.Waha("default").WaitsUntil().ShouldBeNull();
        registry.Model("main").WaitsUntil().ShouldBeNull();
        registry.All.Select(status => (status.Name, status.State)).ShouldBe(
            [("database", BreakerState.Closed), ("model:main", BreakerState.Closed), ("waha:default", BreakerState.Closed), ("waha:sales", BreakerState.Open)]);
    }

    [Theory]
    [InlineData(1, 64, null, null)]
    [InlineData(2, 64, null, 48)]
    [InlineData(2, 1, null, 1)]
    [InlineData(2, null, null, null)]
    [InlineData(1, 64, 5, 5)]
    [InlineData(2, 64, 0, null)]
    public void A_session_beside_others_may_not_take_all_slots(int sessions, int? slots, int? configured, int? expected)
    {
        var registry = IntegrationsOf.Process(_time, options => options.Waha.MaxConcurrency = configured, slots, sessions: [.. Enumerable.Range(0, sessions).Select(i => $"s{i}")]);

        registry.Waha("s0").Status.MaxConcurrency.ShouldBe(expected);
        registry.Model("main").Status.MaxConcurrency.ShouldBeNull();
    }

    [Fact]
    public void When_every_place_is_taken_the_next_is_put_off_and_nothing_has_failed()
    {
        var registry = IntegrationsOf.Process(_time, options => options.Waha.MaxConcurrency = 2);
        var integration = registry.Waha("default");
        var first = integration.Enter();
        using var second = integration.Enter();

        Should.Throw<IntegrationOpenException>(integration.Enter).RetryAt.ShouldBeGreaterThan(_time.GetUtcNow());
        integration.WaitsUntil().ShouldNotBeNull();
        first.Dispose();
        first.Dispose();

        integration.WaitsUntil().ShouldBeNull();
        using var third = integration.Enter();
        (integration.Status.Running, integration.IsClosed).ShouldBe((2, true));
    }

    [Fact]
    public void State_and_transitions_are_metrics_with_the_fixed_name()
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        var registry = IntegrationsOf.Process(_time, meters: meters);
        var integration = registry.Waha("metrics-test");
        var transitions = new ConcurrentQueue<string>();
        var states = new ConcurrentQueue<int>();
        using var listener = Listen(meters, "waha:metrics-test", states, transitions);

        listener.RecordObservableInstruments();
        Open(integration);
        listener.RecordObservableInstruments();
        _time.Advance(TimeSpan.FromSeconds(5));
        using (var probe = integration.Enter())
        {
            listener.RecordObservableInstruments();
            probe.Succeeded();
        }

        listener.RecordObservableInstruments();
        states.ShouldBe([0, 2, 1, 0]);
        transitions.ShouldBe(["open 1", "half_open 1", "closed 1"]);
    }

    [Theory]
    [InlineData("redis")]
    [InlineData("database")]
    public void State_and_transitions_of_what_looks_after_itself_are_metrics_too(string name)
    {
        using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        var engine = new Engine();
        var registry = IntegrationsOf.Process(_time, engine: engine, meters: meters);
        var transitions = new ConcurrentQueue<string>();
        var states = new ConcurrentQueue<int>();
        using var listener = Listen(meters, name, states, transitions);

        listener.RecordObservableInstruments();
        engine.DownSince = _time.GetUtcNow();
        registry.Database.Failed();
        listener.RecordObservableInstruments();
        engine.DownSince = null;
        registry.Database.Succeeded();
        listener.RecordObservableInstruments();

        states.ShouldBe([0, 2, 0]);
        transitions.ShouldBe(["open 1", "closed 1"]);
    }

    [Fact]
    public void Redis_and_the_database_look_after_themselves_and_are_only_reported()
    {
        var engine = new Engine();
        var registry = IntegrationsOf.Process(_time, engine: engine);
        registry.All.ShouldAllBe(status => status.State == BreakerState.Closed);

        engine.DownSince = _time.GetUtcNow();
        registry.Database.Failed();
        _time.Advance(TimeSpan.FromSeconds(3));
        registry.Database.Failed();

        registry.All.ShouldBe(
        [
            new IntegrationStatus("database", IntegrationKind.Database, BreakerState.Open, engine.DownSince, null),
            new IntegrationStatus("redis", IntegrationKind.Redis, BreakerState.Open, engine.DownSince, null),
        ]);
        engine.DownSince = null;
        registry.Database.Succeeded();
        registry.All.ShouldAllBe(status => status.State == BreakerState.Closed);
    }

    [Fact]
    public async Task While_all_answer_health_has_nothing_to_say()
    {
        var registry = IntegrationsOf.Process(_time);
        registry.Waha("default");
        registry.Database.Failed();

        var result = await new IntegrationsCheck(registry).CheckHealthAsync(new HealthCheckContext());

        (result.Status, result.Description).ShouldBe((HealthStatus.Healthy, null));
    }

    [Fact]
    public async Task An_operator_reads_which_one_since_when_what_waits_and_when_it_is_tried_again()
    {
        var registry = IntegrationsOf.Process(_time);
        Open(registry.Waha("sales"));
        _time.Advance(TimeSpan.FromSeconds(1));
        Open(registry.Skill("run_command"));
        Open(registry.Model("main"));

        var result = await new IntegrationsCheck(registry).CheckHealthAsync(new HealthCheckContext());

        result.Status.ShouldBe(HealthStatus.Degraded);
        result.Description.ShouldNotBeNull().Split(". ").ShouldBe(
        [
            "the model main does not answer since 2026-11-22T10:43:01Z; messages are taken in and safe, answers wait; tried again at 10:43:06Z",
            "the skill run_command does not answer since 2026-11-22T10:43:01Z; the model is told so and answers without it; tried again at 10:43:06Z",
            "the WhatsApp session sales does not answer since 2026-11-22T10:43:00Z; its messages are taken in and safe, its answers wait, other sessions go on; tried again at 10:43:05Z",
        ]);
    }

    [Fact]
    public async Task While_the_probe_is_on_its_way_health_says_so()
    {
        var registry = IntegrationsOf.Process(_time);
        Open(registry.Model("main"));
        _time.Advance(TimeSpan.FromSeconds(5));
        using var probe = registry.Model("main").Enter();

        (await new IntegrationsCheck(registry).CheckHealthAsync(new HealthCheckContext())).Description.ShouldNotBeNull().ShouldEndWith("it is being tried now");
    }

    [Theory]
    [InlineData("FailureRatio", 0.0)]
    [InlineData("FailureRatio", 1.1)]
    [InlineData("FailureRatio", double.NaN)]
    [InlineData("MinimumThroughput", 1.0)]
    [InlineData("SamplingDuration", 0.1)]
    [InlineData("SamplingDuration", 864000.0)]
    [InlineData("BreakDuration", 0.0)]
    [InlineData("LongestBreak", 4.0)]
    [InlineData("MaxConcurrency", -1.0)]
    public void A_bound_that_makes_no_sense_is_refused_by_its_key(string key, double value)
    {
        var options = new ResilienceOptions();
        Set(options.Model, key, value);

        new ResilienceOptionsValidator().Validate(null, options).FailureMessage.ShouldNotBeNull().ShouldStartWith($"Resilience__Model__{key} ");
        new ResilienceOptionsValidator().Validate(null, new ResilienceOptions()).Succeeded.ShouldBeTrue();
    }

    private static void Set(IntegrationOptions options, string key, double value)
    {
        var property = typeof(IntegrationOptions).GetProperty(key)!;
        object boxed = property.PropertyType == typeof(TimeSpan) ? TimeSpan.FromSeconds(value) : value;
        property.SetValue(options, property.PropertyType == typeof(int) || property.PropertyType == typeof(int?) ? (int)value : boxed);
    }

    private static void Open(Integration integration)
    {
        while (integration.IsClosed)
        {
            using var call = integration.Enter();
            call.Failed();
        }
    }

    /// <summary>Hears the registry of this factory alone: others of the same process have a database, too.</summary>
    private static MeterListener Listen(IMeterFactory meters, string name, ConcurrentQueue<int> states, ConcurrentQueue<string> transitions)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "OpenClaw.Integrations" && ReferenceEquals(instrument.Meter.Scope, meters))
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if ((string?)Tag(tags, "openclaw.integration") == name && instrument.Name == "openclaw.breaker.transitions")
                transitions.Enqueue($"{Tag(tags, "openclaw.breaker.to")} {value}");
        });
        listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) =>
        {
            if ((string?)Tag(tags, "openclaw.integration") == name && instrument.Name == "openclaw.breaker.state")
                states.Enqueue(value);
        });
        listener.Start();
        return listener;
    }

    private static object? Tag(ReadOnlySpan<KeyValuePair<string, object?>> tags, string name)
    {
        foreach (var tag in tags)
        {
            if (tag.Key == name)
                return tag.Value;
        }

        return null;
    }

    private sealed class Engine : IEngineStatus
    {
        public bool IsUp => DownSince is null;

        public DateTimeOffset? DownSince { get; set; }
    }

    [Fact]
    public void Pauses_double_up_to_the_longest_and_never_overflow()
    {
        var rule = new RepeatRule("outbox", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30));
        Enumerable.Range(0, 8).Select(failures => rule.After(failures).TotalSeconds).ShouldBe([0, 1, 2, 4, 8, 16, 30, 30]);
        rule.After(int.MaxValue).ShouldBe(TimeSpan.FromSeconds(30));
    }
}
