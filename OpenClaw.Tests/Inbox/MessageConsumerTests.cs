using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenClaw.Core.Memory;
using OpenClaw.Core.Queue;
using OpenClaw.Tests.Crashes;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Inbox;

/// <summary>The consumer on its own threads; only the clock is moved by hand.</summary>
public sealed class MessageConsumerTests : IAsyncLifetime
{
    private readonly TaskCompletionSource _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CrashRig _rig = null!;

    public async Task InitializeAsync()
    {
        _rig = await CrashRig.StartAsync(("Worker:Concurrency", "2"), ("HostOptions:ShutdownTimeout", "00:00:20"));
        _rig.Model.OnRequest = _ => ScriptedReply.Echo() with { HoldUntil = _answer.Task };
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    private static async Task<CrashWorker> AnswerFloodAsync(CrashRig rig)
    {
        rig.Model.OnRequest = _ => ScriptedReply.Echo();
        var worker = rig.NewWorker();
        for (var i = 1; i <= 5; i++)
            await worker.ReceiveAsync($"mensagem {i}");
        await worker.StartConsumingAsync();
        await rig.Waha.WaitForBubblesAsync(1, rig.Patience);
        return worker;
    }

    [Fact]
    public async Task No_more_lanes_than_slots_are_handled_at_once()
    {
        var worker = _rig.NewWorker();
        for (var i = 0; i < 4; i++)
            await worker.ReceiveAsync($"mensagem {i}", $"551190000000{i}");

        await worker.StartConsumingAsync();
        await _rig.Model.NextRequestAsync(_rig.Patience);
        await _rig.Model.NextRequestAsync(_rig.Patience);
        worker.Keeper.Held.ShouldBe(2);
        _rig.Model.Requests.Count.ShouldBe(2);

        _answer.SetResult();
        var delivered = await _rig.Waha.WaitForBubblesAsync(4, _rig.Patience);

        delivered.Select(bubble => bubble.Text).Order(StringComparer.Ordinal).ShouldBe(["mensagem 0", "mensagem 1", "mensagem 2", "mensagem 3"]);
        await worker.StopConsumingAsync();
        worker.Keeper.Held.ShouldBe(0);
    }

    [Fact]
    public async Task While_memory_is_short_a_quarter_of_the_slots_is_used()
    {
        await using var rig = await CrashRig.StartAsync(("Worker:Concurrency", "4"), ("Resilience:Memory:HighWatermark", "0.0000001"));
        var worker = rig.NewWorker();
        var pressure = worker.Get<MemoryPressure>();
        pressure.Sample();
        pressure.Sample();
        pressure.IsHigh.ShouldBeTrue();
        var held = new System.Collections.Concurrent.ConcurrentQueue<int>();
        rig.Model.OnRequest = _ =>
        {
            held.Enqueue(worker.Keeper.Held);
            return null;
        };
        for (var i = 0; i < 3; i++)
            await worker.ReceiveAsync($"mensagem {i}", $"551190000000{i}");

        await worker.StartConsumingAsync();
        var delivered = rig.Waha.WaitForBubblesAsync(3, rig.Patience);
        // The consumer waits by the clock until the lane before is done.
        await Eventually.TrueAsync(
            () =>
            {
                rig.Time.Advance(TimeSpan.FromMilliseconds(20));
                return delivered.IsCompleted;
            },
            rig.Patience);

        (await delivered).Count.ShouldBe(3);
        held.ShouldBe([1, 1, 1]);
        await worker.StopConsumingAsync();
    }

    [Fact]
    public async Task Messages_of_one_lane_are_handled_one_after_the_other()
    {
        var worker = _rig.NewWorker();
        await worker.ReceiveAsync("um");
        await worker.StartConsumingAsync();
        await _rig.Model.NextRequestAsync(_rig.Patience);
        await worker.ReceiveAsync("dois");
        worker.Keeper.Held.ShouldBe(1);

        _answer.SetResult();
        var delivered = await _rig.Waha.WaitForBubblesAsync(2, _rig.Patience);

        delivered.Select(bubble => bubble.Text).ShouldBe(["um", "dois"]);
        await worker.StopConsumingAsync();
    }

    [Fact]
    public async Task A_chat_that_floods_rests_after_its_answer_and_the_others_do_not_wait_for_it()
    {
        await using var rig = await CrashRig.StartAsync(("Worker:Concurrency", "1"));
        var worker = await AnswerFloodAsync(rig);

        await worker.ReceiveAsync("seis");
        await worker.ReceiveAsync("outra conversa", "5511900000002");
        (await rig.Waha.WaitForBubblesAsync(2, rig.Patience))[1].Text.ShouldBe("outra conversa");
        worker.InboundStates()[5].ShouldBe("pending");

        var rested = rig.Waha.WaitForBubblesAsync(3, rig.Patience);
        await Eventually.TrueAsync(
            () =>
            {
                rig.Time.Advance(TimeSpan.FromMilliseconds(20));
                return rested.IsCompleted;
            },
            rig.Patience);
        (await rested)[2].Text.ShouldBe("seis");
        await worker.StopConsumingAsync();
    }

    [Fact]
    public async Task Stop_ends_the_rest_of_a_chat_that_floods_at_once()
    {
        await using var rig = await CrashRig.StartAsync(("Worker:Concurrency", "1"));
        var worker = await AnswerFloodAsync(rig);
        await worker.ReceiveAsync("seis");

        await worker.StopConsumingAsync();

        worker.Keeper.Held.ShouldBe(0);
        await rig.NewWorker().RunAsync();
        rig.Waha.Delivered[^1].Text.ShouldBe("seis");
    }

    [Fact]
    public async Task Stop_lets_running_turns_finish_and_starts_no_new_ones()
    {
        var worker = _rig.NewWorker();
        await worker.ReceiveAsync("um");
        await worker.StartConsumingAsync();
        await _rig.Model.NextRequestAsync(_rig.Patience);

        var stopping = worker.StopConsumingAsync();
        await worker.ReceiveAsync("dois", "5511900000002");
        _answer.SetResult();
        await stopping;

        _rig.Waha.Delivered.ShouldHaveSingleItem().Text.ShouldBe("um");
        worker.InboundStates().ShouldBe(["sent", "pending"]);
    }

    [Fact]
    public async Task Turn_that_does_not_finish_in_time_is_handed_back_for_the_next_start()
    {
        var worker = _rig.NewWorker();
        await worker.ReceiveAsync("um");
        await worker.StartConsumingAsync();
        await _rig.Model.NextRequestAsync(_rig.Patience);

        // The consumer waits 17 of the 20 s; the rest is for handing back.
        var stopping = worker.StopConsumingAsync();
        var start = _rig.Time.GetUtcNow();
        using (var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(10)))
        {
            while (!stopping.IsCompleted && await poll.WaitForNextTickAsync(_rig.Patience))
                _rig.Time.Advance(TimeSpan.FromSeconds(0.5));
        }

        await stopping;
        (_rig.Time.GetUtcNow() - start).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(17));
        _rig.Waha.Delivered.ShouldBeEmpty();
        worker.InboundStates().ShouldBe(["in_turn"]);

