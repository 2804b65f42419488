using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenClaw.Core.Health;
using OpenClaw.Core.Queue;

namespace OpenClaw.Tests.Health;

public sealed class EngineCheckTests
{
    [Fact]
    public async Task While_Redis_answers_there_is_nothing_to_say()
    {
        var result = await CheckAsync(new Engine(IsUp: true, DownSince: null));

        (result.Status, result.Description).ShouldBe((HealthStatus.Healthy, null));
    }

    [Fact]
    public async Task Without_it_the_process_is_degraded_and_says_since_when_and_what_that_means()
    {
        var result = await CheckAsync(new Engine(IsUp: false, new DateTimeOffset(2026, 11, 22, 12, 0, 5, TimeSpan.FromHours(-3))));

        result.Status.ShouldBe(HealthStatus.Degraded);
        result.Description.ShouldBe("does not answer since 2026-11-22T15:00:05Z; messages are taken in and safe, answers wait until it is back");
    }

    private static Task<HealthCheckResult> CheckAsync(Engine engine) => new EngineCheck(engine).CheckHealthAsync(new HealthCheckContext());

    private sealed record Engine(bool IsUp, DateTimeOffset? DownSince) : IEngineStatus;
}
