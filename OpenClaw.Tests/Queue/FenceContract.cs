using OpenClaw.Core.Queue;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Queue;

/// <summary>A worker that lost its lane cannot write any more, whatever it wanted to write.</summary>
public abstract class FenceContract(CoreFixture fixture) : TurnContract(fixture)
{
    [Fact]
    public async Task Every_begin_raises_the_fence()
    {
        var first = await ReceiveAndBeginAsync("one");

        (await BeginAsync(first.Chat.Lane)).Fence.ShouldBe(first.Fence + 1);
    }

    [Theory]
    [InlineData("append")]
    [InlineData("complete")]
    [InlineData("fail")]
    [InlineData("give up")]
    public async Task An_older_fence_cannot_write_to_its_turn(string operation)
    {
        var old = await ReceiveAndBeginAsync("one", "two");
        await BeginAsync(old.Chat.Lane);
        var before = Snapshot();

        await Should.ThrowAsync<FenceLostException>(operation switch
        {
            "append" => Core.Settlement.AppendAsync(old, [new TurnStep(0, "model", null, "{}")], CancellationToken.None),
            "complete" => CompleteAsync(old, "answer"),
            "fail" => FailAsync(old),
            _ => FailAsync(old, giveUp: true),
        });

        Snapshot().ShouldBe(before);
    }

    [Theory]
    [InlineData("claim")]
    [InlineData("accept")]
    [InlineData("requeue")]
    [InlineData("mark uncertain")]
    [InlineData("bury")]
    public async Task An_older_fence_cannot_write_to_its_bubbles(string operation)
    {
        var old = await ReceiveAndBeginAsync("one");
        var bubbles = await CompleteAsync(old, "first", "second");
        await BeginAsync(old.Chat.Lane);
        var before = Snapshot();

        await Should.ThrowAsync<FenceLostException>(operation switch
        {
            "claim" => Core.Outbox.ClaimAsync(old, new BubbleClaim(bubbles[1].Id, Clock.Now + Seconds(10)), CancellationToken.None),
            "accept" => AcceptAsync(old, bubbles[0], "RAW1", bubbles[1]),
            "requeue" => Core.Outbox.RequeueAsync(old, bubbles[0].Id, Clock.Now, "connection_refused", CancellationToken.None),
            "mark uncertain" => Core.Outbox.MarkUncertainAsync(old, bubbles[0].Id, Clock.Now, null, "timeout", CancellationToken.None),
            _ => Core.Outbox.BuryAsync(old, bubbles[0], "http_400", CancellationToken.None),
        });

        Snapshot().ShouldBe(before);
    }

    [Theory]
    [InlineData("append")]
    [InlineData("complete")]
    [InlineData("fail")]
    public async Task A_turn_whose_reply_is_stored_takes_nothing_more(string operation)
    {
        var work = await ReceiveAndBeginAsync("one");
        await CompleteAsync(work, "answer");
        var before = Snapshot();

        await Should.ThrowAsync<FenceLostException>(operation switch
        {
            "append" => Core.Settlement.AppendAsync(work, [new TurnStep(0, "model", null, "{}")], CancellationToken.None),
            "complete" => CompleteAsync(work, "a second answer"),
            _ => FailAsync(work, giveUp: true),
        });

        Snapshot().ShouldBe(before);
    }

    [Theory]
    [InlineData("claim")]
    [InlineData("accept")]
    [InlineData("requeue")]
    [InlineData("mark uncertain")]
    [InlineData("bury")]
    public async Task A_bubble_that_WAHA_took_is_settled_for_good(string operation)
    {
        var work = await ReceiveAndBeginAsync("one");
        var bubble = (await CompleteAsync(work, "answer")).Single();
        await AcceptAsync(work, bubble, "RAW1");
        var before = Snapshot();

        await Should.ThrowAsync<FenceLostException>(operation switch
        {
            "claim" => Core.Outbox.ClaimAsync(work, new BubbleClaim(bubble.Id, Clock.Now + Seconds(10)), CancellationToken.None),
            "accept" => AcceptAsync(work, bubble, "RAW2"),
            "requeue" => Core.Outbox.RequeueAsync(work, bubble.Id, Clock.Now, "connection_refused", CancellationToken.None),
            "mark uncertain" => Core.Outbox.MarkUncertainAsync(work, bubble.Id, Clock.Now, null, "timeout", CancellationToken.None),
            _ => Core.Outbox.BuryAsync(work, bubble, "http_400", CancellationToken.None),
        });

        Snapshot().ShouldBe(before);
    }

    [Fact]
    public async Task The_newer_fence_writes_where_the_older_one_was_refused()
    {
        var old = await ReceiveAndBeginAsync("one");
        var current = await BeginAsync(old.Chat.Lane);

        await Should.ThrowAsync<FenceLostException>(CompleteAsync(old, "old answer"));
        await AnswerAsync(current);

        StatesOf(current.Turn!).ShouldBe(["sent"]);
    }

    /// <summary>All that a worker could have changed.</summary>
    private List<string> Snapshot() =>
    [
        .. Core.Texts("SELECT fence || '|' || high_order || '|' || solo_left FROM lanes"),
        .. Core.Texts("SELECT turn_id || '|' || state || '|' || attempts || '|' || failures || '|' || not_before FROM turns"),
        .. Core.Texts("SELECT turn_id || '|' || step FROM turn_steps"),
        .. Core.Texts("SELECT inbound_id || '|' || state || '|' || COALESCE(turn_id, 0) FROM inbound"),
        .. Core.Texts("SELECT entry_id || '|' || role FROM conversation"),
        .. Core.Texts("SELECT outbox_id || '|' || state || '|' || fence || '|' || attempts || '|' || not_before || '|' || COALESCE(deadline, 0) || '|' || COALESCE(raw_id, '') FROM outbox"),
    ];
}
