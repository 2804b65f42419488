using OpenClaw.Core.Queue;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Queue;

public sealed class IngressPressureTests
{
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(50);
    private readonly ManualTimeProvider _time = new();

    [Fact]
    public void A_flood_is_noticed_and_lasts_one_window_longer()
    {
        var pressure = new IngressPressure(_time);
        Receive(pressure, 100);
        pressure.ShouldSatisfyAllConditions(it => it.IsHigh.ShouldBeTrue());

        _time.Advance(Window);
        Receive(pressure, 1);
        pressure.IsHigh.ShouldBeTrue("the last window was a flood");

        _time.Advance(Window);
        BacklogIsShort().ShouldBeTrue();
        pressure.IsHigh.ShouldBeFalse();
    }

    [Fact]
    public void A_lively_chat_is_no_flood()
    {
        var pressure = new IngressPressure(_time);
        Receive(pressure, 99);
        BacklogIsShort().ShouldBeTrue();
        pressure.IsHigh.ShouldBeFalse();
    }

    [Fact]
    public void An_old_flood_is_forgotten_when_nothing_came_since()
    {
        var pressure = new IngressPressure(_time);
        Receive(pressure, 1000);
        _time.Advance(Window * 3);
        BacklogIsShort().ShouldBeTrue();
        pressure.IsHigh.ShouldBeFalse();
    }

    /// <summary>The thread pool of the test run is shared: its backlog counts as pressure too, so wait until it is gone.</summary>
    private static bool BacklogIsShort() => SpinWait.SpinUntil(() => ThreadPool.PendingWorkItemCount == 0, TimeSpan.FromSeconds(30));

    private static void Receive(IngressPressure pressure, int webhooks)
    {
        for (var i = 0; i < webhooks; i++)
            pressure.Count();
    }
}
