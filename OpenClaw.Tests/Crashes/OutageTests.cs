using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Crashes;

/// <summary>Long outages with one chat alone, so that its own messages are the probes: they wait as long as it takes, and what is its own trouble ends.</summary>
public sealed class OutageTests : IAsyncLifetime
{
    private CrashRig _rig = null!;
    private CrashWorker _worker = null!;

    public async Task InitializeAsync()
    {
        _rig = await CrashRig.StartAsync(("Resilience:Waha:MinimumThroughput", "2"), ("Resilience:Model:MinimumThroughput", "2"));
        _worker = _rig.NewWorker();
        await _worker.ReceiveAsync("primeira");
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Theory]
    [InlineData(401)]
    [InlineData(429)]
    public async Task A_model_that_takes_nobody_is_waited_for_however_long_it_lasts(int status)
    {
        _rig.Model.OnRequest = _ => ScriptedReply.Status(status);
        while (_rig.Model.Requests.Count < 60)
            (await _worker.StepAsync()).ShouldBeTrue();
        _rig.Model.OnRequest = null;

        await _worker.RunAsync();

        ShouldBeAnswered();
        _worker.Database.Read(sql => sql.Query("SELECT failures FROM turns", row => row.GetInt64(0))).ShouldBe([1]);
    }

    [Fact]
    public async Task A_model_that_answers_500_is_waited_for_longer_than_a_turn_may_fail()
    {
        _rig.Model.OnRequest = _ => ScriptedReply.Status(500);
        while (_rig.Model.Requests.Count < 15)
            (await _worker.StepAsync()).ShouldBeTrue();
        _rig.Model.OnRequest = null;

        await _worker.RunAsync();

        ShouldBeAnswered();
    }

    [Fact]
    public async Task A_turn_that_may_itself_be_the_trouble_comes_to_an_end()
    {
        _rig.Model.OnRequest = _ => ScriptedReply.Status(500);

        await _worker.RunAsync();

        _worker.InboundStates().ShouldBe(["dead:interrupted_too_often"]);
        _rig.Waha.Delivered.ShouldHaveSingleItem().Text.ShouldContain("código");
        _rig.Model.Requests.Count.ShouldBeLessThan(25);
    }

    [Fact]
    public async Task A_session_that_answers_500_uses_up_no_try_of_an_uncertain_send()
    {
        _rig.Waha.OnSend = _ => FakeWahaFault.Refuse500BeforeDelivery;
        while (_rig.Waha.Calls.OfType<SendTextCall>().Count() < 15)
            (await _worker.StepAsync()).ShouldBeTrue();
        _rig.Waha.OnSend = null;

        await _worker.RunAsync();

        ShouldBeAnswered();
    }

    [Fact]
    public async Task What_was_sent_although_500_was_answered_is_found_and_not_sent_again()
    {
        _rig.Waha.OnSend = _ => _rig.Waha.Calls.OfType<SendTextCall>().Count() < 4 ? FakeWahaFault.Refuse500BeforeDelivery : FakeWahaFault.DeliveredBut500;

        await _worker.RunAsync();

        ShouldBeAnswered();
    }

    [Fact]
    public async Task A_text_that_is_itself_the_trouble_comes_to_an_end()
    {
        _rig.Waha.OnSend = _ => FakeWahaFault.Refuse500BeforeDelivery;

        await _worker.RunAsync();

        _worker.OutboxStates().ShouldBe(["dead:uncertain_too_often"]);
        _rig.Waha.Calls.OfType<SendTextCall>().Count().ShouldBeInRange(5, 101);
    }

    private void ShouldBeAnswered()
    {
        _rig.Waha.Delivered.ShouldHaveSingleItem().Text.ShouldBe("primeira");
        _worker.OutboxStates().ShouldBe(["accepted"]);
        _worker.InboundStates().ShouldBe(["sent"]);
    }
}
