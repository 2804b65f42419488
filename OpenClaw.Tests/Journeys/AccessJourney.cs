using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Journeys;

/// <summary>With an allowlist only its people are answered, by whatever id they come.</summary>
public abstract class AccessJourney(Setup setup) : Journey(setup)
{
    private const string Lid = "123456789012345@lid";
    private const string Stranger = "5521912345678@c.us";

    private static readonly (string, string?)[] Allowlist = [("Access__Mode", null), ("Access__Allowed__0", "+55 (11) 98765-4321"), ("Access__Allowed__1", "551187651234"), ("Access__Owner", "+1 555 123-4567")];

    [Fact]
    public async Task The_list_decides_by_person_over_number_forms_and_hidden_ids()
    {
        await using var app = await StartAsync([.. Allowlist, ("Worker__Mode", "External")]);
        var table = new (string Case, WahaWebhook Webhook, string Outcome)[]
        {
            ("allowed number", WahaWebhook.Text("oi", "5511987654321@c.us"), "accepted"),
            ("its older form without the ninth digit", WahaWebhook.Text("oi", "551187654321@c.us"), "accepted"),
            ("listed without the ninth digit, comes with it", WahaWebhook.Text("oi", "5511987651234@c.us"), "accepted"),
            ("owner", WahaWebhook.Text("oi", "15551234567@c.us"), "accepted"),
            ("hidden id with the number", WahaWebhook.Text("oi", "111111111111111@lid", phone: "5511987654321@c.us"), "accepted"),
            ("hidden id with the older form", WahaWebhook.Text("oi", "222222222222222@lid", phone: "551187654321@c.us"), "accepted"),
            ("the same hidden id, now without the number", WahaWebhook.Text("oi", "111111111111111@lid"), "accepted"),
            ("allowed in a group", WahaWebhook.InGroup("openclaw oi", participant: "5511987654321@c.us"), "accepted"),
            ("stranger", WahaWebhook.Text("oi", Stranger), "denied"),
            ("stranger in a group", WahaWebhook.InGroup("openclaw oi", participant: Stranger), "denied"),
            ("hidden id with a stranger's number", WahaWebhook.Text("oi", "333333333333333@lid", phone: Stranger), "denied"),
            ("a number that only begins like an allowed one", WahaWebhook.Text("oi", "55119876543219@c.us"), "denied"),
            ("a stranger who claims an allowed name", WahaWebhook.Text("5511987654321", "447700900123@c.us", name: "5511987654321@c.us"), "denied"),
        };

        var outcomes = new List<string>();
        foreach (var row in table)
            outcomes.Add($"{row.Case}: {(await app.SendAsync(row.Webhook)).Outcome}");

        outcomes.ShouldBe(table.Select(row => $"{row.Case}: {row.Outcome}"));
        app.Query("SELECT COUNT(*) FROM inbound WHERE state = 'denied' AND (content_enc IS NOT NULL OR person_id IS NOT NULL)", row => row.GetInt64(0)).ShouldBe([0]);
    }

    [Fact]
    public async Task A_stranger_gets_nothing_and_leaves_no_text()
    {
        await using var app = await StartAsync(Allowlist);

        (await app.SendAsync(WahaWebhook.Text("me responde", Stranger))).Outcome.ShouldBe("denied");
        (await app.SendAsync(WahaWebhook.Text("por favor", Stranger))).Outcome.ShouldBe("denied");
        await app.SendAsync(WahaWebhook.Text("oi", "15551234567@c.us"));
        await app.WaitForBubblesAsync(1);
        await app.WaitUntilSettledAsync();

        app.Waha.Calls.OfType<SendTextCall>().ShouldHaveSingleItem().ChatId.ShouldBe("15551234567@c.us");
        app.Query("SELECT state, repeats, CASE WHEN content_enc IS NULL THEN 1 ELSE 0 END FROM inbound WHERE state = 'denied'", row => (row.GetString(0), row.GetInt64(1), row.GetInt64(2))).ShouldBe([("denied", 1, 1)]);
        app.Query("SELECT COUNT(*) FROM people", row => row.GetInt64(0)).ShouldBe([1]);
    }

