using System.Net;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Split;

/// <summary>Gateway, Workers and the database may be killed at any time: their work moves on, in order, and nothing happens twice.</summary>
public abstract class LostProcessContract : IAsyncLifetime
{
    private SplitSystem _system = null!;

    private protected abstract SplitStore NewStore();

    public async Task InitializeAsync() => _system = await SplitSystem.StartAsync(NewStore(), workers: 1);

    public async Task DisposeAsync() => await _system.DisposeAsync();

    [Fact]
    public async Task Lanes_of_a_killed_worker_move_on_in_order()
    {
        var never = new TaskCompletionSource();
        for (var chat = 0; chat < 3; chat++)
            _system.Model.Enqueue(ScriptedReply.Echo() with { HoldUntil = never.Task });
        for (var chat = 0; chat < 3; chat++)
        {
            await _system.SendAsync("one", chat);
            await _system.Model.NextRequestAsync(_system.Patience);
            await _system.SendAsync("two", chat);
        }

        await _system.Workers[0].KillAsync(_system.Patience);
        await _system.AddWorkerAsync();
        _system.Leases.Expire();

        for (var chat = 0; chat < 3; chat++)
            (await _system.AnswersAsync(2, chat)).ShouldBe(["one", "two"]);
    }

    [Fact]
    public async Task Reminders_of_a_killed_worker_are_said_once()
    {
        const int Chats = 12;
        for (var chat = 0; chat < Chats; chat++)
        {
            _system.Model.Enqueue(ScriptedReply.ToolCall("set_reminder", new { text = "bolo", in_minutes = 60 }), ScriptedReply.Text("certo"));
            await _system.SendAsync("me lembra", chat);
            (await _system.AnswersAsync(1, chat)).ShouldBe(["certo"]);
        }

        (await _system.ExecuteAsync("UPDATE scheduled_jobs SET next_at = 0")).ShouldBe(Chats);
        await _system.Waha.WaitForBubblesAsync(Chats + 1, _system.Patience);
        await _system.Workers[0].KillAsync(_system.Patience);
        await _system.AddWorkerAsync();
        _system.Leases.Expire();
        // So does what it had taken: nobody waits half a minute for a test.
        await _system.ExecuteAsync("UPDATE scheduled_jobs SET next_at = 0 WHERE state = 'scheduled'");

        for (var chat = 0; chat < Chats; chat++)
            (await _system.AnswersAsync(2, chat)).ShouldBe(["certo", "⏰ Lembrete: bolo"]);
        _system.Number("SELECT COUNT(*) FROM scheduled_jobs WHERE state = 'done'").ShouldBe(Chats);
    }

    [Fact]
    public async Task A_slow_lane_keeps_no_other_waiting_with_two_workers()
    {
        await _system.AddWorkerAsync();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _system.Model.Enqueue(ScriptedReply.Echo() with { HoldUntil = gate.Task });
        await _system.SendAsync("slow");
        await _system.Model.NextRequestAsync(_system.Patience);
        await _system.SendAsync("behind it");

        for (var chat = 1; chat <= 10; chat++)
            await _system.SendAsync("quick", chat);
        await _system.Waha.WaitForBubblesAsync(10, _system.Patience);
        _system.Waha.Delivered.ShouldAllBe(bubble => bubble.Text == "quick");
        gate.SetResult();

        (await _system.AnswersAsync(2)).ShouldBe(["slow", "behind it"]);
    }

    [Fact]
    public async Task A_gateway_killed_in_mid_burst_loses_and_doubles_nothing()
    {
        const int Messages = 30;
        var half = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < Messages; i++)
            {
                await _system.SendAsync($"message {i}");
                if (i == Messages / 2)
                    half.SetResult();
            }
        });
        await half.Task.WaitAsync(_system.Patience);
        await _system.Gateway.KillAsync(_system.Patience);
        _system.Gateway.Start();
        await sending;

        (await _system.AnswersAsync(Messages)).ShouldBe(Enumerable.Range(0, Messages).Select(i => $"message {i}"));
    }

    [Fact]
    public async Task While_the_database_is_away_webhooks_get_503_and_all_recovers_without_a_restart()
    {
        await _system.SendAsync("before");
        await _system.AnswersAsync(1);

        await using (await _system.Store.TakeAwayAsync())
        {
            (await _system.PostAsync(WahaWebhook.Text("refused", SplitSystem.ChatOf(1)))).ShouldBe(HttpStatusCode.ServiceUnavailable);
            await _system.Gateway.WaitForHealthAsync("unhealthy", _system.Patience);
        }

        await _system.SendAsync("after");
        (await _system.AnswersAsync(2)).ShouldBe(["before", "after"]);
        await _system.Gateway.WaitForHealthAsync("healthy", _system.Patience);
        await _system.Workers[0].WaitForHealthAsync("healthy", _system.Patience);
    }

    [Fact]
    public async Task The_database_gone_in_mid_turn_delays_the_answer_and_no_more()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _system.Model.Enqueue(ScriptedReply.Echo() with { HoldUntil = gate.Task });
        await _system.SendAsync("oi");
        await _system.Model.NextRequestAsync(_system.Patience);
        await using (await _system.Store.TakeAwayAsync())
        {
            gate.SetResult();
            await _system.Workers[0].WaitForHealthAsync("unhealthy", _system.Patience);
        }

        (await _system.AnswersAsync(1)).ShouldBe(["oi"]);
    }
}
