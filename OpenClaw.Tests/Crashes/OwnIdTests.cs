using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Crashes;

/// <summary>With a WAHA that gives ids of messages to come, a bubble is known by its id before it is sent.</summary>
public sealed class OwnIdTests : IAsyncLifetime
{
    private CrashRig _rig = null!;
    private CrashWorker _worker = null!;

    public async Task InitializeAsync()
    {
        _rig = await CrashRig.StartAsync(("Turns:StartGrace", "00:00:00"));
        _rig.Waha.GivesMessageIds = true;
        _worker = _rig.NewWorker();
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task Each_bubble_goes_out_under_an_id_of_its_own()
    {
        await _worker.ReceiveAsync("conte");
        _rig.Model.Enqueue(ScriptedReply.Text(string.Join("\n\n", Enumerable.Range(0, 3).Select(i => $"{i}{new string('x', 1400)}"))));

        await _worker.RunAsync();

        _rig.Waha.Calls.OfType<NewMessageIdCall>().Count().ShouldBe(3);
        var sent = _rig.Waha.Delivered.Select(bubble => bubble.RawId).ToList();
        sent.Distinct(StringComparer.Ordinal).Count().ShouldBe(3);
        _rig.Waha.Calls.OfType<SendTextCall>().Select(call => call.MessageId).ShouldBe(sent);
        Texts("SELECT raw_id FROM outbox ORDER BY outbox_id").ShouldBe(sent);
    }

    [Fact]
    public async Task Id_is_stored_before_the_send()
    {
        await _worker.ReceiveAsync("oi");
        _rig.Waha.FaultNext(FakeWahaFault.HangThenDeliver);

        var work = await _worker.BeginAsync();
        var call = (await _rig.Waha.WaitForCallsAsync<SendTextCall>(1, _rig.Patience)).Single();

        Texts("SELECT state || ':' || raw_id FROM outbox").ShouldBe(["sending:" + call.MessageId]);
        _rig.Waha.Release();
        await work.Handling;
    }

    [Fact]
    public async Task Cut_send_is_found_by_its_id()
    {
        await _worker.ReceiveAsync("oi");
        _rig.Waha.FaultNext(FakeWahaFault.DeliveredButCut);

        await _worker.RunAsync();

        _rig.Waha.Calls.OfType<SendTextCall>().Count().ShouldBe(1);
        Texts("SELECT raw_id || ':' || settlement FROM outbox").ShouldBe([_rig.Waha.Delivered.Single().RawId + ":found"]);
    }

    [Fact]
    public async Task Killed_worker_leaves_an_id_that_its_successor_finds()
    {
        await _worker.ReceiveAsync("oi");
        _rig.Waha.FaultNext(FakeWahaFault.DeliverThenHang);
        var work = await _worker.BeginAsync();
        await _rig.Waha.WaitForBubblesAsync(1, _rig.Patience);
        await work.KillAsync();

        var second = await _rig.SuccessorAsync();
        await second.RunAsync();

        _rig.Waha.Delivered.ShouldHaveSingleItem();
        _rig.Waha.Calls.OfType<NewMessageIdCall>().Count().ShouldBe(1);
        second.InboundStates().ShouldBe(["sent"]);
    }

    [Theory]
    [InlineData(nameof(FakeWahaFault.NotDeliveredAndCut))]
    [InlineData(nameof(FakeWahaFault.TooManyRequests))]
    public async Task Repeated_send_has_the_same_id(string fault)
    {
        await _worker.ReceiveAsync("oi");
        _rig.Waha.FaultNext(Enum.Parse<FakeWahaFault>(fault));

        await _worker.RunAsync();

        var calls = _rig.Waha.Calls.OfType<SendTextCall>().Select(call => call.MessageId).ToList();
        calls.Count.ShouldBe(2);
        calls[0].ShouldBe(calls[1].ShouldNotBeNull());
        _rig.Waha.Calls.OfType<NewMessageIdCall>().Count().ShouldBe(1);
    }

    [Fact]
    public async Task Waha_without_ids_is_asked_once_in_hours()
    {
        _rig.Waha.GivesMessageIds = false;
        for (var i = 0; i < 3; i++)
            await AnswerAsync();
        _rig.Waha.VainIdCalls.ShouldBe(1);
        _rig.Time.Advance(TimeSpan.FromHours(4));

        await AnswerAsync();
        await AnswerAsync();

        _rig.Waha.VainIdCalls.ShouldBe(2);
        _rig.Waha.Calls.OfType<SendTextCall>().ShouldAllBe(call => call.MessageId == null);
    }

    [Fact]
    public async Task Waha_that_was_replaced_is_asked_again()
    {
        _rig.Waha.GivesMessageIds = false;
        await AnswerAsync();
        await _rig.Waha.StopAsync();
        await _worker.ReceiveAsync("oi");
        (await _worker.StepAsync()).ShouldBeTrue();
        _rig.Waha.GivesMessageIds = true;
        await _rig.Waha.RestartAsync();

        await _worker.RunAsync();

        _rig.Waha.Calls.OfType<SendTextCall>().Last().MessageId.ShouldBe(_rig.Waha.Delivered[^1].RawId);
    }

    [Fact]
    public async Task Waha_that_does_not_use_the_id_is_believed_and_not_asked_again()
    {
        _rig.Waha.UsesMessageIds = false;

        await AnswerAsync();
        await AnswerAsync();

        _rig.Waha.Calls.OfType<NewMessageIdCall>().Count().ShouldBe(1);
        Texts("SELECT raw_id FROM outbox ORDER BY outbox_id").ShouldBe(_rig.Waha.Delivered.Select(bubble => bubble.RawId));
    }

    private async Task AnswerAsync()
    {
        await _worker.ReceiveAsync("oi");
        await _worker.RunAsync();
    }

    private List<string> Texts(string sql) => _worker.Database.Read(session => session.Query(sql, row => row.GetString(0)));
}
