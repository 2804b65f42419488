using OpenClaw.Core.Accounts;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Queue.Journeys;
using OpenClaw.Core.Storage;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Tests.Crashes;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Replies;

/// <summary>Each session has a budget of its own, and a stand-in sends within its own.</summary>
public sealed class StandInBudgetTests : IAsyncLifetime
{
    private CrashRig _rig = null!;
    private CrashWorker _worker = null!;

    public async Task InitializeAsync()
    {
        _rig = await CrashRig.StartAsync(("Waha:Sessions:0", "default"), ("Waha:Sessions:1", "sales"), ("Waha:Sessions:2", "third"), ("Limits:BubblesPerHourPerSession", "1"));
        _worker = _rig.NewWorker();
        await TellAsync("default", "WORKING");
        await TellAsync("sales", "WORKING");
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task Over_the_budget_of_the_stand_in_a_chat_waits_for_its_place_once()
    {
        await TellAsync("default", "SCAN_QR_CODE");
        await _worker.ReceiveAsync("um", "5511888880000");
        await _worker.ReceiveAsync("dois");

        await StepUntilSentAsync(2);

        _rig.Waha.Delivered.Select(bubble => (bubble.Session, bubble.Text)).ShouldBe([("sales", "um"), ("sales", "dois")]);
        Math.Round((_rig.Waha.Delivered[1].At - _rig.Waha.Delivered[0].At).TotalMinutes).ShouldBe(60);
        _worker.InboundStates().ShouldBe(["sent", "sent"]);
    }

    [Fact]
    public async Task A_place_in_the_budget_of_the_stand_in_is_none_in_the_chats_own_session()
    {
        await TellAsync("default", "SCAN_QR_CODE");
        await _worker.ReceiveAsync("um", "5511888880000");
        await StepUntilSentAsync(1);
        await _worker.ReceiveAsync("dois");
        while (Texts("SELECT budget FROM outbox WHERE budget IS NOT NULL").Count == 0)
            (await _worker.StepAsync()).ShouldBeTrue();
        var request = Texts("SELECT request_id FROM inbound ORDER BY inbound_id")[1];
        _worker.Get<JourneyStore>().Find(request).ShouldNotBeNull().Steps.ShouldNotContain(step => step.Kind == JourneyStepKind.StoodIn);

        await TellAsync("default", "WORKING");
        await StepUntilSentAsync(2);
        await _worker.ReceiveAsync("três");
        await StepUntilSentAsync(3);

        _rig.Waha.Delivered.Select(bubble => (bubble.Session, bubble.Text)).ShouldBe([("sales", "um"), ("default", "dois"), ("default", "três")]);
        Math.Round((_rig.Waha.Delivered[2].At - _rig.Waha.Delivered[1].At).TotalMinutes).ShouldBe(60);
    }

    [Fact]
    public async Task What_a_stand_in_was_refused_waits_for_the_budget_of_the_chats_own_session_and_goes_to_no_third()
    {
        await _worker.ReceiveAsync("um", "5511888880000");
        await _worker.RunAsync();
        await _worker.Get<AccountLimitStore>().NoteRefusedAsync("default", AccountLimit.Timelock, _rig.Patience);
        _rig.Time.Advance(TimeSpan.FromSeconds(3));
        _rig.Waha.FaultNext(FakeWahaFault.Timelock463);
        await _worker.ReceiveAsync("dois");
        while (_rig.Waha.Calls.OfType<SendTextCall>().Count() < 2)
            (await _worker.StepAsync()).ShouldBeTrue();
        await TellAsync("third", "WORKING");

        await StepUntilSentAsync(2);

        _rig.Waha.Calls.OfType<SendTextCall>().Select(call => call.Session).ShouldBe(["default", "sales", "default"]);
        _rig.Waha.Delivered.Select(bubble => (bubble.Session, bubble.Text)).ShouldBe([("default", "um"), ("default", "dois")]);
    }

    /// <summary>Within some steps: what waits takes a few of them for each place.</summary>
    private async Task StepUntilSentAsync(int count)
    {
        for (var i = 0; i < 40 && _rig.Waha.Delivered.Count < count; i++)
            await _worker.StepAsync();
        _rig.Waha.Delivered.Count.ShouldBe(count);
    }

    /// <summary>A session is so, WAHA tells it, and everybody has looked.</summary>
    private async Task TellAsync(string session, string status)
    {
        _rig.Time.Advance(TimeSpan.FromSeconds(3));
        _rig.Waha.Sessions[session] = status;
        await _worker.Get<ChatEventStore>().RecordSessionAsync(session, status, null, _rig.Time.GetUtcNow(), _rig.Patience);
    }

    private List<string> Texts(string query) => _worker.Database.Read(sql => sql.Query(query, row => row.GetString(0)));
}
