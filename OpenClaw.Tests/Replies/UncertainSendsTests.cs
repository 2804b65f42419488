using OpenClaw.Core.Queue;
using OpenClaw.Tests.Agents;
using OpenClaw.Tests.Crashes;
using OpenClaw.Tests.Infrastructure;
using OpenClaw.Worker.Replies;

namespace OpenClaw.Tests.Replies;

/// <summary>What reading the chat says about a bubble that was claimed at zero and given up after 15 s; the quarantine is 15 s.</summary>
public sealed class UncertainSendsTests : IAsyncLifetime
{
    private const string Chat = "5511987654321@c.us";
    private CrashRig _rig = null!;
    private CrashWorker _worker = null!;
    private UncertainSends _sends = null!;

    public async Task InitializeAsync()
    {
        _rig = await CrashRig.StartAsync();
        _worker = _rig.NewWorker();
        _sends = _worker.Get<UncertainSends>();
    }

    public async Task DisposeAsync() => await _rig.DisposeAsync();

    [Theory]
    [InlineData("quarantine still runs", 20, null, nameof(UncertainVerdict.Open), 3)]
    [InlineData("quarantine is over, first look", 40, null, nameof(UncertainVerdict.Open), 3)]
    [InlineData("second look too soon", 31, 29.0, nameof(UncertainVerdict.Open), 3)]
    [InlineData("second look", 33, 30.0, nameof(UncertainVerdict.Absent), 0)]
    [InlineData("second look while the quarantine runs", 24, 20.0, nameof(UncertainVerdict.Open), 3)]
    [InlineData("first look long ago, quarantine just over", 30, 1.0, nameof(UncertainVerdict.Absent), 0)]
    public async Task Bubble_that_is_not_there(string what, double now, double? absentAt, string verdict, double nextLook)
    {
        var bubble = Bubble(absentAt);
        _rig.Time.Advance(TimeSpan.FromSeconds(now));

        var look = await LookAsync(bubble);

        look.Verdict.ToString().ShouldBe(verdict, what);
        (look.NextLook - _rig.Time.GetUtcNow()).TotalSeconds.ShouldBeInRange(0, nextLook, what);
        look.AbsentAt.ShouldBe(bubble.AbsentAt ?? _rig.Time.GetUtcNow(), what);
    }

    [Theory]
    [InlineData("olá, mundo", 0, true, true)]
    [InlineData("olá,  mundo \n", 0, true, true)]
    [InlineData("olá, mundo", -59, true, true)]
    [InlineData("olá, mundo", -61, true, false)]
    [InlineData("olá, mundo", 1, false, false)]
    [InlineData("olá, Mundo", 1, true, false)]
    public async Task Message_of_the_chat_counts(string text, int at, bool fromMe, bool counts)
    {
        var bubble = Bubble();
        _rig.Waha.Phone.Add("default", Chat, text, fromMe, "3EB0RAW", bubble.ClaimedAt!.Value.AddSeconds(at));

        var look = await LookAsync(bubble);

        look.Verdict.ShouldBe(counts ? UncertainVerdict.Sent : UncertainVerdict.Open);
        look.RawId.ShouldBe(counts ? "3EB0RAW" : null);
    }

    [Fact]
    public async Task Oldest_of_several_is_taken()
    {
        var bubble = Bubble();
        _rig.Waha.Phone.Add("default", Chat, "olá, mundo", fromMe: true, "OLDER", bubble.ClaimedAt!.Value.AddSeconds(1));
        _rig.Waha.Phone.Add("default", Chat, "olá, mundo", fromMe: true, "NEWER", bubble.ClaimedAt!.Value.AddSeconds(3));

        (await LookAsync(bubble)).RawId.ShouldBe("OLDER");
    }

    [Fact]
    public async Task Chat_that_cannot_be_read_now_is_looked_at_again()
    {
        await _rig.Waha.StopAsync();
        var bubble = Bubble(absentAt: 30);
        _rig.Time.Advance(TimeSpan.FromMinutes(10));

        var look = await LookAsync(bubble);

        look.Verdict.ShouldBe(UncertainVerdict.Open);
        (look.NextLook - _rig.Time.GetUtcNow()).ShouldBe(TimeSpan.FromSeconds(3));
        look.AbsentAt.ShouldBe(bubble.AbsentAt);
    }

