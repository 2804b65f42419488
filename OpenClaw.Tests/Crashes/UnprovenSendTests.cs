using OpenClaw.Core.Queue.DeadLetters;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Crashes;

/// <summary>A send that can be neither found nor excluded: what the setting says, and for what.</summary>
public sealed class UnprovenSendTests : IAsyncLifetime
{
    private CrashRig _rig = null!;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task Reply_is_sent_again_by_default()
    {
        var worker = await StartAsync();
        _rig.Waha.HasStore = false;
        _rig.Waha.FaultNext(FakeWahaFault.NotDeliveredAndCut);
        await worker.ReceiveAsync("oi");

        await worker.RunAsync();

        _rig.Waha.Delivered.ShouldHaveSingleItem().Text.ShouldBe("oi");
        Settlements(worker).ShouldBe(["accepted:unproven_resent"]);
        worker.InboundStates().ShouldBe(["sent"]);
    }

    [Fact]
    public async Task Reply_is_sent_again_by_default_when_Waha_restarted()
    {
        var worker = await StartAsync();
        _rig.Waha.FaultNext(FakeWahaFault.NotDeliveredAndCut);
        await worker.ReceiveAsync("oi");
        (await worker.StepAsync()).ShouldBeTrue();
        _rig.Time.Advance(TimeSpan.FromSeconds(1));
        await _rig.Waha.RestartAsync();

        await worker.RunAsync();

        _rig.Waha.Delivered.ShouldHaveSingleItem().Text.ShouldBe("oi");
        Settlements(worker).ShouldBe(["accepted:unproven_resent"]);
    }

    [Fact]
    public async Task Nothing_is_sent_a_third_time_without_a_proof()
    {
        var worker = await StartAsync();
        _rig.Waha.HasStore = false;
        _rig.Waha.OnSend = _ => FakeWahaFault.DeliveredBut500;
        await worker.ReceiveAsync("oi");

        await worker.RunAsync();

        _rig.Waha.Delivered.Count.ShouldBe(2);
        Settlements(worker).ShouldBe(["dead:held"]);
        worker.InboundStates().ShouldBe(["dead:uncertain_no_store"]);
    }

    [Fact]
    public async Task A_chat_that_cannot_be_read_is_not_stopped_for_ever()
    {
        var worker = await StartAsync(("Delivery:WhenUncertain", "Hold"));
        _rig.Waha.FailsToRead = true;
        _rig.Waha.FaultNext(FakeWahaFault.NotDeliveredAndCut);
        await worker.ReceiveAsync("primeira");
        await worker.RunAsync();
        await worker.ReceiveAsync("segunda");

        await worker.RunAsync();

        _rig.Waha.Delivered.ShouldHaveSingleItem().Text.ShouldBe("segunda");
        worker.InboundStates().ShouldBe(["dead:uncertain_chat_unreadable", "sent"]);
    }

    [Fact]
    public async Task Proven_absence_is_sent_again_whatever_the_setting_says()
    {
        var worker = await StartAsync(("Delivery:WhenUncertain", "Hold"));
        _rig.Waha.FaultNext(FakeWahaFault.NotDeliveredAndCut);
        await worker.ReceiveAsync("oi");

        await worker.RunAsync();

        _rig.Waha.Delivered.ShouldHaveSingleItem();
        Settlements(worker).ShouldBe(["accepted:absent_resent"]);
    }

    [Theory]
    [InlineData(nameof(FakeWahaFault.NotDeliveredAndCut), 0)]
    [InlineData(nameof(FakeWahaFault.DeliveredButCut), 1)]
    public async Task Held_reply_is_put_aside_and_the_chat_goes_on(string fault, int arrived)
    {
        var worker = await StartAsync(("Delivery:WhenUncertain", "Hold"));
        _rig.Waha.HasStore = false;
        _rig.Waha.FaultNext(Enum.Parse<FakeWahaFault>(fault));
        await worker.ReceiveAsync("primeira");
        await worker.RunAsync();

        await worker.ReceiveAsync("segunda");
        await worker.RunAsync();

        _rig.Waha.Delivered.Count.ShouldBe(arrived + 1);
        _rig.Waha.Delivered[^1].Text.ShouldBe("segunda");
        Settlements(worker).ShouldBe(["dead:held", "accepted:plain"]);
        worker.InboundStates().ShouldBe(["dead:uncertain_no_store", "sent"]);
    }

