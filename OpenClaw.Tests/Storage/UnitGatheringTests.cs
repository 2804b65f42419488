using OpenClaw.Core.Storage;
using OpenClaw.Core.Storage.Postgres;

namespace OpenClaw.Tests.Storage;

/// <summary>What the writers of PostgreSQL take together, and in which order.</summary>
public sealed class UnitGatheringTests
{
    private readonly PostgresQueue<string> _queue = new(takers: 2);
    private readonly List<string> _taken = [];

    [Fact]
    public void What_waits_together_is_of_one_kind_and_of_different_stripes()
    {
        _queue.TryAdd("lane 1", 1, UnitKind.Turn);
        _queue.TryAdd("ack", 9, UnitKind.Ack);
        _queue.TryAdd("lane 1 again", 1, UnitKind.Turn);
        _queue.TryAdd("lane 2", 2, UnitKind.Turn);
        _queue.TryAdd("no stripe", null, UnitKind.Turn);

        Take().ShouldBe(["lane 1", "lane 2", "no stripe"]);
        Take().ShouldBe(["ack"]);
        Take().ShouldBe(["lane 1 again"]);
    }

    [Fact]
    public async Task Arrivals_of_one_stripe_go_together_in_their_order_but_never_beside_those_under_way()
    {
        _queue.TryAdd("message 1", 1, UnitKind.Arrival);
        _queue.TryAdd("message 2", 1, UnitKind.Arrival);
        _queue.TryAdd("of another lane", 2, UnitKind.Arrival);
        _queue.TryAdd("message 3", 1, UnitKind.Arrival);
        Take().ShouldBe(["message 1", "message 2", "of another lane", "message 3"]);
        _queue.TryAdd("message 4", 1, UnitKind.Arrival);
        _queue.TryAdd("of a third lane", 3, UnitKind.Arrival);

        (await TakeAsSecondAsync()).ShouldBe(["of a third lane"]);
        Take().ShouldBe(["message 4"]);
    }

    [Fact]
    public void Nothing_overtakes_an_older_item_of_its_stripe_whatever_its_kind()
    {
        _queue.TryAdd("begin", 1, UnitKind.Turn);
        _queue.TryAdd("message", 2, UnitKind.Arrival);
        _queue.TryAdd("begin for it", 2, UnitKind.Turn);

        Take().ShouldBe(["begin"]);
        Take().ShouldBe(["message"]);
        Take().ShouldBe(["begin for it"]);
    }

    [Fact]
    public void No_more_is_taken_than_fits()
    {
        for (var i = 0; i < 5; i++)
            _queue.TryAdd($"item {i}");

        Take(max: 3).Count.ShouldBe(3);
        Take(max: 3).Count.ShouldBe(2);
    }

    [Fact]
    public async Task Another_taker_steps_in_for_one_that_is_held_up_but_not_for_its_stripes()
    {
        _queue.TryAdd("held up", 1);
        Take().ShouldBe(["held up"]);
        _queue.TryAdd("after it", 1);
        _queue.TryAdd("other", 2);

        (await TakeAsSecondAsync()).ShouldBe(["other"]);
        Take().ShouldBe(["after it"]);
    }

    [Fact]
    public void A_closed_queue_hands_out_what_is_left_and_takes_nothing_more()
    {
        _queue.TryAdd("left");
        _queue.Close();

        _queue.TryAdd("late").ShouldBeFalse();
        Take().ShouldBe(["left"]);
        _queue.TryTake(0, _taken, 10).ShouldBeFalse();
    }

    private async Task<List<string>> TakeAsSecondAsync()
    {
        var taken = new List<string>();
        (await Task.Factory.StartNew(() => _queue.TryTake(1, taken, 10), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ShouldBeTrue();
        return taken;
    }

    private List<string> Take(int max = 10)
    {
        _queue.TryTake(0, _taken, max).ShouldBeTrue();
        return _taken;
    }
}
