using OpenClaw.Core.Queue;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Queue;

public sealed class IngressPressureTests
{
    private static readonly TimeSpan Window = TimeSpan.FromMilliseconds(50);
    private readonly ManualTimeProvider _time = new();
    private long _backlog;

    [Fact]
    public void A_flood_is_noticed_and_lasts_one_window_longer()
    {
        var pressure = new IngressPressure(_time, () => _backlog);
        Receive(pressure, 100);
        pressure.IsHigh.ShouldBeTrue();

        _time.Advance(Window);
        Receive(pressure, 1);
        pressure.IsHigh.ShouldBeTrue("the last window was a flood");

        _time.Advance(Window);
        pressure.IsHigh.ShouldBeFalse();
    }

    [Fact]
    public void A_lively_chat_is_no_flood()
    {
        var pressure = new IngressPressure(_time, () => _backlog);
        Receive(pressure, 99);
        pressure.IsHigh.ShouldBeFalse();
    }

    [Fact]
    public void An_old_flood_is_forgotten_when_nothing_came_since()
    {
        var pressure = new IngressPressure(_time, () => _backlog);
        Receive(pressure, 1000);
        _time.Advance(Window * 3);
        pressure.IsHigh.ShouldBeFalse();
    }

    [Fact]
    public void Webhooks_that_wait_for_a_thread_count_too()
    {
        var pressure = new IngressPressure(_time, () => _backlog);
        Receive(pressure, 1);
        _backlog = 24;
        pressure.IsHigh.ShouldBeTrue();
    }

    [Fact]
    public void A_busy_worker_without_webhooks_has_nobody_to_hold_back_for()
    {
        var pressure = new IngressPressure(_time, () => _backlog);
        _backlog = 1000;
        pressure.IsHigh.ShouldBeFalse();

        Receive(pressure, 1);
        _time.Advance(TimeSpan.FromSeconds(2));
        pressure.IsHigh.ShouldBeFalse();
    }

    [Fact]
    public void Webhooks_that_are_answered_quickly_keep_no_other_process_back_however_many_they_are()
    {
        var pressure = new IngressPressure(_time, () => _backlog);
        for (var i = 0; i < 1000; i++)
        {
            pressure.Count();
            pressure.Answered();
        }

        pressure.IsHighHere.ShouldBeFalse();
    }

    [Fact]
    public void A_stream_of_webhooks_that_have_to_wait_keeps_other_processes_back_and_one_burst_does_not()
    {
        var pressure = new IngressPressure(_time, () => _backlog);
        Receive(pressure, 64);
        pressure.IsHighHere.ShouldBeFalse("a burst");

        for (var window = 0; window < 8; window++)
        {
            _time.Advance(Window);
            Receive(pressure, 50);
        }

        pressure.IsHighHere.ShouldBeTrue();
        _time.Advance(TimeSpan.FromMilliseconds(500));
        pressure.IsHighHere.ShouldBeFalse("they wait, but no more come");
    }

    [Fact]
    public void A_stream_is_seen_also_where_slow_commits_let_it_through_in_surges()
    {
        var pressure = new IngressPressure(_time, () => _backlog);
        for (var surge = 0; surge < 4; surge++)
        {
            _time.Advance(Window * 2);
            Receive(pressure, 100);
            for (var i = 0; i < 100; i++)
                pressure.Answered();
        }

        pressure.IsHighHere.ShouldBeTrue("1,000 a second, of which 100 wait for each commit");
    }

    [Fact]
    public void People_who_write_again_as_soon_as_they_are_answered_are_no_stream()
    {
        var pressure = new IngressPressure(_time, () => _backlog);
        _backlog = 1000;
        for (var window = 0; window < 16; window++)
        {
            _time.Advance(Window);
            Receive(pressure, 50);
            for (var i = 0; i < 40; i++)
                pressure.Count(isAck: true);
        }

        pressure.IsHighHere.ShouldBeFalse();
    }

    [Fact]
    public void What_another_process_told_holds_for_a_while_and_is_not_told_on()
    {
        var pressure = new IngressPressure(_time, () => _backlog);
        pressure.Told(TimeSpan.FromMilliseconds(200));
        pressure.IsHigh.ShouldBeTrue();
        pressure.IsHighHere.ShouldBeFalse();

        _time.Advance(TimeSpan.FromMilliseconds(200));
        pressure.IsHigh.ShouldBeFalse();
    }

    private static void Receive(IngressPressure pressure, int webhooks)
    {
        for (var i = 0; i < webhooks; i++)
            pressure.Count();
    }
}
