using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Journeys;

/// <summary>Several sessions are numbers of one assistant: they do not talk to each other, and in a group one of them answers.</summary>
public abstract class SeveralNumbersJourney(Setup setup) : Journey(setup)
{
    private const string Alice = "5511987654321@c.us";

    private static readonly (string Id, string Lid) Sales = ("5511993334444@c.us", "77700011112222@lid");
    private static readonly (string, string?)[] TwoSessions = [("Waha__Sessions__0", "default"), ("Waha__Sessions__1", "sales")];

    [Fact]
    public async Task Our_own_numbers_never_answer_each_other()
    {
        await using var app = await StartAsync([.. TwoSessions, ("Worker__Mode", "External")]);
        await app.SendAsync(WahaWebhook.SessionStatus("WORKING"));
        await app.SendAsync(WahaWebhook.SessionStatus("WORKING", "sales") with { Me = Sales });

        var table = new (string Case, WahaWebhook Webhook, string Outcome)[]
        {
            ("by number", WahaWebhook.Text("oi, sou o outro", Sales.Id), "ignored"),
            ("without the nine", WahaWebhook.Text("oi, sou o outro", "551193334444@c.us"), "ignored"),
            ("by hidden id", WahaWebhook.Text("oi, sou o outro", Sales.Lid), "ignored"),
            ("by another hidden id that is linked", WahaWebhook.Text("oi, sou o outro", "66600011112222@lid", phone: Sales.Id), "ignored"),
            ("in a group", WahaWebhook.InGroup("openclaw, oi", participant: Sales.Id), "ignored"),
            ("the other way", AsSales(WahaWebhook.Text("e de volta", WahaWebhook.BotId)), "ignored"),
            ("a person", WahaWebhook.Text("oi", Alice), "accepted"),
        };

        var outcomes = new List<string>();
        foreach (var row in table)
            outcomes.Add($"{row.Case}: {(await app.SendAsync(row.Webhook)).Outcome}");

        outcomes.ShouldBe(table.Select(row => $"{row.Case}: {row.Outcome}"));
        app.Query("SELECT DISTINCT state || '/' || reason FROM inbound WHERE reason IS NOT NULL AND content_enc IS NULL", row => row.GetString(0)).ShouldBe(["ignored/own_session"]);
        app.Query("SELECT COUNT(*) FROM inbound WHERE content_enc IS NOT NULL", row => row.GetInt64(0)).ShouldBe([1]);
    }

    [Fact]
    public async Task A_number_that_no_status_told_is_known_from_its_own_messages()
    {
        await using var app = await StartAsync([.. TwoSessions, ("Worker__Mode", "External")]);
        await app.SendAsync(AsSales(WahaWebhook.Text("oi", Alice)));

        (await app.SendAsync(WahaWebhook.Text("oi, sou o outro", Sales.Id))).Outcome.ShouldBe("ignored");
    }

    [Fact]
    public async Task With_one_session_everybody_may_write()
    {
        await using var app = await StartAsync(("Worker__Mode", "External"));

        (await app.SendAsync(WahaWebhook.Text("oi", Sales.Id))).Outcome.ShouldBe("accepted");
        await app.SendAsync(WahaWebhook.InGroup("openclaw, oi", participant: Alice));
        app.Query("SELECT COUNT(*) FROM group_owners", row => row.GetInt64(0)).ShouldBe([0]);
    }

