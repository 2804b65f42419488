using OpenClaw.Tests.Crashes;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Replies;

/// <summary>Answers with human pacing, on a clock that stands still while nobody waits.</summary>
public sealed class ReplySenderTests : IAsyncLifetime
{
    private CrashRig _rig = null!;
    private CrashWorker _worker = null!;

    public async Task InitializeAsync()
    {
        _rig = await CrashRig.StartAsync(("Delivery:HumanPacing", "true"));
        _worker = _rig.NewWorker();
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Fact]
    public async Task Message_is_read_then_typing_is_shown_then_the_answer_comes()
    {
        await _worker.ReceiveAsync("oi");
        var start = _rig.Time.GetUtcNow();

        await _worker.RunAsync();

        _rig.Waha.Calls.Select(call => call.GetType().Name).ShouldBe([nameof(SendSeenCall), nameof(StartTypingCall), nameof(StopTypingCall), nameof(SendTextCall)]);
        (_rig.Waha.Delivered.ShouldHaveSingleItem().At - start).ShouldBeInRange(TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(600));
    }

    [Fact]
    public async Task A_turn_that_fails_leaves_nobody_waiting_for_an_answer_that_is_being_typed()
    {
        // A failure that comes first leaves nothing to take back.
        _rig.Model.Enqueue(ScriptedReply.Status(500) with { HoldUntil = _rig.Waha.WaitForCallsAsync<StartTypingCall>(1, _rig.Patience) });
        await _worker.ReceiveAsync("oi");

        await _worker.RunAsync();

        _rig.Waha.Calls.Select(call => call.GetType().Name).Take(3).ShouldBe([nameof(SendSeenCall), nameof(StartTypingCall), nameof(StopTypingCall)]);
        _rig.Waha.Calls.OfType<StopTypingCall>().Count().ShouldBe(2);
        _rig.Waha.Delivered.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Bubbles_come_one_after_the_other_with_typing_between()
    {
        await _worker.ReceiveAsync("conte");
        _rig.Model.Enqueue(ScriptedReply.Text(string.Join("\n\n", Enumerable.Range(0, 3).Select(i => $"{i}{new string('x', 1400)}"))));
        var start = _rig.Time.GetUtcNow();

        await _worker.RunAsync();

        var delivered = _rig.Waha.Delivered;
        delivered.Select(bubble => bubble.Text[0]).ShouldBe(['0', '1', '2']);
        foreach (var (before, after) in delivered.Select(bubble => bubble.At).Prepend(start).Zip(delivered.Select(bubble => bubble.At)))
            (after - before).ShouldBeInRange(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(5));
        _rig.Waha.Calls.Select(call => call.GetType().Name).ShouldBe(
        [
            nameof(SendSeenCall), nameof(StartTypingCall), nameof(StopTypingCall), nameof(SendTextCall), nameof(StartTypingCall), nameof(StopTypingCall), nameof(SendTextCall),
            nameof(StartTypingCall), nameof(StopTypingCall), nameof(SendTextCall),
        ]);
        _worker.InboundStates().ShouldBe(["sent"]);
    }

    [Fact]
    public async Task Next_message_is_answered_after_all_bubbles_of_the_last()
    {
        await _worker.ReceiveAsync("conte");
        _rig.Model.Enqueue(ScriptedReply.Text(string.Join("\n\n", Enumerable.Range(0, 2).Select(i => $"{i}{new string('x', 1400)}"))));
        while (_rig.Waha.Delivered.Count == 0)
            (await _worker.StepAsync()).ShouldBeTrue();
        await _worker.ReceiveAsync("e agora?");

        await _worker.RunAsync();

        _rig.Waha.Delivered.Select(bubble => bubble.Text[0]).ShouldBe(['0', '1', 'e']);
    }

    [Fact]
    public async Task Waiting_bubble_holds_no_slot()
    {
        await _worker.ReceiveAsync("conte");
        (await _worker.StepAsync()).ShouldBeTrue();
        _worker.OutboxStates().ShouldBe(["queued"]);
        _rig.Waha.Calls.OfType<SendTextCall>().ShouldBeEmpty();

        await _worker.ReceiveAsync("oi", "5511888880000");
        var now = _rig.Time.GetUtcNow();
        (await _worker.StepAsync()).ShouldBeTrue();

        // The other chat was served at once, by the one who would have waited.
        _rig.Time.GetUtcNow().ShouldBe(now);
        _rig.Waha.Calls.OfType<SendSeenCall>().Select(call => call.ChatId).ShouldBe(["5511987654321@c.us", "5511888880000@c.us"]);
    }

    [Fact]
    public async Task Manners_that_fail_stop_no_answer()
    {
        await _worker.ReceiveAsync("conte");
        _rig.Waha.MannersFail = true;
        _rig.Model.Enqueue(ScriptedReply.Text(string.Join("\n\n", Enumerable.Range(0, 2).Select(i => $"{i}{new string('x', 1400)}"))));

        await _worker.RunAsync();

        _rig.Waha.Delivered.Select(bubble => bubble.Text[0]).ShouldBe(['0', '1']);
        _rig.Waha.Calls.OfType<StopTypingCall>().Count().ShouldBe(2);
        _worker.InboundStates().ShouldBe(["sent"]);
    }

    [Fact]
    public async Task Lack_of_manners_stops_no_answer()
    {
        await _worker.ReceiveAsync("oi");
        _rig.Waha.HasStore = false;
        _rig.Waha.Sessions["default"] = "STARTING";
        _rig.Model.OnRequest = _ =>
        {
            _rig.Waha.Sessions["default"] = "WORKING";
            return null;
        };

        await _worker.RunAsync();

        _rig.Waha.Delivered.ShouldHaveSingleItem().Text.ShouldBe("oi");
    }
}