    [Fact]
    public async Task A_hidden_id_waits_until_WAHA_links_it_and_is_then_answered_in_its_chat()
    {
        await using var app = await StartAsync(Allowlist);

        (await app.SendAsync(WahaWebhook.Text("sou eu", Lid))).Outcome.ShouldBe("held");
        await app.Waha.WaitForCallsAsync<ResolveLidCall>(1, app.Timeout);
        app.InboundStates().ShouldBe(["held/lid_not_linked"]);
        app.Waha.Phone.Link(Lid, "5511987654321@c.us");

        var bubble = (await app.WaitForBubblesAsync(1))[0];
        (bubble.ChatId, bubble.Text).ShouldBe((Lid, "sou eu"));
        (await app.SendAsync(WahaWebhook.Text("de novo", Lid))).Outcome.ShouldBe("accepted");
        (await app.WaitForBubblesAsync(2))[1].Text.ShouldBe("de novo");
    }

    [Fact]
    public async Task A_hidden_id_that_turns_out_to_be_a_stranger_is_denied_and_its_text_goes()
    {
        await using var app = await StartAsync(Allowlist);
        app.Waha.Phone.Link(Lid, Stranger);

        (await app.SendAsync(WahaWebhook.Text("deixa eu entrar", Lid))).Outcome.ShouldBe("held");

        await app.WaitUntilAsync(() => app.InboundStates()[0] == "denied/not_allowed");
        app.Query("SELECT CASE WHEN content_enc IS NULL THEN 1 ELSE 0 END FROM inbound", row => row.GetInt64(0)).ShouldBe([1]);
        (await app.SendAsync(WahaWebhook.Text("e agora?", Lid))).Outcome.ShouldBe("denied");
        app.Waha.Delivered.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_held_is_asked_for_again_after_a_restart()
    {
        await using var app = await StartAsync(Allowlist);
        await app.SendAsync(WahaWebhook.Text("segura aí", Lid));
        await app.Waha.WaitForCallsAsync<ResolveLidCall>(1, app.Timeout);
        await app.StopAsync();
        app.Waha.Phone.Link(Lid, "5511987654321@c.us");

        await app.RestartAsync();

        (await app.WaitForBubblesAsync(1))[0].Text.ShouldBe("segura aí");
    }

    [Fact]
    public async Task Once_linked_a_person_is_spoken_to_in_the_language_of_the_number()
    {
        await using var app = await StartAsync([.. Allowlist, ("Turns__MaxAttempts", "1")]);
        app.Waha.Phone.Link(Lid, "15551234567@c.us");
        app.Model.OnRequest = _ => ScriptedReply.Status(500);

        await app.SendAsync(WahaWebhook.Text("hello", Lid));

        (await app.WaitForBubblesAsync(1))[0].Text.ShouldStartWith("Sorry");
    }

    [Fact]
    public async Task One_person_by_number_and_by_hidden_id_has_one_history()
    {
        await using var app = await StartAsync(Allowlist);
        await app.SendAsync(WahaWebhook.Text("gosto de azul", "5511987654321@c.us"));
        await app.WaitForBubblesAsync(1);
        await app.WaitUntilSettledAsync();

        await app.SendAsync(WahaWebhook.Text("do que eu gosto?", Lid, phone: "5511987654321@c.us"));

        (await app.WaitForBubblesAsync(2))[1].ChatId.ShouldBe(Lid);
        app.Model.Requests[^1].Messages.Skip(1).Select(message => message.Text).ShouldBe(["gosto de azul", "gosto de azul", "do que eu gosto?"]);
    }
}

public sealed class AllInOneAccessJourney() : AccessJourney(Setup.AllInOne);

public sealed class SplitSqliteAccessJourney() : AccessJourney(Setup.SplitSqlite);

public sealed class SplitPostgresAccessJourney() : AccessJourney(Setup.SplitPostgres);
