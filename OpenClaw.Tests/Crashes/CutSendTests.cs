using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Crashes;

/// <summary>A send whose end nobody knows is settled by reading the chat: each bubble reaches the phone once.</summary>
public sealed class CutSendTests : IAsyncLifetime
{
    private CrashRig _rig = null!;

    public async Task InitializeAsync() => _rig = await CrashRig.StartAsync(("Turns:StartGrace", "00:00:00"));

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task Killed_between_claim_and_post_the_bubble_is_sent_after_the_quarantine()
    {
        var first = _rig.NewWorker();
        await first.ReceiveAsync("oi");
        var thinking = new TaskCompletionSource();
        _rig.Model.Enqueue(ScriptedReply.Text("olá") with { HoldUntil = thinking.Task });
        var work = await first.BeginAsync();
        await _rig.Model.NextRequestAsync(_rig.Patience);
        // Too little of the lease is left for a send: the worker claims the bubble and stops there.
        _rig.Time.Advance(TimeSpan.FromSeconds(20));
        thinking.SetResult();
        await Should.ThrowAsync<Core.Queue.FenceLostException>(work.Handling);
        first.OutboxStates().ShouldBe(["sending"]);

        var start = _rig.Time.GetUtcNow();
        var second = await _rig.SuccessorAsync();
        await second.RunAsync();

        _rig.Model.Requests.Count.ShouldBe(1);
        _rig.Waha.Calls.OfType<SendTextCall>().Count().ShouldBe(1);
        var bubble = _rig.Waha.Delivered.ShouldHaveSingleItem();
        bubble.Text.ShouldBe("olá");
        (bubble.At - start).ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(15));
        second.InboundStates().ShouldBe(["sent"]);
    }

    [Fact]
    public async Task Killed_while_waha_sends_the_bubble_is_found_in_the_chat()
    {
        var first = _rig.NewWorker();
        await first.ReceiveAsync("oi");
        _rig.Waha.FaultNext(FakeWahaFault.DeliverThenHang);
        var work = await first.BeginAsync();
        await _rig.Waha.WaitForBubblesAsync(1, _rig.Patience);
        await work.KillAsync();

        var second = await _rig.SuccessorAsync();
        await second.RunAsync();

        ShouldBeDeliveredOnce(second);
        _rig.Waha.Calls.OfType<SendTextCall>().Count().ShouldBe(1);
    }

    [Fact]
    public async Task Waha_that_sends_late_during_the_quarantine_is_waited_for()
    {
        var first = _rig.NewWorker();
        await first.ReceiveAsync("oi");
        _rig.Waha.FaultNext(FakeWahaFault.HangThenDeliver);
        var work = await first.BeginAsync();
        await _rig.Waha.WaitForCallsAsync<SendTextCall>(1, _rig.Patience);
        await work.KillAsync();

        var second = await _rig.SuccessorAsync();
        // Looked once: not there yet.
        (await second.StepAsync()).ShouldBeTrue();
        _rig.Waha.Calls.OfType<ReadChatCall>().Count().ShouldBe(1);
        _rig.Waha.Release();
        await _rig.Waha.WaitForBubblesAsync(1, _rig.Patience);
        await second.RunAsync();

        ShouldBeDeliveredOnce(second);
        _rig.Waha.Calls.OfType<SendTextCall>().Count().ShouldBe(1);
    }

    [Fact]
    public async Task Send_that_takes_too_long_is_given_up_and_looked_for()
    {
        var worker = _rig.NewWorker();
        await worker.ReceiveAsync("oi");
        _rig.Waha.FaultNext(FakeWahaFault.DeliverThenHang);
        var work = await worker.BeginAsync();
        await _rig.Waha.WaitForBubblesAsync(1, _rig.Patience);
        _rig.Time.Advance(TimeSpan.FromSeconds(15));

        var again = await work.Handling;
        again.ShouldBe(_rig.Time.GetUtcNow() + TimeSpan.FromSeconds(1));
        await worker.TakeOverAsync();
        await worker.RunAsync();

        ShouldBeDeliveredOnce(worker);
    }

    [Theory]
    [InlineData(nameof(FakeWahaFault.DeliveredButCut), 1)]
    [InlineData(nameof(FakeWahaFault.DeliveredBut500), 1)]
    [InlineData(nameof(FakeWahaFault.NotDeliveredAndCut), 2)]
    [InlineData(nameof(FakeWahaFault.Refuse500BeforeDelivery), 2)]
    public async Task Uncertain_answer_leads_to_exactly_one_bubble(string fault, int sends)
    {
        var worker = _rig.NewWorker();
        await worker.ReceiveAsync("oi");
        _rig.Waha.FaultNext(Enum.Parse<FakeWahaFault>(fault));

        await worker.RunAsync();

        ShouldBeDeliveredOnce(worker);
        _rig.Waha.Calls.OfType<SendTextCall>().Count().ShouldBe(sends);
    }

    [Fact]
    public async Task Same_text_twice_is_told_apart_by_its_ids()
    {
        var worker = _rig.NewWorker();
        await worker.ReceiveAsync("oi");
        await worker.RunAsync();
        await worker.ReceiveAsync("oi");
        _rig.Waha.FaultNext(FakeWahaFault.NotDeliveredAndCut);

        await worker.RunAsync();

        // The first "oi" is bound to its own bubble, so it does not count as the second.
        _rig.Waha.Delivered.Select(bubble => bubble.Text).ShouldBe(["oi", "oi"]);
    }

    [Fact]
    public async Task Without_a_message_store_the_bubble_is_sent_again_after_the_quarantine()
    {
        var worker = _rig.NewWorker();
        await worker.ReceiveAsync("oi");
        _rig.Waha.HasStore = false;
        _rig.Waha.FaultNext(FakeWahaFault.NotDeliveredAndCut);

        await worker.RunAsync();

        ShouldBeDeliveredOnce(worker);
    }

    [Fact]
    public async Task Chat_that_cannot_be_read_proves_nothing()
    {
        var worker = _rig.NewWorker();
        await worker.ReceiveAsync("oi");
        _rig.Waha.FaultNext(FakeWahaFault.DeliveredButCut);
        (await worker.StepAsync()).ShouldBeTrue();
        _rig.Waha.Sessions["default"] = "STARTING";
        while (_rig.Waha.Calls.OfType<GetSessionCall>().Count() < 12)
            (await worker.StepAsync()).ShouldBeTrue();
        _rig.Waha.Calls.OfType<ReadChatCall>().ShouldBeEmpty();
        worker.OutboxStates().ShouldBe(["sending"]);

        _rig.Waha.Sessions["default"] = "WORKING";
        await worker.RunAsync();

        ShouldBeDeliveredOnce(worker);
        _rig.Waha.Calls.OfType<SendTextCall>().Count().ShouldBe(1);
    }

    private void ShouldBeDeliveredOnce(CrashWorker worker)
    {
        _rig.Waha.Delivered.ShouldHaveSingleItem().Text.ShouldBe("oi");
        worker.OutboxStates().ShouldBe(["accepted"]);
        worker.InboundStates().ShouldBe(["sent"]);
    }
}
