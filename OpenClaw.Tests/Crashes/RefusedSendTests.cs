using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Crashes;

/// <summary>What WAHA certainly did not send is sent later, or is a dead letter with its reason; either way the chat goes on.</summary>
public sealed class RefusedSendTests : IAsyncLifetime
{
    private CrashRig _rig = null!;
    private CrashWorker _worker = null!;

    public async Task InitializeAsync()
    {
        _rig = await CrashRig.StartAsync();
        _worker = _rig.NewWorker();
        await _worker.ReceiveAsync("primeira");
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task Session_that_does_not_work_is_waited_for()
    {
        _rig.Waha.Sessions["default"] = "STARTING";
        await StepsAsync(sends: 8);
        _rig.Waha.Delivered.ShouldBeEmpty();

        _rig.Waha.Sessions["default"] = "WORKING";
        await _worker.RunAsync();

        ShouldBeAnswered("primeira");
    }

    [Fact]
    public async Task Waha_that_is_away_is_waited_for()
    {
        await _rig.Waha.StopAsync();
        for (var i = 0; i < 12; i++)
            (await _worker.StepAsync()).ShouldBeTrue();
        _worker.OutboxStates().ShouldBe(["queued"]);

        await _rig.Waha.RestartAsync();
        await _worker.RunAsync();

        ShouldBeAnswered("primeira");
    }

    [Fact]
    public async Task Retry_after_is_obeyed()
    {
        _rig.Waha.RetryAfter = TimeSpan.FromSeconds(77);
        _rig.Waha.FaultNext(FakeWahaFault.TooManyRequests);
        var start = _rig.Time.GetUtcNow();

        await _worker.RunAsync();

        ShouldBeAnswered("primeira");
        (_rig.Waha.Delivered[0].At - start).TotalSeconds.ShouldBe(77, tolerance: 0.1);
    }

    [Fact]
    public async Task Refusal_that_passes_is_answered()
    {
        _rig.Waha.FaultNext(FakeWahaFault.Refuse422, FakeWahaFault.Refuse422);

        await _worker.RunAsync();

        ShouldBeAnswered("primeira");
    }

    [Fact]
    public async Task Five_refusals_are_a_dead_letter_and_the_chat_goes_on()
    {
        _rig.Waha.FaultNext([.. Enumerable.Repeat(FakeWahaFault.Refuse422, 5)]);

        await _worker.RunAsync();
        await _worker.ReceiveAsync("segunda");
        await _worker.RunAsync();

        _worker.OutboxStates().ShouldBe(["dead:http_422", "accepted"]);
        _worker.InboundStates().ShouldBe(["dead:http_422", "sent"]);
        _rig.Waha.Delivered.ShouldHaveSingleItem().Text.ShouldBe("segunda");
    }

    [Fact]
    public async Task Refused_bubble_of_several_leaves_the_rest_to_be_sent()
    {
        await _worker.RunAsync();
        await _worker.ReceiveAsync("conte");
        _rig.Model.Enqueue(ScriptedReply.Text(string.Join("\n\n", Enumerable.Range(0, 3).Select(i => $"{i}{new string('x', 1400)}"))));
        _rig.Waha.FaultNext([FakeWahaFault.None, .. Enumerable.Repeat(FakeWahaFault.Refuse422, 5)]);

        await _worker.RunAsync();

        _rig.Waha.Delivered.Select(bubble => bubble.Text[0]).ShouldBe(['p', '0', '2']);
        _worker.InboundStates().ShouldBe(["sent", "dead:http_422"]);
    }

    [Fact]
    public async Task Five_answers_500_are_a_dead_letter_while_the_session_works_for_others()
    {
        _rig.Waha.OnSend = call => call.Text == "primeira" ? FakeWahaFault.Refuse500BeforeDelivery : FakeWahaFault.None;

        for (var others = 1; await _worker.StepAsync();)
        {
            if (Sends("primeira") == others)
                await _worker.ReceiveAsync($"outra {others++}", "5511912345678");
        }

        Sends("primeira").ShouldBe(5);
        _worker.OutboxStates().ShouldBe(["dead:uncertain_too_often", .. Enumerable.Repeat("accepted", 5)]);
    }

    [Fact]
    public async Task A_chat_that_is_alone_with_its_500_is_tried_for_longer_and_goes_on_afterwards()
    {
        var start = _rig.Time.GetUtcNow();
        _rig.Waha.OnSend = call => call.Text == "primeira" ? FakeWahaFault.Refuse500BeforeDelivery : FakeWahaFault.None;

        await _worker.RunAsync();
        (_rig.Time.GetUtcNow() - start).ShouldBeInRange(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15));
        await _worker.ReceiveAsync("segunda");
        await _worker.RunAsync();

        Sends("primeira").ShouldBe(30);
        _worker.OutboxStates().ShouldBe(["dead:uncertain_too_often", "accepted"]);
        _worker.InboundStates().ShouldBe(["dead:uncertain_too_often", "sent"]);
    }

    [Fact]
    public async Task Waiting_for_waha_uses_up_no_try_of_an_uncertain_send()
    {
        _rig.Waha.Sessions["default"] = "STARTING";
        await StepsAsync(sends: 6);
        _rig.Waha.Sessions["default"] = "WORKING";
        _rig.Waha.FaultNext(FakeWahaFault.NotDeliveredAndCut);

        await _worker.RunAsync();

        ShouldBeAnswered("primeira");
    }

    private int Sends(string text) => _rig.Waha.Calls.OfType<SendTextCall>().Count(call => call.Text == text);

    private async Task StepsAsync(int sends)
    {
        while (_rig.Waha.Calls.OfType<SendTextCall>().Count() < sends)
            (await _worker.StepAsync()).ShouldBeTrue();
    }

    private void ShouldBeAnswered(string text)
    {
        _rig.Waha.Delivered.ShouldHaveSingleItem().Text.ShouldBe(text);
        _worker.OutboxStates().ShouldBe(["accepted"]);
        _worker.InboundStates().ShouldBe(["sent"]);
    }
}
