using OpenClaw.Core.Accounts;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Crashes;

/// <summary>WhatsApp refuses what an account writes: it is final, it is told, and nothing is done to the session for it.</summary>
public sealed class LimitedSendTests : IAsyncLifetime
{
    private CrashRig _rig = null!;
    private CrashWorker _worker = null!;

    public async Task InitializeAsync()
    {
        _rig = await CrashRig.StartAsync(("Limits:MessagesPerMinutePerChat", "1"));
        _worker = _rig.NewWorker();
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Theory]
    [InlineData(FakeWahaFault.Timelock463, "whatsapp_463_timelock", "timelock")]
    [InlineData(FakeWahaFault.Capping475, "whatsapp_475_capping", "capping")]
    internal async Task Limit_of_WhatsApps_is_a_dead_letter_at_once_and_the_account_is_red(FakeWahaFault fault, string reason, string sign)
    {
        await _worker.ReceiveAsync("primeira");
        _rig.Waha.FaultNext(fault);

        await _worker.RunAsync();
        await _worker.ReceiveAsync("segunda", "5511888880000");
        await _worker.RunAsync();

        _worker.OutboxStates().ShouldBe([$"dead:{reason}", "accepted"]);
        _worker.InboundStates().ShouldBe([$"dead:{reason}", "sent"]);
        _rig.Waha.Calls.OfType<SendTextCall>().Select(call => call.Text).ShouldBe(["primeira", "segunda"]);
        _rig.Waha.Calls.OfType<SessionChangeCall>().ShouldBeEmpty();
        _worker.Get<AccountHealth>().Look("default").Signs.Single().Reason.ShouldBe(sign);
        _worker.Get<WahaClient>().Session("default").IsClosed.ShouldBeTrue();
    }

    [Fact]
    public async Task Rest_of_a_refused_answer_is_not_tried()
    {
        await _worker.ReceiveAsync("conte");
        _rig.Model.Enqueue(ScriptedReply.Text(string.Join("\n\n", Enumerable.Range(0, 3).Select(i => $"{i}{new string('x', 1400)}"))));
        _rig.Waha.FaultNext(FakeWahaFault.None, FakeWahaFault.Timelock463);

        await _worker.RunAsync();

        _worker.OutboxStates().ShouldBe(["accepted", "dead:whatsapp_463_timelock", "dead:whatsapp_463_timelock"]);
        _rig.Waha.Calls.OfType<SendTextCall>().Count().ShouldBe(2);
    }

    [Fact]
    public async Task Red_account_answers_and_holds_back_everything_else()
    {
        await _worker.Get<AccountLimitStore>().NoteRefusedAsync("default", AccountLimit.Timelock, _rig.Patience);
        await _worker.ReceiveAsync("primeira");
        await _worker.ReceiveTooMuchAsync("demais");

        await _worker.RunAsync();

        _rig.Waha.Delivered.Select(bubble => bubble.Text).ShouldBe(["primeira"]);
        _worker.OutboxStates().ShouldBe(["dead:account_red", "accepted"]);
        _worker.InboundStates().ShouldBe(["sent", "limited"]);
    }

    [Fact]
    public async Task Amber_account_holds_nothing_back()
    {
        await _worker.Get<AccountLimitStore>().NoteToldAsync("default", AccountLimit.Capping, AccountLimitStage.Warned, null, _rig.Patience);
        await _worker.ReceiveAsync("primeira");
        await _worker.ReceiveTooMuchAsync("demais");

        await _worker.RunAsync();

        _rig.Waha.Delivered.Count.ShouldBe(2);
    }
}
