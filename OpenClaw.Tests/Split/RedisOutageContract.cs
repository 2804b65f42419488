using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Split;

/// <summary>Redis may go and come back, empty or not, at any time: webhooks are taken, nothing is lost, and work goes on.</summary>
public abstract class RedisOutageContract : IAsyncLifetime
{
    private SplitSystem _system = null!;

    private protected abstract SplitStore NewStore();

    public async Task InitializeAsync() => _system = await SplitSystem.StartAsync(NewStore(), workers: 2);

    public async Task DisposeAsync() => await _system.DisposeAsync();

    [Fact]
    public async Task Killed_and_back_empty_nothing_is_lost_and_webhooks_are_taken_meanwhile()
    {
        await _system.SendAsync("before");
        await _system.AnswersAsync(1);

        await _system.Redis.KillAsync();
        await _system.SendAsync("during one");
        await _system.SendAsync("during two", chat: 1);
        await _system.Gateway.WaitForHealthAsync("degraded", _system.Patience);
        foreach (var worker in _system.Workers)
            await worker.WaitForHealthAsync("degraded", _system.Patience);
        _system.Number("SELECT COUNT(*) FROM inbound WHERE state = 'pending'").ShouldBe(2);

        await _system.Redis.RestartAsync();

        (await _system.AnswersAsync(2)).ShouldBe(["before", "during one"]);
        (await _system.AnswersAsync(1, chat: 1)).ShouldBe(["during two"]);
        await _system.Gateway.WaitForHealthAsync("healthy", _system.Patience);
    }

    [Fact]
    public async Task Killed_in_mid_turn_the_answer_still_goes_out_once()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _system.Model.Enqueue(ScriptedReply.Text("olá") with { HoldUntil = gate.Task });
        await _system.SendAsync("oi");
        await _system.Model.NextRequestAsync(_system.Patience);

        await _system.Redis.KillAsync();
        gate.SetResult();

        // The lease was good for half a minute when Redis went: the answer needs no Redis.
        (await _system.AnswersAsync(1)).ShouldBe(["olá"]);
        await _system.Redis.RestartAsync();
        await _system.SendAsync("mais");
        (await _system.AnswersAsync(2)).ShouldBe(["olá", "mais"]);
    }

    [Fact]
    public async Task Flushed_in_mid_turn_everything_is_answered_once_and_in_order()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _system.Model.Enqueue(ScriptedReply.Echo() with { HoldUntil = gate.Task });
        await _system.SendAsync("one");
        await _system.Model.NextRequestAsync(_system.Patience);
        await _system.SendAsync("two");

        _system.Redis.FlushAll();
        // Whoever works on the lane has lost its lease without knowing it; another Worker finds the lane again.
        await _system.Model.NextRequestAsync(_system.Patience);
        gate.SetResult();

        (await _system.AnswersAsync(2)).ShouldBe(["one", "two"]);
    }

    [Fact]
    public async Task Frozen_redis_keeps_no_webhook_waiting_for_long()
    {
        await _system.Redis.FreezeAsync();
        for (var chat = 0; chat < 5; chat++)
            (await _system.PostAsync(WahaWebhook.Text("oi", SplitSystem.ChatOf(chat)))).ShouldBe(System.Net.HttpStatusCode.Accepted);

        await _system.Redis.ContinueAsync();

        for (var chat = 0; chat < 5; chat++)
            (await _system.AnswersAsync(1, chat)).ShouldBe(["oi"]);
    }
}