    [Fact]
    public async Task A_group_of_two_of_our_numbers_is_answered_by_one()
    {
        await using var app = await StartAsync(TwoSessions);
        app.Waha.Sessions["sales"] = "WORKING";

        for (var i = 0; i < 6; i++)
        {
            var id = $"3EB0GROUP{i}";
            var (one, other) = (WahaWebhook.InGroup($"openclaw, pergunta {i}", rawId: id), AsSales(WahaWebhook.InGroup($"openclaw, pergunta {i}", rawId: id)));
            var answers = await Task.WhenAll(app.SendAsync(one), app.SendAsync(other));
            answers.Select(answer => answer.Outcome).ShouldBe(["accepted", "ignored"], ignoreOrder: true);
            await app.WaitUntilSettledAsync();
        }

        app.Waha.Delivered.Count.ShouldBe(6);
        app.Waha.Delivered.Select(bubble => bubble.Session).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task The_number_that_is_mentioned_alone_answers()
    {
        await using var app = await StartAsync(TwoSessions);
        app.Waha.Sessions["sales"] = "WORKING";
        await app.SendAsync(WahaWebhook.SessionStatus("WORKING"));
        await app.SendAsync(WahaWebhook.SessionStatus("WORKING", "sales") with { Me = Sales });
        await app.SendAsync(WahaWebhook.InGroup("openclaw, oi"));

        var asked = WahaWebhook.InGroup("@5511993334444 e você?", rawId: "3EB0MENTION", mentions: [Sales.Id]);
        (await app.SendAsync(asked)).Outcome.ShouldBe("ignored");
        (await app.SendAsync(AsSales(WahaWebhook.InGroup("@5511993334444 e você?", rawId: "3EB0MENTION", mentions: [Sales.Id])))).Outcome.ShouldBe("accepted");

        await app.WaitUntilSettledAsync();
        app.Waha.Delivered.Select(bubble => bubble.Session).ShouldBe(["default", "sales"], ignoreOrder: true);
        app.InboundStates().ShouldBe(["sent", "ignored/other_session", "sent"]);
    }

    [Fact]
    public async Task Chats_of_a_number_that_logged_out_are_answered_by_the_other_although_its_breaker_is_open()
    {
        await using var app = await StartAsync(
            [.. TwoSessions, ("Resilience__Waha__MinimumThroughput", "2"), ("Resilience__Waha__BreakDuration", "00:00:00.5"), ("Resilience__Waha__LongestBreak", "00:00:01")]);
        app.Waha.Sessions["sales"] = "WORKING";
        app.Waha.OnSend = call => call.Session == "default" ? FakeWahaFault.TooManyRequests : FakeWahaFault.None;
        await app.SendAsync(WahaWebhook.SessionStatus("WORKING"));
        await app.SendAsync(WahaWebhook.SessionStatus("WORKING", "sales") with { Me = Sales });
        foreach (var chat in new[] { Alice, "5521912345678@c.us", "5521912345679@c.us" })
            await app.SendAsync(WahaWebhook.Text("oi " + chat, chat));
        await app.WaitUntilAsync(() => app.Logs.ToString().Contains("waha:default does not answer", StringComparison.Ordinal));

        app.Waha.Sessions["default"] = "SCAN_QR_CODE";
        await app.SendAsync(WahaWebhook.SessionStatus("SCAN_QR_CODE"));

        await app.WaitForBubblesAsync(3);
        await app.WaitUntilSettledAsync();
        app.Waha.Delivered.Select(bubble => bubble.Session).ShouldBe(["sales", "sales", "sales"]);
        app.Waha.Delivered.Select(bubble => bubble.Text).Distinct().Count().ShouldBe(3);
        app.InboundStates().ShouldBe(["sent", "sent", "sent"]);
    }

    [Fact]
    public async Task The_owner_is_told_once_by_another_number_that_one_logged_out()
    {
        await using var app = await StartAsync([.. TwoSessions, ("Access__Owner", "+55 11 98765-4321"), ("Waha__KeepSessions", "true"), ("Waha__SessionPollInterval", "00:00:05")]);
        app.Waha.Sessions["sales"] = "WORKING";
        await app.SendAsync(WahaWebhook.SessionStatus("WORKING"));
        await app.SendAsync(WahaWebhook.SessionStatus("WORKING", "sales") with { Me = Sales });
        await app.SendAsync(AsSales(WahaWebhook.Text("oi", Alice)));
        await app.WaitForBubblesAsync(1);

        app.Waha.Sessions["default"] = "SCAN_QR_CODE";
        await app.SendAsync(WahaWebhook.SessionStatus("SCAN_QR_CODE"));

        var told = (await app.WaitForBubblesAsync(2))[1];
        (told.Session, told.ChatId).ShouldBe(("sales", Alice));
        told.Text.ShouldContain("(sessão default) foi desconectado do WhatsApp. Para ligar de novo, peça o código QR ao OpenClaw (GET /api/sessions/default/qr");
        // Another Gateway, or this one after its restart.
        await app.RestartAsync();
        await app.WaitUntilAsync(() => app.Service<Gateway.Sessions.SessionBoard>().Of("default") is { Advice: Gateway.Sessions.SessionAdvice.LinkAgain });
        // With the second look the first one is over.
        var looks = Looks();
        await app.SendAsync(WahaWebhook.SessionStatus("SCAN_QR_CODE"));
        await app.WaitUntilAsync(() => Looks() > looks);
        await app.WaitUntilSettledAsync();
        app.Waha.Delivered.Count.ShouldBe(2);

        int Looks() => app.Waha.Calls.OfType<GetSessionCall>().Count(call => call.Session == "default");
    }

    private static WahaWebhook AsSales(WahaWebhook webhook) => webhook.In("sales") with { Me = Sales };
}

public sealed class AllInOneSeveralNumbersJourney() : SeveralNumbersJourney(Setup.AllInOne);

public sealed class SplitSqliteSeveralNumbersJourney() : SeveralNumbersJourney(Setup.SplitSqlite);

public sealed class SplitPostgresSeveralNumbersJourney() : SeveralNumbersJourney(Setup.SplitPostgres);
