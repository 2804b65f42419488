using OpenClaw.Gateway.Backfill;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Backfill;

/// <summary>What reading back adds to the door, and what it must not undo.</summary>
public sealed class ReadingBackTests
{
    private const string Alice = "5511987654321@c.us";
    private const string Bob = "5521912345678@c.us";

    [Fact]
    public async Task What_was_over_a_limit_is_not_let_in_by_the_back_door()
    {
        await using var app = await StartAsync(("Limits__MessagesPerMinutePerChat", "1"));
        for (var i = 0; i < 4; i++)
            await HearAsync(app, $"mensagem {i}");

        await app.CompareAsync();
        await app.WaitUntilSettledAsync();

        app.Query("SELECT SUM(repeats + 1) FROM inbound WHERE state = 'limited' AND reason = 'chat_rate'", row => row.GetInt64(0)).Single().ShouldBe(3);
        app.InboundStates().Count(state => state == "sent").ShouldBe(1);
        app.Waha.Delivered.Count(bubble => bubble.Text.StartsWith("mensagem", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task What_was_over_a_limit_stays_limited_when_nothing_in_memory_says_so()
    {
        await using var app = await StartAsync(("Limits__MessagesPerMinutePerChat", "1"));
        for (var i = 0; i < 6; i++)
            await HearAsync(app, $"mensagem {i}");
        await app.WaitUntilSettledAsync();
        await app.StopAsync();
        app.Waha.Phone.Add("default", Bob, "perdida");

        await app.RestartAsync();
        await app.Waha.WaitForBubblesAsync(bubbles => bubbles.Any(bubble => bubble.Text.Contains("perdida", StringComparison.Ordinal)), app.Timeout);
        await app.CompareAsync();
        await app.WaitUntilSettledAsync();

        app.Waha.Delivered.Count(bubble => bubble.Text.StartsWith("mensagem", StringComparison.Ordinal)).ShouldBe(1);
        app.Query("SELECT SUM(repeats + 1) FROM inbound WHERE state = 'limited' AND reason = 'chat_rate'", row => row.GetInt64(0)).Single().ShouldBe(5);
        app.Query("SELECT reason FROM history_gaps", row => row.GetString(0)).ShouldNotContain("limited_or_missed", "as many are missing as were limited");
    }

    [Fact]
    public async Task What_was_missed_in_a_minute_of_limited_ones_is_a_gap_that_is_told()
    {
        await using var app = await StartAsync(("Limits__MessagesPerMinutePerChat", "1"));
        var at = TimeProvider.System.GetUtcNow();
        for (var i = 0; i < 4; i++)
            await HearAsync(app, $"mensagem {i}", at);
        await app.WaitUntilSettledAsync();
        await app.StopAsync();
        app.Waha.Phone.Add("default", Alice, "perdida", at: at);

        await app.RestartAsync();
        await app.WaitUntilAsync(() => app.Query("SELECT reason FROM history_gaps", row => row.GetString(0)).Contains("limited_or_missed"));
        await app.CompareAsync();

        var gap = app.Service<OpenClaw.Core.Queue.History.HistoryGaps>().Newest(10).Single(gap => gap.Reason == "limited_or_missed");
        gap.From.ToUnixTimeSeconds().ShouldBe(at.ToUnixTimeSeconds());
        (gap.To - gap.From).ShouldBe(TimeSpan.FromSeconds(1));
        app.Query("SELECT COUNT(*) FROM inbound WHERE reason = 'limited_or_missed'", row => row.GetInt64(0)).ShouldBe([3]);
    }

    [Fact]
    public async Task The_limits_are_not_for_what_is_read_back()
    {
        await using var app = await StartAsync(("Limits__MessagesPerMinutePerChat", "1"));
        for (var i = 0; i < 4; i++)
            app.Waha.Phone.Add("default", Alice, $"mensagem {i}");

        await app.CompareAsync();
        await app.WaitUntilSettledAsync();

        app.InboundStates().ShouldBe(["sent", "sent", "sent", "sent"]);
    }

    [Fact]
    public async Task A_webhook_that_comes_after_a_human_answered_is_context()
    {
        // What comes after the human is another rule's, which is off here.
        await using var app = await StartAsync(("Takeover__PauseFor", "00:00:00"));
        var now = TimeProvider.System.GetUtcNow();
        await app.SendAsync(WahaWebhook.Own("tem sim", Alice, source: "app") with { PayloadAt = now.AddSeconds(-35) });

        var answer = await app.SendAsync(WahaWebhook.Text("tem vaga?", Alice) with { PayloadAt = now.AddSeconds(-40) });
        await app.SendAsync(WahaWebhook.Text("e amanhã?", Alice) with { PayloadAt = now.AddSeconds(-33) });
        await app.WaitForBubblesAsync(1);
        await app.WaitUntilSettledAsync();

        answer.Outcome.ShouldBe("context");
        app.Waha.Delivered.Select(bubble => bubble.Text).ShouldBe(["e amanhã?"]);
    }

    [Fact]
    public async Task A_hole_behind_a_message_that_came_is_filled_once_any_chat_shows_that_webhooks_were_lost()
    {
        await using var app = await StartAsync();
        app.Waha.Phone.Add("default", Alice, "perdida");
        await app.SendAsync(app.OnPhone("ouvida", Alice) with { PayloadAt = TimeProvider.System.GetUtcNow().AddSeconds(1) });
        app.Waha.Phone.Add("default", Bob, "perdida também");

        await app.Waha.WaitForBubblesAsync(bubbles => bubbles.Sum(bubble => bubble.Text.Split('\n').Length) == 3, app.Timeout);

        await app.WaitUntilSettledAsync();
        app.Waha.Delivered.Where(bubble => bubble.ChatId == Alice).SelectMany(bubble => bubble.Text.Split('\n')).ShouldBe(["ouvida", "perdida"], ignoreOrder: true);
    }

    [Fact]
    public async Task Webhooks_that_were_refused_are_looked_for()
    {
        await using var app = await StartAsync();
        app.Waha.Phone.Add("default", Alice, "recusada");
        await app.SendAsync(app.OnPhone("repetida e aceita", Alice));

        app.Service<HistorySignals>().Refused();

        await app.Waha.WaitForBubblesAsync(bubbles => bubbles.Any(bubble => bubble.Text.Contains("recusada", StringComparison.Ordinal)), app.Timeout);
    }

    [Fact]
    public async Task A_session_that_does_not_work_is_not_asked_for_its_chats()
    {
        await using var app = await StartAsync();
        app.Waha.Sessions["default"] = "STARTING";
        // A look that sees it comes after a comparison that was under way.
        await LookAsync();
        var lists = app.Waha.Calls.OfType<ListChatsCall>().Count();

        await LookAsync();
        app.Waha.Calls.OfType<ListChatsCall>().Count().ShouldBe(lists);

        app.Waha.Sessions["default"] = "WORKING";
        await app.SendAsync(WahaWebhook.SessionStatus("WORKING"));
        await app.Waha.WaitForCallsAsync<ListChatsCall>(lists + 1, app.Timeout);

        async Task LookAsync()
        {
            var looks = app.Waha.Calls.OfType<GetSessionCall>().Count();
            await app.SendAsync(WahaWebhook.SessionStatus("WORKING"));
            await app.Waha.WaitForCallsAsync<GetSessionCall>(looks + 1, app.Timeout);
        }
    }

    [Fact]
    public async Task Without_reading_back_a_session_that_was_seen_at_work_does_not_begin_at_its_next_return()
    {
        await using var app = await OpenClawApp.StartAsync(("Backfill__Enabled", "false"), ("Waha__KeepSessions", "true"));
        await app.WaitUntilAsync(() => app.Query("SELECT first_working_at FROM sessions", row => !row.IsDBNull(0)).Contains(true));
        var now = TimeProvider.System.GetUtcNow();

        await app.SendAsync(WahaWebhook.Text("oi", Alice) with { PayloadAt = now });
        await app.SendAsync(WahaWebhook.SessionStatus("FAILED") with { At = now.AddSeconds(20) });
        await app.SendAsync(WahaWebhook.SessionStatus("WORKING") with { At = now.AddSeconds(40) });
        var late = await app.SendAsync(WahaWebhook.Text("e aí?", Alice) with { PayloadAt = now.AddSeconds(2) });

        late.Outcome.ShouldBe("accepted");
        await app.WaitUntilSettledAsync();
    }

    [Theory]
    [InlineData("Backfill__MaxAge", "00:00:30")]
    [InlineData("Backfill__CheckInterval", "00:00:01")]
    [InlineData("Backfill__MaxMessagesPerChat", "0")]
    [InlineData("Backfill__MaxMessages", "1000001")]
    public async Task A_setting_out_of_bounds_is_refused_by_name(string key, string value)
    {
        var refusal = await Should.ThrowAsync<Exception>(() => OpenClawApp.StartAsync((key, value)));

        refusal.ToString().ShouldContain(key);
    }

    /// <summary>Told first and listed afterwards: a comparison that runs just now must not be the one that brings it.</summary>
    private static async Task HearAsync(OpenClawApp app, string text, DateTimeOffset? at = null)
    {
        var webhook = WahaWebhook.Text(text, Alice);
        webhook = webhook with { At = at ?? webhook.At };
        await app.SendAsync(webhook);
        app.Waha.Phone.Add("default", Alice, text, rawId: webhook.MessageId.Split('_')[^1], at: webhook.At);
    }

    private static async Task<OpenClawApp> StartAsync(params (string Key, string? Value)[] settings) =>
        await (await OpenClawApp.StartAsync([.. HistoryApp.Settings, .. settings])).ConnectAsync();
}
