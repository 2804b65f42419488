using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Split;

/// <summary>A process that is killed while it reads messages back.</summary>
public sealed class BackfillKillTests
{
    private const int Messages = 60;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task A_backfill_that_is_killed_goes_on_after_the_restart_and_answers_every_message_once()
    {
        using var timeout = new CancellationTokenSource(Patience);
        await using var system = await RunningSystem.StartAsync(isSplit: false, ("Backfill__Enabled", "true"), ("Backfill__CheckInterval", "00:00:05"), ("Waha__KeepSessions", "false"));
        await system.Waha.WaitForCallsAsync<ListChatsCall>(1, timeout.Token);
        await system.Gateway.KillAsync();
        for (var i = 0; i < Messages; i++)
            system.Waha.Phone.Add("default", $"55119876543{i % 20:00}@c.us", $"mensagem {i:00}");

        await system.ReplaceWorkerAsync();
        await system.Waha.WaitForBubblesAsync(5, timeout.Token);
        await system.Worker.KillAsync();
        await system.ReplaceWorkerAsync();

        // Our own part of a text may be cut by the kill; then the chat is read before anything is sent again.
        var bubbles = await system.Waha.WaitForBubblesAsync(all => Words(all).Distinct(StringComparer.Ordinal).Count() == Messages, timeout.Token);
        Words(bubbles).Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(0, Messages).Select(i => $"mensagem {i:00}"));
        foreach (var chat in bubbles.GroupBy(bubble => bubble.ChatId, StringComparer.Ordinal))
            Words([.. chat]).ShouldBeInOrder(SortDirection.Ascending);
    }

    private static List<string> Words(IReadOnlyList<FakeWahaBubble> bubbles) => [.. bubbles.SelectMany(bubble => bubble.Text.Split('\n'))];
}
