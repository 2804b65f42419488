using OpenClaw.Core.Queue;
using OpenClaw.Tests.Infrastructure;
using OpenClaw.Tests.Skills;
using OpenClaw.Worker.Skills;

namespace OpenClaw.Tests.Crashes;

/// <summary>A worker that wakes up after its lane went to another one: it writes nothing and sends nothing.</summary>
public sealed class FenceTests : IAsyncLifetime
{
    private readonly TaskCompletionSource _frozen = new();
    private CrashRig _rig = null!;

    public async Task InitializeAsync() => _rig = await CrashRig.StartAsync(("Turns:StartGrace", "00:00:00"));

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task Old_worker_with_its_late_answer_is_refused()
    {
        var first = _rig.NewWorker();
        await first.ReceiveAsync("oi");
        _rig.Model.Enqueue(ScriptedReply.Text("resposta velha") with { HoldUntil = _frozen.Task });
        var frozen = await first.BeginAsync();
        await _rig.Model.NextRequestAsync(_rig.Patience);
        var second = await _rig.SuccessorAsync();
        await second.RunAsync();

        _frozen.SetResult();
        await Should.ThrowAsync<FenceLostException>(frozen.Handling);

        _rig.Waha.Delivered.ShouldHaveSingleItem().Text.ShouldBe("oi");
        second.OutboxStates().ShouldBe(["accepted"]);
        Count(second, "conversation").ShouldBe(2);
    }

    [Fact]
    public async Task Old_worker_does_not_start_an_effect()
    {
        var runs = 0;
        TestSkill Probe() => new(() => $"feito {Interlocked.Increment(ref runs)}") { Effect = SkillEffect.Execute };
        var first = _rig.NewWorker(Probe());
        await first.ReceiveAsync("faça");
        _rig.Model.Enqueue(ScriptedReply.ToolCall("probe") with { HoldUntil = _frozen.Task });
        var frozen = await first.BeginAsync();
        await _rig.Model.NextRequestAsync(_rig.Patience);
        var second = await _rig.SuccessorAsync(Probe());
        await second.RunAsync();

        _frozen.SetResult();
        await Should.ThrowAsync<FenceLostException>(frozen.Handling);

        runs.ShouldBe(0);
        Count(second, "turn_steps").ShouldBe(0);
    }

    [Fact]
    public async Task Old_worker_may_not_tell_how_its_send_ended()
    {
        var first = _rig.NewWorker();
        await first.ReceiveAsync("oi");
        _rig.Waha.FaultNext(FakeWahaFault.DeliverThenHang);
        var frozen = await first.BeginAsync();
        await _rig.Waha.WaitForBubblesAsync(1, _rig.Patience);
        var second = await _rig.SuccessorAsync();
        await second.RunAsync();
        second.OutboxStates().ShouldBe(["accepted"]);

        _rig.Waha.Release();
        await Should.ThrowAsync<FenceLostException>(frozen.Handling);

        _rig.Waha.Delivered.Count.ShouldBe(1);
        second.OutboxStates().ShouldBe(["accepted"]);
    }

    [Fact]
    public async Task Failure_of_an_old_worker_is_not_counted()
    {
        var first = _rig.NewWorker();
        await first.ReceiveAsync("oi");
        _rig.Model.Enqueue(ScriptedReply.Status(500) with { HoldUntil = _frozen.Task });
        var frozen = await first.BeginAsync();
        await _rig.Model.NextRequestAsync(_rig.Patience);
        var second = await _rig.SuccessorAsync();
        await second.RunAsync();

        _frozen.SetResult();
        await Should.ThrowAsync<FenceLostException>(frozen.Handling);

        second.Database.Read(sql => sql.QueryFirst("SELECT failures FROM turns", row => row.GetInt64(0))).ShouldBe(0);
    }

    [Fact]
    public async Task Lease_that_another_worker_took_stops_the_turn_at_once()
    {
        var first = _rig.NewWorker();
        await first.ReceiveAsync("oi");
        _rig.Model.Enqueue(ScriptedReply.Text("nunca") with { HoldUntil = _frozen.Task });
        var work = await first.BeginAsync();
        await _rig.Model.NextRequestAsync(_rig.Patience);
        await first.Keeper.RenewAsync(_rig.Patience);
        work.Hold.Token.IsCancellationRequested.ShouldBeFalse();

        var second = await _rig.SuccessorAsync();
        await first.Keeper.RenewAsync(_rig.Patience);

        await Should.ThrowAsync<OperationCanceledException>(work.Handling);
        await second.RunAsync();
        _rig.Waha.Delivered.ShouldHaveSingleItem().Text.ShouldBe("oi");
    }

    [Fact]
    public async Task Lease_that_ran_out_is_taken_by_another_worker_without_a_restart()
    {
        var first = _rig.NewWorker();
        await first.ReceiveAsync("oi");
        _rig.Model.Enqueue(ScriptedReply.Text("resposta velha") with { HoldUntil = _frozen.Task });
        var frozen = await first.BeginAsync();
        await _rig.Model.NextRequestAsync(_rig.Patience);

        var second = _rig.NewWorker();
        await second.RunAsync();
        _frozen.SetResult();
        await Should.ThrowAsync<FenceLostException>(frozen.Handling);

        _rig.Waha.Delivered.ShouldHaveSingleItem().Text.ShouldBe("oi");
    }

    private static long Count(CrashWorker worker, string table) =>
        worker.Database.Read(sql => sql.QueryFirst($"SELECT COUNT(*) FROM {table}", row => row.GetInt64(0)));
}
