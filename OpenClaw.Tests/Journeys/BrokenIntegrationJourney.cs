using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Journeys;

/// <summary>Something outside fails for everybody for a while: what needs it waits, everything else goes on, and in the end each message is answered once.</summary>
public abstract class BrokenIntegrationJourney(Setup setup) : Journey(setup)
{
    private static readonly (string, string?)[] TwoSessions =
    [
        ("Waha__Sessions__0", "default"), ("Waha__Sessions__1", "sales"),
        ("Resilience__Waha__MinimumThroughput", "2"), ("Resilience__Waha__BreakDuration", "00:00:00.5"), ("Resilience__Waha__LongestBreak", "00:00:01"),
        ("Delivery__Quarantine", "00:00:00"),
    ];

    private static readonly (string, string?)[] QuickModelBreaker =
    [
        ("Resilience__Model__MinimumThroughput", "3"), ("Resilience__Model__BreakDuration", "00:00:00.5"), ("Resilience__Model__LongestBreak", "00:00:01"),
    ];

    public static TheoryData<string> SendFaults => new("500", "422", "429");

    [Theory]
    [MemberData(nameof(SendFaults))]
    public async Task While_one_session_fails_the_other_answers_and_afterwards_nobody_was_forgotten_or_answered_twice(string fault)
    {
        await using var app = await StartAsync(TwoSessions);
        var isBroken = true;
        app.Waha.Sessions["sales"] = fault == "422" ? "STARTING" : "WORKING";
        app.Waha.OnSend = call => call.Session == "sales" && Volatile.Read(ref isBroken) ? Fault(fault) : FakeWahaFault.None;

        foreach (var chat in Chats(6))
            await app.SendAsync(WahaWebhook.Text("a " + chat, chat).In("sales"));
        await app.WaitUntilAsync(() => app.Logs.ToString().Contains("waha:sales does not answer", StringComparison.Ordinal));
        foreach (var chat in Chats(6))
            await app.SendAsync(WahaWebhook.Text("b " + chat, chat));

        (await app.WaitForBubblesAsync(6)).ShouldAllBe(bubble => bubble.Session == "default");
        Volatile.Write(ref isBroken, false);
        app.Waha.Sessions["sales"] = "WORKING";
        await app.WaitForBubblesAsync(12);
        await app.WaitUntilSettledAsync();

        app.Waha.Delivered.Select(bubble => bubble.Text).Order(StringComparer.Ordinal).ShouldBe(
            Chats(6).Select(chat => "a " + chat).Concat(Chats(6).Select(chat => "b " + chat)).Order(StringComparer.Ordinal));
        app.InboundStates().ShouldAllBe(state => state == "sent");
        // One that was looked for only when all was well again counts the one time; the limit is five.
        app.Query("SELECT uncertain FROM outbox", row => row.GetInt64(0)).ShouldAllBe(uncertain => uncertain <= 1);
        app.Query("SELECT failures FROM turns", row => row.GetInt64(0)).ShouldAllBe(failures => failures == 0);
        app.Logs.ToString().ShouldContain("waha:sales answers again");
    }

    [Fact]
    public async Task A_few_texts_that_WAHA_never_takes_stop_nobody_else()
    {
        await using var app = await StartAsync(
            ("Resilience__Waha__MinimumThroughput", "3"), ("Resilience__Waha__BreakDuration", "00:10:00"), ("Resilience__Waha__LongestBreak", "00:10:00"),
            ("Delivery__Quarantine", "00:00:00"));
        var poisoned = Chats(3)[..2];
        app.Waha.OnSend = call => poisoned.Contains(call.ChatId) ? FakeWahaFault.Refuse500BeforeDelivery : FakeWahaFault.None;
        foreach (var chat in poisoned)
            await app.SendAsync(WahaWebhook.Text("veneno", chat));
        await app.Waha.WaitForCallsAsync<SendTextCall>(4, app.Timeout);

        await app.SendAsync(WahaWebhook.Text("passa", Chats(3)[2]));

        (await app.WaitForBubblesAsync(1)).ShouldHaveSingleItem().Text.ShouldBe("passa");
        app.Logs.ToString().ShouldNotContain("waha:default does not answer");
    }

