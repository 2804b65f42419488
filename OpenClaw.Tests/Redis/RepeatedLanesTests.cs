using OpenClaw.Core.Queue;
using OpenClaw.Core.Redis;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Redis;

public sealed class RepeatedLanesTests
{
    private static readonly LaneId Flooding = new(1);
    private readonly ManualTimeProvider _time = new();
    private readonly List<LaneSignal> _again = [];

    [Fact]
    public void A_lane_that_is_told_again_and_again_is_told_once_more_when_the_window_ends()
    {
        var lanes = Lanes();
        Hold(lanes, 30).ShouldBe(30 - RepeatedLanes.Often);
        _again.ShouldBeEmpty();

        _time.Advance(RepeatedLanes.Window);

        _again.ShouldHaveSingleItem().ShouldBe(new LaneSignal(Flooding, At(RepeatedLanes.Often)), "the earliest of what was held");
    }

    [Fact]
    public void Others_are_told_at_once()
    {
        var lanes = Lanes();
        Hold(lanes, 30);

        lanes.TryHold(new LaneSignal(new LaneId(2), At(0))).ShouldBeFalse();
    }

    [Fact]
    public void The_next_window_begins_anew()
    {
        var lanes = Lanes();
        Hold(lanes, 30);
        _time.Advance(RepeatedLanes.Window);
        _again.Clear();

        Hold(lanes, RepeatedLanes.Often).ShouldBe(0);
        _time.Advance(RepeatedLanes.Window);

        _again.ShouldBeEmpty("nothing was held");
    }

    [Fact]
    public void What_is_held_when_the_process_stops_is_told_before_it_does()
    {
        var lanes = Lanes();
        Hold(lanes, 30);

        lanes.Dispose();

        _again.ShouldHaveSingleItem().Lane.ShouldBe(Flooding);
        Hold(lanes, 30).ShouldBe(0, "nobody would tell it");
    }

    private RepeatedLanes Lanes() => new(_again.Add, _time);

    private int Hold(RepeatedLanes lanes, int signals) => Enumerable.Range(0, signals).Count(i => lanes.TryHold(new LaneSignal(Flooding, At(i))));

    private static DateTimeOffset At(int millisecond) => DateTimeOffset.UnixEpoch.AddMilliseconds(millisecond);
}
