namespace OpenClaw.Tests.Split;

/// <summary>Redis appears after everybody else.</summary>
public abstract class LateRedisContract : IAsyncLifetime
{
    private SplitSystem _system = null!;

    private protected abstract SplitStore NewStore();

    public async Task InitializeAsync() => _system = await SplitSystem.StartAsync(NewStore(), workers: 1, withRedis: false);

    public async Task DisposeAsync() => await _system.DisposeAsync();

    [Fact]
    public async Task Absent_at_start_webhooks_are_taken_and_answered_once_it_is_there()
    {
        await _system.SendAsync("early");
        (await _system.Gateway.HealthAsync(_system.Patience)).ShouldBe("degraded");

        await _system.Redis.RestartAsync();

        (await _system.AnswersAsync(1)).ShouldBe(["early"]);
        await _system.Workers[0].WaitForHealthAsync("healthy", _system.Patience);
    }
}