        _answer.SetResult();
        await _rig.NewWorker().RunAsync();
        _rig.Waha.Delivered.ShouldHaveSingleItem().Text.ShouldBe("um");
    }

    [Fact]
    public async Task Database_that_cannot_be_used_for_a_moment_stops_nothing()
    {
        _answer.SetResult();
        FakeScheduler? failing = null;
        var worker = _rig.NewWorker(services => services.AddSingleton<ILaneScheduler>(
            provider => failing = new FakeScheduler(provider.GetRequiredService<SqlLaneScheduler>()) { Failures = 2 }));
        await worker.ReceiveAsync("um");
        await worker.StartConsumingAsync();

        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (_rig.Waha.Delivered.Count == 0 && await poll.WaitForNextTickAsync(_rig.Patience))
            _rig.Time.Advance(TimeSpan.FromSeconds(0.1));

        _rig.Waha.Delivered.ShouldHaveSingleItem().Text.ShouldBe("um");
        failing.ShouldNotBeNull().Failures.ShouldBeLessThan(0);
        await worker.StopConsumingAsync();
    }

    [Fact]
    public async Task Scheduler_that_is_away_stops_nothing_and_leaves_no_trace_in_the_log()
    {
        _answer.SetResult();
        using var logs = new CapturedLogs();
        FakeScheduler? away = null;
        var worker = _rig.NewWorker(services => services
            .AddLogging(logging => logging.AddProvider(logs))
            .AddSingleton<ILaneScheduler>(provider => away = new FakeScheduler(provider.GetRequiredService<SqlLaneScheduler>())
            {
                Failures = 3,
                Failure = static () => new SchedulerUnavailableException(),
            }));
        await worker.ReceiveAsync("um");
        await worker.StartConsumingAsync();

        using var poll = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (_rig.Waha.Delivered.Count == 0 && await poll.WaitForNextTickAsync(_rig.Patience))
            _rig.Time.Advance(TimeSpan.FromSeconds(0.1));
        await worker.StopConsumingAsync();

        _rig.Waha.Delivered.ShouldHaveSingleItem().Text.ShouldBe("um");
        away.ShouldNotBeNull().Failures.ShouldBeLessThan(0);
        logs.Lines.ShouldNotContain(line => line.Contains(nameof(SchedulerUnavailableException), StringComparison.Ordinal));
        logs.Lines.ShouldNotContain(line => line.Contains("OpenClaw.Worker.Inbox", StringComparison.Ordinal) && line.StartsWith("Warning", StringComparison.Ordinal));
    }
}
