using System.Text.Json;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Journeys;

/// <summary>Messages that no webhook delivers are read back from WAHA's history: answered once, in order, or kept with the reason why not.</summary>
public abstract class BackfillJourney(Setup setup) : Journey(setup)
{
    private const string Alice = "5511987654321@c.us";
    private const string Bob = "5521912345678@c.us";
    private const string Group = "120363000000000001@g.us";
    private const string AdminKey = "an-admin-key-of-tests";

    [Fact]
    public async Task What_webhooks_do_not_deliver_is_answered_once_and_in_order_while_the_Gateway_runs()
    {
        await using var app = await ConnectedAsync();

        foreach (var text in new[] { "um", "dois", "três" })
        {
            app.Waha.Phone.Add("default", Alice, text);
            app.Waha.Phone.Add("default", Bob, text + " de Bob");
        }

        await WaitForAnswersAsync(app, "um", "dois", "três", "um de Bob", "dois de Bob", "três de Bob");
        await app.WaitUntilSettledAsync();
        WordsOf(app, Alice).ShouldBe(["um", "dois", "três"]);
        WordsOf(app, Bob).ShouldBe(["um de Bob", "dois de Bob", "três de Bob"]);
        app.Query("SELECT COUNT(*) FROM inbound", row => row.GetInt64(0)).Single().ShouldBe(6);
    }

    [Fact]
    public async Task What_was_written_while_the_Gateway_was_down_is_answered_after_its_start()
    {
        await using var app = await ConnectedAsync();
        await app.SendAsync(app.OnPhone("antes", Alice));
        await app.WaitForBubblesAsync(1);
        await app.StopAsync();
        app.Waha.Phone.Add("default", Alice, "um");
        app.Waha.Phone.Add("default", Alice, "dois");
        app.Waha.Phone.Add("default", Group, "openclaw, e aí?", participant: Bob);
        app.Waha.Phone.Add("default", Group, "não é para o bot", participant: Bob);

        await app.RestartAsync();

        await WaitForAnswersAsync(app, "um", "dois", "openclaw, e aí?");
        await app.WaitUntilSettledAsync();
        WordsOf(app, Alice).ShouldBe(["antes", "um", "dois"]);
        WordsOf(app, Group).ShouldHaveSingleItem().ShouldContain("openclaw, e aí?");
        app.InboundStates().Count(state => state == "ignored/not_addressed").ShouldBe(1);
    }

