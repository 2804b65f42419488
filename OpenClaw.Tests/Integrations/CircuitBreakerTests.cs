using OpenClaw.Core.Integrations;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Integrations;

/// <summary>What every integration of the registry promises, whatever its kind.</summary>
public sealed class CircuitBreakerTests
{
    private static readonly TimeSpan Break = TimeSpan.FromSeconds(5);
    private readonly ManualTimeProvider _time = new();

    public static TheoryData<string> Kinds => new("waha", "model", "skill");

    [Theory]
    [MemberData(nameof(Kinds))]
    public void It_opens_when_half_of_enough_calls_failed(string kind)
    {
        var integration = Of(kind);

        Fail(integration, 9);
        integration.IsClosed.ShouldBeTrue();
        Fail(integration, 1);

        var status = integration.Status;
        (status.State, status.Since, status.RetryAt).ShouldBe((BreakerState.Open, _time.GetUtcNow(), _time.GetUtcNow() + Break));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void While_it_is_open_nothing_is_called_and_everybody_is_told_until_when(string kind)
    {
        var integration = Opened(kind);

        var refusal = Should.Throw<IntegrationOpenException>(integration.Enter);

        refusal.Integration.ShouldStartWith(kind + ":");
        refusal.CallerIsSuspect.ShouldBeFalse();
        refusal.RetryAt.ShouldBeInRange(_time.GetUtcNow() + Break, _time.GetUtcNow() + (Break * 1.2));
        integration.WaitsUntil().ShouldNotBeNull().ShouldBeInRange(_time.GetUtcNow() + Break, _time.GetUtcNow() + (Break * 1.2));
        integration.Status.Running.ShouldBe(0);
    }

    [Fact]
    public void Mostly_answered_calls_keep_it_closed()
    {
        var integration = Of("model");

        for (var i = 0; i < 30; i++)
        {
            Succeed(integration, 3);
            Fail(integration, 2);
        }

        integration.IsClosed.ShouldBeTrue();
    }

    [Fact]
    public void What_failed_longer_ago_than_the_sampling_duration_is_forgotten()
    {
        var integration = Of("model");

        for (var i = 0; i < 40; i++)
        {
            Fail(integration, 1);
            _time.Advance(TimeSpan.FromSeconds(8));
        }

        integration.IsClosed.ShouldBeTrue();
    }

    [Fact]
    public void After_the_break_one_call_is_let_through_and_its_success_closes()
    {
        var integration = Opened("waha");
        _time.Advance(Break);

        integration.WaitsUntil().ShouldBeNull();
        var probe = integration.Enter();
        Should.Throw<IntegrationOpenException>(integration.Enter);
        integration.WaitsUntil().ShouldNotBeNull();
        integration.Status.State.ShouldBe(BreakerState.HalfOpen);
        probe.Succeeded();
        probe.Dispose();

        integration.Status.ShouldBe(new IntegrationStatus(integration.Name, integration.Kind, BreakerState.Closed, null, null));
        Fail(integration, 9);
        integration.IsClosed.ShouldBeTrue();
    }

    [Fact]
    public void Each_failed_probe_doubles_the_break_up_to_its_bound()
    {
        var integration = Opened("waha");
        var since = integration.Status.Since;

        foreach (var seconds in (double[])[5, 10, 20, 30, 30])
        {
            integration.Status.RetryAt.ShouldBe(_time.GetUtcNow() + TimeSpan.FromSeconds(seconds));
            _time.Advance(TimeSpan.FromSeconds(seconds));
            Fail(integration, 1);
        }

        integration.Status.Since.ShouldBe(since);
        _time.Advance(TimeSpan.FromSeconds(30));
        Succeed(integration, 1);
        Fail(integration, 10);
        integration.Status.RetryAt.ShouldBe(_time.GetUtcNow() + Break);
    }

    [Fact]
    public void A_probe_that_was_given_up_leaves_its_place_to_the_next()
    {
        var integration = Opened("waha");
        _time.Advance(Break);

        integration.Enter().Dispose();

        Succeed(integration, 1);
        integration.IsClosed.ShouldBeTrue();
    }

    [Fact]
    public void A_slow_probe_does_not_keep_others_from_trying_and_still_counts()
    {
        var integration = Opened("model");
        _time.Advance(Break);
        using var slow = integration.Enter();
        _time.Advance(Break);
        using var second = integration.Enter();

        slow.Succeeded();
        second.Failed();

        integration.IsClosed.ShouldBeTrue();
    }

    [Fact]
    public void Calls_that_began_before_it_opened_say_nothing_about_it_now()
    {
        var integration = Of("model");
        using var old = integration.Enter();
        using var older = integration.Enter();
        Fail(integration, 10);
        var status = integration.Status;

        old.Succeeded();
        integration.Status.ShouldBe(status);
        _time.Advance(Break);
        older.Failed();

        integration.WaitsUntil().ShouldBeNull();
    }

    [Theory]
    [InlineData(3, 5)]
    [InlineData(77, 77)]
    [InlineData(7200, 120)]
    public void Retry_after_makes_the_break_longer_within_bounds(int asked, int expected)
    {
        var integration = Of("model");
        Fail(integration, 9);

        using (var call = integration.Enter())
            call.Failed(TimeSpan.FromSeconds(asked));

        integration.Status.RetryAt.ShouldBe(_time.GetUtcNow() + TimeSpan.FromSeconds(expected));
    }

    [Fact]
    public void Calls_beside_the_main_ones_count_when_they_fail()
    {
        var integration = Of("waha");
        using var late = integration.TryEnterAside().ShouldNotBeNull();
        for (var i = 0; i < 10; i++)
            FailAside(integration);
        integration.IsClosed.ShouldBeFalse();

        integration.TryEnterAside().ShouldBeNull();
        late.Failed();
        integration.Status.RetryAt.ShouldBe(_time.GetUtcNow() + Break);
        late.Dispose();
        _time.Advance(Break);
        FailAside(integration);

        integration.Status.RetryAt.ShouldBe(_time.GetUtcNow() + (Break * 2));
    }

    [Fact]
    public void As_long_as_it_is_not_closed_there_is_one_call_aside_at_a_time_and_lanes_wait_for_it()
    {
        var integration = Opened("waha");
        _time.Advance(Break);

        var aside = integration.TryEnterAside().ShouldNotBeNull();
        integration.TryEnterAside().ShouldBeNull();
        integration.WaitsUntil().ShouldNotBeNull();
        aside.Dispose();
        aside.Dispose();

        integration.WaitsUntil().ShouldBeNull();
        integration.Status.Running.ShouldBe(0);
        Succeed(integration, 1);
        using var first = integration.TryEnterAside().ShouldNotBeNull();
        using var second = integration.TryEnterAside().ShouldNotBeNull();
        integration.WaitsUntil().ShouldBeNull();
    }

    [Fact]
    public void Only_the_first_word_about_a_call_counts()
    {
        var integration = Opened("waha");
        _time.Advance(Break);

        using (var probe = integration.Enter())
        {
            probe.Failed();
            probe.Succeeded();
        }

        integration.IsClosed.ShouldBeFalse();
    }

    [Fact]
    public async Task Of_many_that_come_at_once_one_is_the_probe()
    {
        var integration = Opened("waha");
        _time.Advance(Break);
        using var start = new ManualResetEventSlim();
        var calls = Enumerable.Range(0, 16).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.Wait();
                try
                {
                    return integration.Enter();
                }
                catch (IntegrationOpenException)
                {
                    return null;
                }
            },
            TaskCreationOptions.LongRunning)).ToList();

        start.Set();

        (await Task.WhenAll(calls)).Count(call => call is not null).ShouldBe(1);
        integration.Status.Running.ShouldBe(1);
    }

    private Integration Opened(string kind)
    {
        var integration = Of(kind);
        Fail(integration, 10);
        return integration;
    }

    private Integration Of(string kind)
    {
        var registry = IntegrationsOf.Process(_time, options => options.Skills.MaxConcurrency = 0);
        return kind switch
        {
            "waha" => registry.Waha("default"),
            "model" => registry.Model("main"),
            _ => registry.Skill("run_command"),
        };
    }

    private static void FailAside(Integration integration)
    {
        using var call = integration.TryEnterAside().ShouldNotBeNull();
        call.Failed();
    }

    private static void Fail(Integration integration, int times)
    {
        for (var i = 0; i < times; i++)
        {
            using var call = integration.Enter();
            call.Failed();
        }
    }

    private static void Succeed(Integration integration, int times)
    {
        for (var i = 0; i < times; i++)
        {
            using var call = integration.Enter();
            call.Succeeded();
        }
    }
}