    [Fact]
    public async Task Lanes_of_a_broken_session_are_not_begun_and_claim_nothing()
    {
        await using var app = await StartAsync([.. TwoSessions, ("Resilience__Waha__BreakDuration", "00:10:00"), ("Resilience__Waha__LongestBreak", "00:10:00")]);
        app.Waha.Sessions["sales"] = "WORKING";
        app.Waha.OnSend = call => call.Session == "sales" ? FakeWahaFault.TooManyRequests : FakeWahaFault.None;
        foreach (var chat in Chats(2))
            await app.SendAsync(WahaWebhook.Text("abre " + chat, chat).In("sales"));
        await app.WaitUntilAsync(() => app.Query("SELECT state FROM outbox", row => row.GetString(0)).SequenceEqual(["queued", "queued"])
            && app.Logs.ToString().Contains("waha:sales does not answer", StringComparison.Ordinal));
        var asked = app.Model.Requests.Count;

        await app.SendAsync(WahaWebhook.Text("espera", Chats(3)[2]).In("sales"));
        await app.SendAsync(WahaWebhook.Text("passa", Chats(3)[2]));
        await app.WaitForBubblesAsync(1);

        // Its lane was looked at before or is by now; what is begun would be a turn.
        app.Waha.Delivered.ShouldHaveSingleItem().Text.ShouldBe("passa");
        await app.WaitUntilAsync(() => app.Query("SELECT fence FROM lanes ORDER BY lane_id", row => row.GetInt64(0)).All(fence => fence > 0));
        await app.WaitUntilAsync(() => app.InboundStates().SequenceEqual(["replied", "replied", "pending", "sent"]));
        app.Model.Requests.Count.ShouldBe(asked + 1);
        app.Query("SELECT COUNT(*) FROM outbox WHERE state = 'sending'", row => row.GetInt64(0)).ShouldBe([0]);
    }

    [Fact]
    public async Task A_session_that_swallows_every_call_leaves_slots_to_the_others()
    {
        await using var app = await StartAsync(
            ("Waha__Sessions__0", "default"), ("Waha__Sessions__1", "sales"), ("Worker__Concurrency", "4"), ("Delivery__SendTimeout", "00:00:20"));
        app.Waha.Sessions["sales"] = "WORKING";
        app.Waha.OnSend = call => call.Session == "sales" ? FakeWahaFault.HangThenDeliver : FakeWahaFault.None;
        foreach (var chat in Chats(10))
            await app.SendAsync(WahaWebhook.Text("a " + chat, chat).In("sales"));
        await app.Waha.WaitForCallsAsync<SendTextCall>(3, app.Timeout);

        await app.SendAsync(WahaWebhook.Text("b", Chats(1)[0]));

        (await app.WaitForBubblesAsync(1))[0].Text.ShouldBe("b");
        app.Waha.Calls.OfType<SendTextCall>().Count(call => call.Session == "sales").ShouldBe(3);
        app.Waha.OnSend = null;
        app.Waha.Release();
        await app.WaitForBubblesAsync(11);
        await app.WaitUntilSettledAsync();
        app.Waha.Delivered.Count.ShouldBe(11);
    }

    public static TheoryData<int> ModelFaults => new(500, 429, 401);