    [Fact]
    public async Task Rest_of_the_answer_follows_a_held_part()
    {
        var worker = await StartAsync(("Delivery:WhenUncertain", "Hold"));
        _rig.Waha.HasStore = false;
        _rig.Waha.FaultNext(FakeWahaFault.NotDeliveredAndCut);
        _rig.Model.Enqueue(ScriptedReply.Text($"{new string('x', 1400)}\n\n{new string('y', 1400)}"));
        await worker.ReceiveAsync("conte");

        await worker.RunAsync();

        _rig.Waha.Delivered.ShouldHaveSingleItem().Text.ShouldStartWith("y");
        worker.InboundStates().ShouldBe(["dead:uncertain_no_store"]);
    }

    [Fact]
    public async Task Apology_is_held_whatever_the_setting_says()
    {
        var worker = await StartAsync(("Turns:MaxAttempts", "1"));
        _rig.Waha.HasStore = false;
        _rig.Waha.FaultNext(FakeWahaFault.DeliveredButCut);
        _rig.Model.Enqueue(ScriptedReply.Status(401));
        await worker.ReceiveAsync("oi");

        await worker.RunAsync();

        _rig.Waha.Delivered.ShouldHaveSingleItem();
        Settlements(worker).ShouldBe(["dead:held"]);
        worker.OutboxStates().ShouldBe(["dead:uncertain_no_store"]);
        worker.InboundStates().ShouldBe(["dead:model_Unauthorized"]);
    }

    [Fact]
    public async Task Replay_of_a_held_reply_sends_it_where_nothing_can_be_proven()
    {
        var worker = await StartAsync(("Delivery:WhenUncertain", "Hold"));
        _rig.Waha.HasStore = false;
        _rig.Waha.FaultNext(FakeWahaFault.NotDeliveredAndCut);
        await worker.ReceiveAsync("oi");
        await worker.RunAsync();
        var letters = worker.Get<DeadLetterStore>();

        (await letters.ReplayAsync(letters.List(new DeadLetterFilter(), null, 10).Items.Single().Id, _rig.Patience)).ShouldBe(DeadLetterOutcome.Done);
        await worker.RunAsync();

        _rig.Waha.Delivered.ShouldHaveSingleItem().Text.ShouldBe("oi");
        Settlements(worker).ShouldBe(["accepted:unproven_resent"]);
        worker.InboundStates().ShouldBe(["sent"]);
    }

    [Fact]
    public async Task Replay_of_a_held_reply_that_is_in_the_chat_after_all_sends_nothing()
    {
        var worker = await StartAsync(("Delivery:WhenUncertain", "Hold"));
        _rig.Waha.HasStore = false;
        _rig.Waha.FaultNext(FakeWahaFault.DeliveredButCut);
        await worker.ReceiveAsync("oi");
        await worker.RunAsync();
        _rig.Waha.HasStore = true;
        var letters = worker.Get<DeadLetterStore>();

        await letters.ReplayAsync(letters.List(new DeadLetterFilter(), null, 10).Items.Single().Id, _rig.Patience);
        await worker.RunAsync();

        _rig.Waha.Delivered.ShouldHaveSingleItem();
        Settlements(worker).ShouldBe(["accepted:found"]);
    }

    [Fact]
    public async Task Session_that_stops_working_burns_no_attempt()
    {
        var worker = await StartAsync(("Delivery:WhenUncertain", "Hold"));
        _rig.Waha.FaultNext(FakeWahaFault.NotDeliveredAndCut);
        await worker.ReceiveAsync("oi");
        (await worker.StepAsync()).ShouldBeTrue();
        _rig.Waha.Sessions["default"] = "FAILED";
        while (_rig.Waha.Calls.OfType<GetSessionCall>().Count() < 20)
            (await worker.StepAsync()).ShouldBeTrue();
        worker.Database.Read(sql => sql.Query("SELECT attempts, uncertain FROM outbox", row => (row.GetInt64(0), row.GetInt64(1)))).ShouldBe([(1, 0)]);

        _rig.Waha.Sessions["default"] = "WORKING";
        await worker.RunAsync();

        Settlements(worker).ShouldBe(["accepted:absent_resent"]);
        _rig.Waha.Delivered.ShouldHaveSingleItem();
    }

    private async Task<CrashWorker> StartAsync(params (string Key, string Value)[] settings)
    {
        _rig = await CrashRig.StartAsync([("Turns:StartGrace", "00:00:00"), .. settings]);
        return _rig.NewWorker();
    }

    private static List<string> Settlements(CrashWorker worker) =>
        worker.Database.Read(sql => sql.Query("SELECT state || ':' || settlement FROM outbox ORDER BY outbox_id", row => row.GetString(0)));
}
