using Microsoft.Extensions.Diagnostics.HealthChecks;
using OpenClaw.Gateway.Flow;
using OpenClaw.Gateway.Health;
using OpenClaw.Tests.Infrastructure;
using OpenClaw.Tests.Sessions;

namespace OpenClaw.Tests.Health;

/// <summary>Degraded where facts contradict flow, never because nobody writes.</summary>
public sealed class FlowTests
{
    [Fact]
    public async Task A_silent_night_is_healthy_and_its_facts_are_told()
    {
        await using var rig = await KeeperRig.StartAsync();
        var process = rig.NewProcess();
        process.Get<FlowWatch>().Listens();
        await process.TellAsync("WORKING");

        await process.RunAsync(TimeSpan.FromHours(8));

        var result = await CheckAsync(process);
        result.Status.ShouldBe(HealthStatus.Healthy);
        result.Data.Keys.ShouldBe(["sessions", "waiting"]);
    }

    [Fact]
    public async Task Messages_that_no_webhook_delivered_are_told_with_the_next_step_until_a_webhook_comes()
    {
        await using var rig = await KeeperRig.StartAsync();
        var process = rig.NewProcess();
        process.Get<FlowWatch>().Listens();
        await process.TellAsync("WORKING");
        await process.RunAsync(TimeSpan.FromMinutes(1));
        process.Get<FlowBoard>().Missed("default", rig.Time.GetUtcNow());
        await process.RunAsync(TimeSpan.FromMinutes(8));
        (await CheckAsync(process)).Status.ShouldBe(HealthStatus.Healthy);

        await process.RunAsync(TimeSpan.FromMinutes(2));
        var broken = await CheckAsync(process);
        process.Get<FlowBoard>().Event("default");
        rig.Time.Advance(TimeSpan.FromSeconds(4));

        (broken.Status, broken.Description!.Contains("Waha__WebhookUrl", StringComparison.Ordinal)).ShouldBe((HealthStatus.Degraded, true));
        (await CheckAsync(process)).Status.ShouldBe(HealthStatus.Healthy);
    }

    [Fact]
    public async Task A_session_that_works_and_does_not_answer_is_told_after_some_minutes_also_by_another_process()
    {
        await using var rig = await KeeperRig.StartAsync();
        var process = rig.NewProcess();
        process.Get<FlowWatch>().Listens();
        await process.TellAsync("WORKING");
        await process.Get<FlowWatch>().SaveAsync(rig.Patience);
        var other = rig.NewProcess();
        other.Get<FlowWatch>().Listens();
        rig.Time.Advance(TimeSpan.FromSeconds(269));
        (await CheckAsync(other)).Status.ShouldBe(HealthStatus.Healthy);

        rig.Time.Advance(TimeSpan.FromSeconds(5));

        (await CheckAsync(other)).Description.ShouldNotBeNull().ShouldContain("Waha__BaseUrl");
    }

    private static Task<HealthCheckResult> CheckAsync(KeeperProcess process) => process.Get<FlowCheck>().CheckHealthAsync(new HealthCheckContext());
}