    [Theory]
    [MemberData(nameof(ModelFaults))]
    public async Task While_the_model_fails_turns_wait_without_failing_and_afterwards_each_is_answered_once(int status)
    {
        await using var app = await StartAsync([.. QuickModelBreaker, ("Turns__MaxAttempts", "3"), ("Turns__RetryDelay", "00:00:00.2")]);
        var isBroken = true;
        app.Model.OnRequest = _ => Volatile.Read(ref isBroken) ? ScriptedReply.Status(status, retryAfter: status == 429 ? 0 : null) : null;

        foreach (var chat in Chats(8))
            await app.SendAsync(WahaWebhook.Text("oi " + chat, chat));
        await app.WaitUntilAsync(() => app.Logs.ToString().Contains("model:main does not answer", StringComparison.Ordinal));
        // Three breaks: as many failed probes, which would be the end of any turn if they counted.
        var before = app.Model.Requests.Count;
        await app.WaitUntilAsync(() => app.Model.Requests.Count >= before + 3);
        Volatile.Write(ref isBroken, false);

        await app.WaitForBubblesAsync(8);
        await app.WaitUntilSettledAsync();
        app.Waha.Delivered.Select(bubble => bubble.Text).Order(StringComparer.Ordinal).ShouldBe(Chats(8).Select(chat => "oi " + chat));
        app.InboundStates().ShouldAllBe(state => state == "sent");
        app.Query("SELECT failures FROM turns", row => row.GetInt64(0)).Sum().ShouldBeLessThan(3);
    }

    [Fact]
    public async Task Health_of_whoever_calls_the_model_tells_an_operator_what_is_broken_and_what_that_means()
    {
        await using var app = await StartAsync(
            ("Resilience__Model__MinimumThroughput", "2"), ("Resilience__Model__BreakDuration", "00:10:00"), ("Resilience__Model__LongestBreak", "00:10:00"));
        using var http = new HttpClient();
        (await http.GetStringAsync(new Uri(app.WorkerUrl, "health"), app.Timeout)).ShouldNotContain("degraded");
        app.Model.OnRequest = _ => ScriptedReply.Status(503);

        await app.SendAsync(WahaWebhook.Text("segredo"));
        await app.WaitUntilAsync(() => app.Logs.ToString().Contains("model:main does not answer", StringComparison.Ordinal));

        using var response = await http.GetAsync(new Uri(app.WorkerUrl, "health"), app.Timeout);
        var body = await response.Content.ReadAsStringAsync(app.Timeout);
        ((int)response.StatusCode).ShouldBe(200);
        body.ShouldContain("\"status\":\"degraded\"");
        body.ShouldContain("the model main does not answer since ");
        body.ShouldContain("; messages are taken in and safe, answers wait; tried again at ");
        body.ShouldNotContain("segredo");
        app.InboundStates().ShouldBe(["in_turn"]);
    }

    [Fact]
    public async Task What_is_answered_already_goes_out_while_the_model_is_away()
    {
        await using var app = await StartAsync([.. QuickModelBreaker, ("Resilience__Model__BreakDuration", "00:10:00"), ("Resilience__Model__LongestBreak", "00:10:00")]);
        app.Waha.Sessions["default"] = "STARTING";
        await app.SendAsync(WahaWebhook.Text("pronta", Chats(1)[0]));
        await app.Waha.WaitForCallsAsync<SendTextCall>(1, app.Timeout);
        app.Model.OnRequest = _ => ScriptedReply.Status(500);
        foreach (var chat in Chats(6)[1..])
            await app.SendAsync(WahaWebhook.Text("espera " + chat, chat));
        await app.WaitUntilAsync(() => app.Logs.ToString().Contains("model:main does not answer", StringComparison.Ordinal));

        app.Waha.Sessions["default"] = "WORKING";

        (await app.WaitForBubblesAsync(1)).ShouldHaveSingleItem().Text.ShouldBe("pronta");
    }

    private static FakeWahaFault Fault(string fault) => fault switch
    {
        "500" => FakeWahaFault.Refuse500BeforeDelivery,
        "429" => FakeWahaFault.TooManyRequests,
        _ => FakeWahaFault.None,
    };

    private static string[] Chats(int count) => [.. Enumerable.Range(0, count).Select(i => $"55119{i:D8}@c.us")];
}

public sealed class AllInOneBrokenIntegrationJourney() : BrokenIntegrationJourney(Setup.AllInOne);

public sealed class SplitSqliteBrokenIntegrationJourney() : BrokenIntegrationJourney(Setup.SplitSqlite);

public sealed class SplitPostgresBrokenIntegrationJourney() : BrokenIntegrationJourney(Setup.SplitPostgres);
