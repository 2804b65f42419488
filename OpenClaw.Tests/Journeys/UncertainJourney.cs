using System.Text.Json;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Journeys;

/// <summary>Sends of which nobody knows whether they arrived, through the whole product: what happens, and what is told about it.</summary>
public abstract class UncertainJourney(Setup setup) : Journey(setup)
{
    private const string Key = "an-admin-key-for-journeys";
    private const string Owner = "5511987654321@c.us";

    [Fact]
    public async Task A_held_reply_is_told_by_the_journey_and_by_why_in_plain_words()
    {
        await using var app = await StartAsync(
            ("Admin__ApiKey", Key), ("Access__Owner", "+55 11 98765-4321"), ("Delivery__WhenUncertain", "Hold"), ("Delivery__Quarantine", "00:00:00"));
        app.Waha.HasStore = false;
        app.Waha.FaultNext(FakeWahaFault.DeliveredButCut);
        await app.SendAsync(WahaWebhook.Text("segredo", Owner));
        await app.WaitUntilSettledAsync();
        var request = app.Query("SELECT request_id FROM inbound", row => row.GetString(0)).Single();

        var journey = await GetAsync(app, $"api/journeys/{request}");
        await app.SendAsync(WahaWebhook.Text($"/why {request}", Owner));

        journey.GetProperty("outcome").GetString().ShouldBe("unknown");
        var bubble = journey.GetProperty("bubbles").EnumerateArray().Single();
        (bubble.GetProperty("kind").GetString(), bubble.GetProperty("state").GetString(), bubble.GetProperty("settlement").GetString()).ShouldBe(("reply", "dead", "held"));
        (await GetAsync(app, "api/dead-letters")).GetProperty("items")[0].GetProperty("reason").GetString().ShouldBe("uncertain_no_store");
        var story = (await app.WaitForBubblesAsync(2))[1].Text;
        story.ShouldStartWith("*Ninguém sabe se a resposta chegou inteira*");
        story.ShouldContain("guardei sem enviar de novo: um envio ficou incerto, e o WAHA não guarda as mensagens");
        story.ShouldNotContain("segredo");
        await app.WaitUntilSettledAsync();
        app.Query("SELECT kind FROM outbox ORDER BY outbox_id", row => row.GetString(0)).ShouldBe(["reply", "command"]);
        app.Waha.Delivered.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_reply_that_was_sent_again_without_proof_says_so()
    {
        await using var app = await StartAsync(("Admin__ApiKey", Key), ("Access__Owner", "+55 11 98765-4321"), ("Delivery__Quarantine", "00:00:00"));
        app.Waha.HasStore = false;
        app.Waha.FaultNext(FakeWahaFault.NotDeliveredAndCut);
        await app.SendAsync(WahaWebhook.Text("oi", Owner));
        var answer = (await app.WaitForBubblesAsync(1))[0];
        await app.WaitUntilSettledAsync();

        await app.SendAsync(WahaWebhook.Text("/why", Owner, replyTo: new WahaQuote(answer.RawId, WahaWebhook.BotId, answer.Text)));

        (await app.WaitForBubblesAsync(2))[1].Text.ShouldContain("não deu para provar que não chegou; enviei de novo mesmo assim, pode ter chegado duas vezes");
        var request = app.Query("SELECT request_id FROM inbound ORDER BY inbound_id", row => row.GetString(0))[0];
        (await GetAsync(app, $"api/journeys/{request}")).GetProperty("bubbles")[0].GetProperty("settlement").GetString().ShouldBe("unprovenResent");
    }

    [Fact]
    public async Task A_store_that_is_off_is_made_up_for_by_what_WAHA_tells()
    {
        await using var app = await StartAsync(("Delivery__Quarantine", "00:00:00"), ("Delivery__WhenUncertain", "Hold"));
        app.Waha.HasStore = false;
        app.Waha.EchoTo(app.WebhookUrl, OpenClawApp.HmacKey);
        app.Waha.FaultNext(FakeWahaFault.DeliveredButCut);

        await app.SendAsync(WahaWebhook.Text("oi", Owner));

        await app.WaitUntilSettledAsync();
        app.Query("SELECT state || ':' || settlement FROM outbox", row => row.GetString(0)).ShouldBe(["accepted:found"]);
        app.Waha.Delivered.Count.ShouldBe(1);
        await app.WaitUntilAsync(() => app.InboundStates()[0] == "delivered");
    }

    [Fact]
    public async Task With_ids_of_ours_everything_that_comes_before_the_answer_finds_its_bubble()
    {
        await using var app = await StartAsync();
        app.Waha.GivesMessageIds = true;
        app.Waha.FaultNext(FakeWahaFault.DeliverThenHang);
        await app.SendAsync(WahaWebhook.Text("oi", Owner));
        var bubble = (await app.WaitForBubblesAsync(1))[0];

        // An engine that does not say where an own message came from.
        await app.SendAsync(WahaWebhook.Own(bubble.Text, bubble.ChatId, bubble.RawId).WithPayload(payload => payload["source"] = null));
        await app.SendAsync(WahaWebhook.Ack(Owner, bubble.RawId, 2));
        app.Query("SELECT kind FROM chat_events", row => row.GetString(0)).ShouldBe(["own_echo"]);
        app.Query("SELECT state || ':' || ack FROM outbox", row => row.GetString(0)).ShouldBe(["sending:2"]);
        app.Query("SELECT COUNT(*) FROM acks", row => row.GetInt64(0)).ShouldBe([0]);
        app.Waha.Release();

        await app.WaitUntilSettledAsync();
        app.InboundStates().ShouldBe(["delivered"]);
        app.Query("SELECT raw_id || ':' || settlement FROM outbox", row => row.GetString(0)).ShouldBe([bubble.RawId + ":plain"]);
    }

    [Fact]
    public async Task Health_counts_what_the_server_did_not_acknowledge_and_recovers()
    {
        await using var app = await StartAsync(("Delivery__ServerAckWithin", "00:00:01"));
        await app.SendAsync(WahaWebhook.Text("segredo", Owner));
        await app.WaitForBubblesAsync(1);

        await app.WaitUntilAsync(() => HealthOf(app).Status == "degraded");
        HealthOf(app).Says.ShouldStartWith("default: 1 accepted messages without a server ack within 1 s");

        await app.SendAsync(WahaWebhook.Text("outra", Owner));
        var bubble = (await app.WaitForBubblesAsync(2))[1];
        await app.WaitUntilSettledAsync();
        await app.SendAsync(WahaWebhook.Ack(Owner, bubble.RawId, 1));

        HealthOf(app).Status.ShouldBe("healthy");
    }

    private static (string? Status, string Says) HealthOf(OpenClawApp app)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(app.Url, "health"));
        using var response = app.Http.Send(request, app.Timeout);
        using var body = JsonDocument.Parse(response.Content.ReadAsStream(app.Timeout));
        var check = body.RootElement.GetProperty("checks").EnumerateArray().Single(check => check.GetProperty("name").GetString() == "server_acks");
        return (check.GetProperty("status").GetString(), check.TryGetProperty("description", out var says) ? says.GetString() ?? "" : "");
    }

    private static async Task<JsonElement> GetAsync(OpenClawApp app, string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(app.Url, path));
        request.Headers.Add("X-Api-Key", Key);
        using var response = await app.Http.SendAsync(request, app.Timeout);
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync(app.Timeout)).RootElement;
    }
}

public sealed class AllInOneUncertainJourney() : UncertainJourney(Setup.AllInOne);

public sealed class SplitSqliteUncertainJourney() : UncertainJourney(Setup.SplitSqlite);

public sealed class SplitPostgresUncertainJourney() : UncertainJourney(Setup.SplitPostgres);
