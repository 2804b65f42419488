using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using OpenClaw.Tests.Infrastructure;
using OpenClaw.Worker.Health;
using OpenClaw.Worker.Inbox;

namespace OpenClaw.Tests.Inbox;

public sealed class ConsumerCheckTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly ConsumerPulse _pulse;

    public ConsumerCheckTests() => _pulse = new ConsumerPulse(_time);

    [Fact]
    public async Task A_loop_that_goes_round_is_healthy_and_one_that_stands_still_is_not()
    {
        _time.Advance(TimeSpan.FromSeconds(29));
        (await CheckAsync()).Status.ShouldBe(HealthStatus.Healthy);

        _time.Advance(TimeSpan.FromSeconds(1));
        var stuck = await CheckAsync();
        stuck.Status.ShouldBe(HealthStatus.Unhealthy);
        stuck.Description.ShouldBe("no lane was looked for in the last 30 s; restart this process");

        _pulse.Beat();
        (await CheckAsync()).Status.ShouldBe(HealthStatus.Healthy);
    }

    [Fact]
    public async Task A_loop_that_waits_for_slow_models_is_busy_not_stuck()
    {
        _pulse.WaitsForSlot();
        _time.Advance(TimeSpan.FromHours(1));

        var busy = await CheckAsync();

        (busy.Status, busy.Description).ShouldBe((HealthStatus.Healthy, "all 7 slots are taken"));
    }

    private Task<HealthCheckResult> CheckAsync() =>
        new ConsumerCheck(_pulse, Options.Create(new WorkerOptions { Concurrency = 7 })).CheckHealthAsync(new HealthCheckContext());
}