    [Fact]
    public async Task Session_that_does_not_work_is_waited_for_and_proves_nothing()
    {
        _rig.Waha.Sessions["default"] = "STARTING";
        var bubble = Bubble(absentAt: 30);
        _rig.Time.Advance(TimeSpan.FromMinutes(10));

        var look = await LookAsync(bubble);

        (look.Verdict, look.Why, look.AbsentAt).ShouldBe((UncertainVerdict.Open, "session_not_working", bubble.AbsentAt));
        (look.NextLook - _rig.Time.GetUtcNow()).ShouldBe(TimeSpan.FromSeconds(5));
        _rig.Waha.Calls.OfType<ReadChatCall>().ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_a_message_store_absence_proves_nothing()
    {
        _rig.Waha.HasStore = false;
        var bubble = Bubble(absentAt: 16);
        _rig.Time.Advance(TimeSpan.FromSeconds(29));
        (await LookAsync(bubble)).Verdict.ShouldBe(UncertainVerdict.Open);
        _rig.Time.Advance(TimeSpan.FromSeconds(1));

        var look = await LookAsync(bubble);

        (look.Verdict, look.Why).ShouldBe((UncertainVerdict.Unproven, "no_store"));
    }

    [Fact]
    public async Task Waha_that_started_after_the_claim_proves_nothing()
    {
        var bubble = Bubble(absentAt: 16);
        _rig.Time.Advance(TimeSpan.FromSeconds(20));
        await _rig.Waha.RestartAsync();
        _rig.Time.Advance(TimeSpan.FromSeconds(20));

        var look = await LookAsync(bubble);

        (look.Verdict, look.Why).ShouldBe((UncertainVerdict.Unproven, "waha_restarted"));
    }

    [Fact]
    public async Task Waha_that_started_before_the_claim_proves_it()
    {
        await _rig.Waha.RestartAsync();
        _rig.Time.Advance(TimeSpan.FromSeconds(1));
        var bubble = Bubble(absentAt: 16);
        _rig.Time.Advance(TimeSpan.FromSeconds(40));

        (await LookAsync(bubble)).Verdict.ShouldBe(UncertainVerdict.Absent);
    }

    [Fact]
    public async Task Waha_that_does_not_tell_since_when_it_runs_proves_nothing()
    {
        _rig.Waha.TellsStart = false;
        var bubble = Bubble(absentAt: 16);
        _rig.Time.Advance(TimeSpan.FromSeconds(40));

        var look = await LookAsync(bubble);

        (look.Verdict, look.Why).ShouldBe((UncertainVerdict.Unproven, "start_unknown"));
    }

    [Fact]
    public async Task Old_send_is_found_behind_all_that_was_sent_since()
    {
        var bubble = Bubble();
        _rig.Waha.Phone.Add("default", Chat, "olá, mundo", fromMe: true, "SENT", bubble.ClaimedAt!.Value.AddSeconds(1));
        for (var i = 0; i < 250; i++)
            _rig.Waha.Phone.Add("default", Chat, $"later {i}", fromMe: true, at: bubble.ClaimedAt!.Value.AddMinutes(i));

        (await LookAsync(bubble)).RawId.ShouldBe("SENT");
        _rig.Waha.Calls.OfType<ReadChatCall>().Select(call => (call.Offset, call.Limit)).ShouldBe([(0, 100), (100, 100), (200, 100)]);
    }

    [Fact]
    public async Task More_messages_than_anybody_reads_prove_nothing()
    {
        var bubble = Bubble(absentAt: 16);
        for (var i = 0; i < 1001; i++)
            _rig.Waha.Phone.Add("default", Chat, $"later {i}", fromMe: true, at: bubble.ClaimedAt!.Value.AddSeconds(2));
        _rig.Time.Advance(TimeSpan.FromSeconds(40));

        var look = await LookAsync(bubble);

        (look.Verdict, look.Why).ShouldBe((UncertainVerdict.Unproven, "history_too_long"));
        _rig.Waha.Calls.OfType<ReadChatCall>().Count().ShouldBe(10);
    }

    [Fact]
    public async Task Message_with_our_id_is_it_whatever_others_say()
    {
        var bubble = Bubble() with { RawId = "OURS" };
        _rig.Waha.Phone.Add("default", Chat, "olá, mundo", fromMe: true, "OTHER", bubble.ClaimedAt!.Value.AddSeconds(1));
        _rig.Waha.Phone.Add("default", Chat, "re-wrapped", fromMe: true, "OURS", bubble.ClaimedAt!.Value.AddSeconds(2));

        (await LookAsync(bubble)).RawId.ShouldBe("OURS");
    }

    [Fact]
    public async Task Same_words_typed_on_the_phone_are_not_the_message_with_our_id()
    {
        var bubble = Bubble(absentAt: 16) with { RawId = "OURS" };
        _rig.Waha.Phone.Add("default", Chat, "olá, mundo", fromMe: true, "TYPED", bubble.ClaimedAt!.Value.AddSeconds(1));
        _rig.Time.Advance(TimeSpan.FromSeconds(40));

        (await LookAsync(bubble)).Verdict.ShouldBe(UncertainVerdict.Absent);
    }

    [Fact]
    public async Task Acknowledged_message_needs_no_look()
    {
        var look = await LookAsync(Bubble() with { RawId = "OURS", IsAcknowledged = true });

        (look.Verdict, look.RawId).ShouldBe((UncertainVerdict.Sent, "OURS"));
        _rig.Waha.Calls.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("OURS", 0)]
    [InlineData(null, 1)]
    public async Task What_Waha_told_by_itself_finds_it_without_a_store(string? own, int reads)
    {
        _rig.Waha.HasStore = false;
        var bubble = Bubble() with { RawId = own };
        await _worker.Get<ChatEventStore>().RecordAsync(
            "default", ChatEventStore.OwnEcho, new ChatEventContent(Chat, "OURS", "olá, mundo", "api", null), null, bubble.ClaimedAt!.Value.AddSeconds(1), _rig.Patience);

        (await LookAsync(bubble)).RawId.ShouldBe("OURS");
        _rig.Waha.Calls.OfType<ReadChatCall>().Count().ShouldBe(reads);
    }

    private Task<UncertainLook> LookAsync(Bubble bubble) => _sends.LookAsync(WorkSamples.Of(), bubble, _rig.Patience);

    private Bubble Bubble(double? absentAt = null)
    {
        var zero = _rig.Time.GetUtcNow();
        return new Bubble(
            1, 1, "sending", 1, zero, zero + TimeSpan.FromSeconds(15), zero, 1, 0, absentAt is { } seconds ? zero + TimeSpan.FromSeconds(seconds) : null,
            new BubbleContent(Chat, "olá, mundo", null));
    }
}
