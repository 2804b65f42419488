using OpenClaw.Core.Queue;
using OpenClaw.Tests.Agents;
using OpenClaw.Tests.Crashes;
using OpenClaw.Worker.Replies;

namespace OpenClaw.Tests.Replies;

/// <summary>What reading the chat says about a bubble that was claimed at zero and given up after 15 s; the quarantine is 15 s.</summary>
public sealed class UncertainSendsTests : IAsyncLifetime
{
    private const string Chat = "5511987654321@c.us";
    private CrashRig _rig = null!;
    private UncertainSends _sends = null!;

    public async Task InitializeAsync()
    {
        _rig = await CrashRig.StartAsync();
        _sends = _rig.NewWorker().Get<UncertainSends>();
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

    private Task<UncertainLook> LookAsync(Bubble bubble) => _sends.LookAsync(WorkSamples.Of(), bubble, _rig.Patience);

    private Bubble Bubble(double? absentAt = null)
    {
        var zero = _rig.Time.GetUtcNow();
        return new Bubble(
            1, 1, "sending", 1, zero, zero + TimeSpan.FromSeconds(15), zero, 1, 0, absentAt is { } seconds ? zero + TimeSpan.FromSeconds(seconds) : null,
            new BubbleContent(Chat, "olá, mundo", null));
    }
}
