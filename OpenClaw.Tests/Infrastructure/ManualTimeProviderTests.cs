namespace OpenClaw.Tests.Infrastructure;

public sealed class ManualTimeProviderTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly List<string> _fired = [];

    [Fact]
    public void Timers_fire_in_order_at_their_time()
    {
        var start = _time.GetUtcNow();
        using var late = _time.CreateTimer(_ => Note("late"), null, TimeSpan.FromSeconds(5), Timeout.InfiniteTimeSpan);
        using var periodic = _time.CreateTimer(_ => Note("periodic"), null, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));
        using var never = _time.CreateTimer(_ => Note("never"), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        never.Dispose();
        never.Change(TimeSpan.Zero, TimeSpan.Zero).ShouldBeFalse();

        _time.Advance(TimeSpan.FromSeconds(6));

        _fired.ShouldBe(["periodic@2", "periodic@4", "late@5", "periodic@6"]);
        _time.GetElapsedTime(start.UtcTicks).ShouldBe(TimeSpan.FromSeconds(6));

        void Note(string name) => _fired.Add($"{name}@{(_time.GetUtcNow() - start).TotalSeconds}");
    }

    [Fact]
    public async Task Delays_and_cancellations_follow_it()
    {
        using var cancel = new CancellationTokenSource(TimeSpan.FromSeconds(3), _time);
        var delay = Task.Delay(TimeSpan.FromSeconds(2), _time);
        await _time.WhenTimersAsync(2);

        _time.Advance(TimeSpan.FromSeconds(2));

        await delay;
        cancel.IsCancellationRequested.ShouldBeFalse();
        _time.Advance(TimeSpan.FromSeconds(1));
        cancel.IsCancellationRequested.ShouldBeTrue();
    }
}
