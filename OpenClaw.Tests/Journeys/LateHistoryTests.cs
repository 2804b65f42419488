using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Journeys;

/// <summary>What is read back long after it was written, on a clock that is set.</summary>
public sealed class LateHistoryTests
{
    private const string Alice = "5511987654321@c.us";

    [Fact]
    public async Task What_is_older_than_missed_messages_are_answered_for_is_kept_as_context()
    {
        var clock = new ClockAt(TimeProvider.System.GetUtcNow());
        await using var app = await OpenClawApp.StartAsync(Setup.AllInOne, clock.Register, ("Backfill__Enabled", "true"), ("Backfill__MaxAge", "01:00:00"));
        await app.SendAsync(WahaWebhook.SessionStatus("WORKING") with { At = clock.Now.AddMinutes(-10) });
        await app.WaitUntilAsync(() => app.Query("SELECT COUNT(*) FROM history_marks WHERE complete_to > connected_at", row => row.GetInt64(0)).Single() == 1);
        await app.StopAsync();
        app.Waha.Phone.Add("default", Alice, "posso ir hoje?", at: clock.Now.AddMinutes(30));
        app.Waha.Phone.Add("default", Alice, "ainda dá?", at: clock.Now.AddHours(2));
        clock.Now += TimeSpan.FromHours(2.5);

        await app.RestartAsync();
        await app.WaitForBubblesAsync(1);
        await app.WaitUntilSettledAsync();

        app.Waha.Delivered.Select(bubble => bubble.Text).ShouldBe(["ainda dá?"]);
        app.InboundStates().ShouldBe(["context/too_old", "sent"]);
        app.Model.Requests[^1].Messages.ShouldContain(("user", "posso ir hoje?"));
        app.Query("SELECT COUNT(*) FROM history_gaps", row => row.GetInt64(0)).Single().ShouldBe(0);
    }

    [Fact]
    public async Task What_is_longer_ago_than_history_is_read_is_a_gap()
    {
        var clock = new ClockAt(TimeProvider.System.GetUtcNow());
        await using var app = await OpenClawApp.StartAsync(Setup.AllInOne, clock.Register, ("Backfill__Enabled", "true"));
        await app.WaitUntilAsync(() => app.Query("SELECT COUNT(*) FROM history_marks WHERE complete_to > connected_at", row => row.GetInt64(0)).Single() == 1);
        await app.StopAsync();
        clock.Now += TimeSpan.FromDays(10);

        await app.RestartAsync();

        await app.WaitUntilAsync(() => app.Query("SELECT reason FROM history_gaps", row => row.GetString(0)).Contains("too_long_ago"));
    }
}