    [Fact]
    public async Task A_session_that_works_again_brings_what_was_written_meanwhile()
    {
        await using var app = await ConnectedAsync();
        app.Waha.Sessions["default"] = "FAILED";
        await app.SendAsync(WahaWebhook.SessionStatus("FAILED"));
        app.Waha.Phone.Add("default", Alice, "alguém aí?");

        app.Waha.Sessions["default"] = "WORKING";
        await app.SendAsync(WahaWebhook.SessionStatus("WORKING"));

        await WaitForAnswersAsync(app, "alguém aí?");
        await app.WaitUntilSettledAsync();
        app.Waha.Delivered.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_message_that_comes_live_and_is_read_back_at_once_is_answered_once()
    {
        await using var app = await ConnectedAsync();
        var messages = Enumerable.Range(0, 40).Select(i => app.OnPhone($"mensagem {i}", i % 2 == 0 ? Alice : Bob)).ToList();

        await Task.WhenAll(messages.Select(app.SendAsync).Append(app.SendAsync(WahaWebhook.SessionStatus("WORKING"))));
        await app.CompareAsync();
        await app.WaitUntilSettledAsync();

        var words = WordsOf(app, Alice).Concat(WordsOf(app, Bob)).ToList();
        words.Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(0, 40).Select(i => $"mensagem {i}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_history_lists_under_a_hidden_id_what_came_under_the_number_and_it_is_one_message()
    {
        await using var app = await ConnectedAsync();
        var live = WahaWebhook.Text("oi", Alice);
        await app.SendAsync(live);
        await app.WaitForBubblesAsync(1);
        app.Waha.Phone.Add("default", "111222333@lid", "oi", rawId: live.MessageId.Split('_')[^1], alias: Alice);
        app.Waha.Phone.Add("default", "111222333@lid", "e agora?", alias: Alice);

        await WaitForAnswersAsync(app, "e agora?");
        await app.WaitUntilSettledAsync();

        app.Waha.Delivered.Select(bubble => bubble.Text).ShouldBe(["oi", "e agora?"]);
        app.Query("SELECT COUNT(DISTINCT lane_id) FROM inbound", row => row.GetInt64(0)).Single().ShouldBe(1);
    }

    [Fact]
    public async Task What_a_human_answered_meanwhile_is_kept_as_context_and_not_answered()
    {
        // What comes after the human is another rule's, which is off here.
        await using var app = await ConnectedAsync(("Takeover__PauseFor", "00:00:00"));
        var now = TimeProvider.System.GetUtcNow();
        app.Waha.Phone.Add("default", Alice, "tem vaga hoje?", at: now.AddSeconds(-50));
        app.Waha.Phone.Add("default", Alice, "tem sim, às 15h", fromMe: true, at: now.AddSeconds(-45));
        app.Waha.Phone.Add("default", Alice, "e amanhã?", at: now.AddSeconds(-40));

        await app.SendAsync(WahaWebhook.SessionStatus("WORKING"));

        await WaitForAnswersAsync(app, "e amanhã?");
        await app.WaitUntilSettledAsync();
        WordsOf(app, Alice).ShouldBe(["e amanhã?"]);
        app.InboundStates().ShouldBe(["context/human_answered", "sent"]);
        app.Model.Requests[^1].Messages.ShouldContain(("user", "tem vaga hoje?"));
    }

    [Fact]
    public async Task A_human_of_whom_no_webhook_told_silences_the_bot_as_well()
    {
        await using var app = await ConnectedAsync();
        var now = TimeProvider.System.GetUtcNow();
        app.Waha.Phone.Add("default", Alice, "tem vaga hoje?", at: now.AddSeconds(-50));
        app.Waha.Phone.Add("default", Alice, "tem sim, às 15h", fromMe: true, at: now.AddSeconds(-45));
        app.Waha.Phone.Add("default", Alice, "e amanhã?", at: now.AddSeconds(-40));
        app.Waha.Phone.Add("default", Bob, "bom dia", at: now.AddSeconds(-30));

        await app.SendAsync(WahaWebhook.SessionStatus("WORKING"));

        await WaitForAnswersAsync(app, "bom dia");
        await app.WaitUntilAsync(() => app.InboundStates().Count == 3);
        await app.WaitUntilSettledAsync();
        app.Waha.Delivered.Select(bubble => bubble.Text).ShouldBe(["bom dia"]);
        app.InboundStates().ShouldBe(["context/human_answered", "ignored/human_talks", "sent"], ignoreOrder: true);
    }

    [Fact]
    public async Task What_was_written_before_the_session_was_connected_is_not_answered_however_it_comes()
    {
        await using var app = await StartAsync(("Backfill__Enabled", "true"), ("Backfill__CheckInterval", "00:00:05"));
        var connected = TimeProvider.System.GetUtcNow();
        app.Waha.Phone.Add("default", Alice, "antiga", at: connected.AddMinutes(-2));
        await app.CompareAsync();

        await app.SendAsync(WahaWebhook.Text("antiga também", Bob) with { PayloadAt = connected.AddMinutes(-3) });
        app.Waha.Phone.Add("default", Alice, "nova");

        await WaitForAnswersAsync(app, "nova");
        await app.WaitUntilSettledAsync();
        app.Waha.Delivered.Select(bubble => bubble.Text).ShouldBe(["nova"]);
        app.InboundStates().ShouldContain("ignored/before_connection");
    }

    [Fact]
    public async Task A_WAHA_that_keeps_no_history_leaves_a_gap_that_is_told()
    {
        await using var app = await ConnectedAsync(("Admin__ApiKey", AdminKey));
        await app.StopAsync();
        app.Waha.HasStore = false;
        app.Waha.Phone.Add("default", Alice, "perdida");

        await app.RestartAsync();

        await app.WaitUntilAsync(() => app.Query("SELECT reason FROM history_gaps", row => row.GetString(0)).Contains("history_not_kept"));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(app.Url, "api/gaps"));
        request.Headers.Add("X-Api-Key", AdminKey);
        using var answer = await app.Http.SendAsync(request, app.Timeout);
        var body = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(app.Timeout)).RootElement;
        var gap = body.GetProperty("items").EnumerateArray().ShouldHaveSingleItem();
        (gap.GetProperty("session").GetString(), gap.GetProperty("reason").GetString()).ShouldBe(("default", "history_not_kept"));
        gap.GetProperty("to").GetDateTimeOffset().ShouldBeGreaterThan(gap.GetProperty("from").GetDateTimeOffset());
        body.GetProperty("sessions").EnumerateArray().Single().GetProperty("name").GetString().ShouldBe("default");
        var health = JsonDocument.Parse(await app.Http.GetStringAsync(new Uri(app.Url, "health"), app.Timeout)).RootElement;
        var check = health.GetProperty("checks").EnumerateArray().Single(entry => entry.GetProperty("name").GetString() == "history");
        check.GetProperty("status").GetString().ShouldBe("degraded");
        check.GetProperty("description").GetString()!.ShouldContain("GET /api/gaps");
        app.Waha.Delivered.ShouldBeEmpty();
    }

    [Fact]
    public async Task More_than_may_be_read_back_is_cut_to_the_newest_and_the_rest_is_a_gap()
    {
        await using var app = await ConnectedAsync(("Backfill__MaxMessagesPerChat", "150"));
        await app.StopAsync();
        var now = TimeProvider.System.GetUtcNow();
        for (var i = 0; i < 180; i++)
            app.Waha.Phone.Add("default", Alice, $"mensagem {i}", at: now.AddMilliseconds(i));

        await app.RestartAsync();

        await app.WaitUntilAsync(() => app.Query("SELECT reason FROM history_gaps", row => row.GetString(0)).Contains("too_many_messages"));
        await app.WaitUntilSettledAsync();
        WordsOf(app, Alice).ShouldBe(Enumerable.Range(30, 150).Select(i => $"mensagem {i}"));
        app.Query("SELECT chats FROM history_gaps", row => row.GetInt64(0)).ShouldBe([1]);
    }

    private async Task<OpenClawApp> ConnectedAsync(params (string Key, string? Value)[] settings) =>
        await (await StartAsync([.. HistoryApp.Settings, .. settings])).ConnectAsync();

    private static Task WaitForAnswersAsync(OpenClawApp app, params string[] texts) =>
        app.Waha.WaitForBubblesAsync(bubbles => texts.All(text => bubbles.Any(bubble => bubble.Text.Split('\n').Any(line => line.EndsWith(text, StringComparison.Ordinal)))), app.Timeout);

    /// <summary>What was said in a chat, line by line: the model says every text of its turn back.</summary>
    private static List<string> WordsOf(OpenClawApp app, string chat) =>
        [.. app.Waha.Delivered.Where(bubble => bubble.ChatId == chat).SelectMany(bubble => bubble.Text.Split('\n'))];
}

public sealed class AllInOneBackfillJourney() : BackfillJourney(Setup.AllInOne);

public sealed class SplitSqliteBackfillJourney() : BackfillJourney(Setup.SplitSqlite);

public sealed class SplitPostgresBackfillJourney() : BackfillJourney(Setup.SplitPostgres);
