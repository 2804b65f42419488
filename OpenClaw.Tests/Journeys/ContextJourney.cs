using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Journeys;

/// <summary>What is not a question: kept as context, or dropped with its reason, and never answered.</summary>
public abstract class ContextJourney(Setup setup) : Journey(setup)
{
    private const string Alice = "5511987654321@c.us";

    [Fact]
    public async Task Reactions_and_own_messages_are_kept_as_chat_events()
    {
        await using var app = await StartAsync();
        await app.SendAsync(WahaWebhook.Text("oi", Alice));
        var bubble = (await app.WaitForBubblesAsync(1))[0];
        await app.WaitUntilSettledAsync();
        var reaction = WahaWebhook.Reaction("👍", $"true_{Alice}_{bubble.RawId}", Alice);

        (await app.SendAsync(reaction)).Outcome.ShouldBe("recorded");
        (await app.SendAsync(reaction)).Outcome.ShouldBe("duplicate");
        (await app.SendAsync(WahaWebhook.Own("oi", Alice, bubble.RawId))).Outcome.ShouldBe("recorded");
        (await app.SendAsync(WahaWebhook.Own("deixa comigo", Alice, source: "app"))).Outcome.ShouldBe("recorded");
        (await app.SendAsync(WahaWebhook.Own("para outro", "5521912345678@c.us", source: "app"))).Outcome.ShouldBe("recorded");

        await app.WaitUntilSettledAsync();
        app.Query("SELECT kind FROM chat_events ORDER BY event_id", row => row.GetString(0)).ShouldBe(["reaction", "own_echo", "own_message", "own_message"]);
        app.Waha.Delivered.Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_own_message_without_a_source_is_our_echo_when_its_id_is_in_our_outbox()
    {
        await using var app = await StartAsync();
        await app.SendAsync(WahaWebhook.Text("oi", Alice));
        var bubble = (await app.WaitForBubblesAsync(1))[0];
        await app.WaitUntilSettledAsync();

        await app.SendAsync(WahaWebhook.Own("oi", Alice, bubble.RawId).WithPayload(payload => payload["source"] = null));

        app.Query("SELECT kind FROM chat_events", row => row.GetString(0)).ShouldBe(["own_echo"]);
    }

    private const string Unlinked = "default is SCAN_QR_CODE: no phone is linked: scan GET /api/sessions/default/qr with the phone (WhatsApp, Linked devices), "
        + "or type the code of POST /api/sessions/default/pairing-code";

    [Fact]
    public async Task The_sessions_state_is_kept_and_health_is_degraded_while_it_does_not_work()
    {
        await using var app = await StartAsync();
        var start = TimeProvider.System.GetUtcNow();
        (await HealthAsync(app)).ShouldBe((HttpStatusCode.OK, "healthy", null));

        await app.SendAsync(WahaWebhook.SessionStatus("WORKING") with { At = start });
        (await HealthAsync(app)).ShouldBe((HttpStatusCode.OK, "healthy", null));

        await app.SendAsync(WahaWebhook.SessionStatus("SCAN_QR_CODE") with { At = start.AddSeconds(2) });
        (await HealthAsync(app)).ShouldBe((HttpStatusCode.OK, "degraded", Unlinked));

        (await app.SendAsync(WahaWebhook.SessionStatus("WORKING") with { At = start.AddSeconds(1) })).Outcome.ShouldBe("duplicate");
        (await HealthAsync(app)).ShouldBe((HttpStatusCode.OK, "degraded", Unlinked));

        await app.SendAsync(WahaWebhook.SessionStatus("WORKING") with { At = start.AddSeconds(3) });
        (await HealthAsync(app)).ShouldBe((HttpStatusCode.OK, "healthy", null));
    }

    [Fact]
    public async Task What_is_not_for_us_is_dropped_with_its_reason()
    {
        await using var app = await StartAsync();
        var now = TimeProvider.System.GetUtcNow();
        var table = new (WahaWebhook Webhook, string Reason)[]
        {
            (WahaWebhook.Text("velha", Alice) with { PayloadAt = now.AddHours(-12).AddMinutes(-1) }, "too_old"),
            (WahaWebhook.Text("status", "status@broadcast"), "status_post"),
            (WahaWebhook.Text("canal", "120363000000000002@newsletter"), "newsletter"),
            (WahaWebhook.Text("lista", "1234567@broadcast"), "broadcast"),
            (WahaWebhook.Text("o quê?", "1234567@bot"), "unknown_chat"),
            (WahaWebhook.Text("outra", Alice) with { Session = "other" }, "session_not_served"),
            (WahaWebhook.Text("editada", Alice) with { Event = "message.edited" }, "event_not_served"),
            (WahaWebhook.Text("", Alice), "no_content"),
            (WahaWebhook.Text("sem id", Alice).WithPayload(payload => payload.Remove("id")), "no_message_id"),
            (WahaWebhook.Text("sem chat", Alice, "3EB0NOCHAT").WithPayload(payload => { payload["id"] = "3EB0NOCHAT"; payload.Remove("from"); }), "no_chat"),
            (WahaWebhook.Own("meu status", "status@broadcast"), "own_post"),
            (WahaWebhook.SessionStatus(""), "no_status"),
        };

        foreach (var (webhook, _) in table)
            (await app.SendAsync(webhook)).ShouldBe(new WebhookAnswer(HttpStatusCode.Accepted, "ignored"));

        app.InboundStates().ShouldBe(table.Select(row => "ignored/" + row.Reason));
        app.Query("SELECT COUNT(*) FROM inbound WHERE content_enc IS NOT NULL", row => row.GetInt64(0)).ShouldBe([0]);
        app.Waha.Delivered.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_message_just_within_the_age_is_answered()
    {
        await using var app = await StartAsync(("Webhooks__MaxAge", "00:05:00"));
        var now = TimeProvider.System.GetUtcNow();

        (await app.SendAsync(WahaWebhook.Text("velha", Alice) with { PayloadAt = now.AddMinutes(-6) })).Outcome.ShouldBe("ignored");
        (await app.SendAsync(WahaWebhook.Text("recente", Alice) with { PayloadAt = now.AddMinutes(-4) })).Outcome.ShouldBe("accepted");

        (await app.WaitForBubblesAsync(1))[0].Text.ShouldBe("recente");
    }

    [Theory]
    [InlineData("""{"body":null,"location":{"latitude":"-23.5","longitude":"-46.6"}}""", "location")]
    [InlineData("""{"body":null,"_data":{"message":{"stickerMessage":{"url":"x"}}}}""", "sticker")]
    [InlineData("""{"body":null,"hasMedia":true,"media":{"url":null,"mimetype":"audio/ogg; codecs=opus","error":"x"}}""", "audio")]
    [InlineData("""{"body":null,"vCards":["BEGIN:VCARD"]}""", "contact")]
    public async Task Something_without_text_is_answered_with_a_sentence(string fields, string kind)
    {
        await using var app = await StartAsync();
        app.Model.Enqueue(ScriptedReply.Text("Isso eu não consigo abrir; pode escrever?"));

        (await app.SendAsync(WahaWebhook.Text("", Alice).WithPayload(payload => Merge(payload, fields)))).Outcome.ShouldBe("accepted");

        (await app.WaitForBubblesAsync(1))[0].Text.ShouldBe("Isso eu não consigo abrir; pode escrever?");
        app.Model.Requests.Single().TurnTexts.Single().ShouldContain($"of the kind '{kind}'");
    }

    [Fact]
    public async Task A_caption_and_a_quote_reach_the_model()
    {
        await using var app = await StartAsync();

        await app.SendAsync(WahaWebhook.Text("o que é isto?", Alice, replyTo: new WahaQuote("3EB0AAAA", Alice, "a foto de ontem"))
            .WithPayload(payload => Merge(payload, """{"hasMedia":true,"media":{"url":"http://waha/x.jpg","mimetype":"image/jpeg"}}""")));

        await app.WaitForBubblesAsync(1);
        var text = app.Model.Requests.Single().TurnTexts.Single();
        text.ShouldStartWith("> a foto de ontem\no que é isto?\n");
        text.ShouldContain("'image'");
    }

    private static void Merge(JsonObject payload, string fields)
    {
        foreach (var (name, value) in JsonNode.Parse(fields)!.AsObject())
            payload[name] = value?.DeepClone();
    }

    private static async Task<(HttpStatusCode Status, string? Word, string? Description)> HealthAsync(OpenClawApp app)
    {
        using var response = await app.Http.GetAsync(new Uri(app.Url, "health"), app.Timeout);
        var report = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        var session = report.GetProperty("checks").EnumerateArray().Single(check => check.GetProperty("name").GetString() == "whatsapp");
        return (response.StatusCode, report.GetProperty("status").GetString(), session.TryGetProperty("description", out var text) ? text.GetString() : null);
    }
}

public sealed class AllInOneContextJourney() : ContextJourney(Setup.AllInOne);

public sealed class SplitSqliteContextJourney() : ContextJourney(Setup.SplitSqlite);

public sealed class SplitPostgresContextJourney() : ContextJourney(Setup.SplitPostgres);
