using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Split;

/// <summary>
/// A Worker that is stopped (SIGSTOP) for longer than its lease, at every step of a turn, and wakes up (SIGCONT) when another one has taken
/// over: what it writes late is refused, and the person hears one answer.
/// </summary>
public abstract class FrozenWorkerContract : IAsyncLifetime
{
    private readonly TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SplitSystem _system = null!;

    private protected abstract SplitStore NewStore();

    private HostProcess Frozen => _system.Workers[0];

    public async Task InitializeAsync() => _system = await SplitSystem.StartAsync(NewStore(), workers: 1);

    public async Task DisposeAsync() => await _system.DisposeAsync();

    [Fact]
    public async Task Frozen_before_its_turn_begins()
    {
        Frozen.Freeze();
        await _system.SendAsync("oi");
        await using (await _system.Store.BlockWritesAsync())
        {
            // It leases the lane and cannot raise the fence.
            Frozen.Continue();
            await Eventually.TrueAsync(() => _system.Leases.Count == 1, _system.Patience);
            Frozen.Freeze();
        }

        await TakenOverAsync();

        (await _system.AnswersAsync(1)).ShouldBe(["oi"]);
        await WakeAndShouldStillBeAsync(["oi"]);
    }

    [Fact]
    public async Task Frozen_while_the_model_thinks()
    {
        _system.Model.Enqueue(ScriptedReply.Text("late answer") with { HoldUntil = _gate.Task });
        await _system.SendAsync("oi");
        await _system.Model.NextRequestAsync(_system.Patience);
        Frozen.Freeze();
        await TakenOverAsync();

        (await _system.AnswersAsync(1)).ShouldBe(["oi"]);
        await WakeAndShouldStillBeAsync(["oi"]);
    }

    [Fact]
    public async Task Frozen_with_the_answer_but_before_it_is_stored()
    {
        const int Events = 4;
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _system.Model.Enqueue(ScriptedReply.Text("late answer") with
        {
            HoldUntil = _gate.Task,
            BeforeEvent = (index, _) =>
            {
                if (index == Events)
                    answered.SetResult();
                return Task.CompletedTask;
            },
        });
        await _system.SendAsync("oi");
        await _system.Model.NextRequestAsync(_system.Patience);
        await using (await _system.Store.BlockWritesAsync())
        {
            _gate.SetResult();
            await answered.Task.WaitAsync(_system.Patience);
            Frozen.Freeze();
        }

        await TakenOverAsync();

        var answers = await _system.AnswersAsync(1);
        answers.ShouldHaveSingleItem().ShouldBeOneOf("oi", "late answer");
        await WakeAndShouldStillBeAsync(answers);
    }

    [Fact]
    public async Task Frozen_while_waha_holds_the_send_and_delivers_it_meanwhile()
    {
        _system.Waha.FaultNext(FakeWahaFault.HangThenDeliver);
        await _system.SendAsync("oi");
        await _system.Waha.WaitForCallsAsync<SendTextCall>(1, _system.Patience);
        Frozen.Freeze();
        await TakenOverAsync();
        await _system.Waha.WaitForCallsAsync<ReadChatCall>(1, _system.Patience);
        _system.Waha.Release();

        (await _system.AnswersAsync(1)).ShouldBe(["oi"]);
        await WakeAndShouldStillBeAsync(["oi"]);
        _system.Waha.Calls.OfType<SendTextCall>().Count(call => call.Text == "oi").ShouldBe(1, "the other Worker found it in the chat");
    }

    [Fact]
    public async Task Frozen_while_its_send_was_cut_off_undelivered()
    {
        _system.Waha.FaultNext(FakeWahaFault.HangThenDeliver);
        await _system.SendAsync("oi");
        await _system.Waha.WaitForCallsAsync<SendTextCall>(1, _system.Patience);
        Frozen.Freeze();
        // WAHA dies with the send in it: never delivered, and nobody tells the Worker.
        await _system.Waha.RestartAsync();
        await TakenOverAsync();

        (await _system.AnswersAsync(1)).ShouldBe(["oi"]);
        await WakeAndShouldStillBeAsync(["oi"]);
    }

    [Fact]
    public async Task Frozen_before_it_stores_that_waha_took_the_bubble()
    {
        _system.Waha.FaultNext(FakeWahaFault.DeliverThenHang);
        await _system.SendAsync("oi");
        await _system.Waha.WaitForBubblesAsync(1, _system.Patience);
        Frozen.Freeze();
        _system.Waha.Release();
        await TakenOverAsync();

        (await _system.AnswersAsync(1)).ShouldBe(["oi"]);
        await WakeAndShouldStillBeAsync(["oi"]);
        _system.Waha.Calls.OfType<SendTextCall>().Count(call => call.Text == "oi").ShouldBe(1);
    }

    [Fact]
    public async Task Frozen_and_awake_again_before_anybody_noticed_it_just_goes_on()
    {
        _system.Model.Enqueue(ScriptedReply.Text("olá") with { HoldUntil = _gate.Task });
        await _system.SendAsync("oi");
        await _system.Model.NextRequestAsync(_system.Patience);
        Frozen.Freeze();
        _gate.SetResult();
        Frozen.Continue();

        (await _system.AnswersAsync(1)).ShouldBe(["olá"]);
        _system.Model.Requests.Count.ShouldBe(1);
    }

    /// <summary>Half a minute later, with another Worker there.</summary>
    private async Task TakenOverAsync()
    {
        await _system.AddWorkerAsync();
        _system.Leases.Expire();
    }

    /// <summary>The frozen one goes on where it stood, while its lane has gone on without it.</summary>
    private async Task WakeAndShouldStillBeAsync(IReadOnlyList<string> answers)
    {
        Frozen.Continue();
        _gate.TrySetResult();
        // It has worked off whatever it had in its hands when it answers to somebody else.
        await Frozen.WaitForHealthAsync("healthy", _system.Patience);
        await _system.SendAsync("depois");
        (await _system.AnswersAsync(answers.Count + 1)).ShouldBe([.. answers, "depois"]);
        _system.Number("SELECT COUNT(*) FROM outbox WHERE state <> 'accepted'").ShouldBe(0);
    }
}
