using System.Net;
using System.Text.Json;
using OpenClaw.Core.Storage;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Journeys;

/// <summary>What was given up, over the admin API: seen, replayed, answered once.</summary>
public abstract class DeadLetterJourney(Setup setup) : Journey(setup)
{
    private const string Key = "an-admin-key-for-journeys";

    [Fact]
    public async Task A_replayed_turn_is_answered_once_late_and_quoting()
    {
        await using var app = await StartAsync(("Admin__ApiKey", Key), ("Turns__MaxAttempts", "1"));
        app.Model.Enqueue(ScriptedReply.Status(500));
        await app.SendAsync(WahaWebhook.Text("pergunta", rawId: "3EB0DEAD") with { PayloadAt = TimeProvider.System.GetUtcNow().AddSeconds(-5) });
        await app.WaitForBubblesAsync(1);
        await app.WaitUntilSettledAsync();
        await app.SendAsync(WahaWebhook.Text("outra"));
        await app.WaitForBubblesAsync(2);
        await app.WaitUntilSettledAsync();
        var letter = (await GetAsync(app, "api/dead-letters")).GetProperty("items")[0];
        var id = letter.GetProperty("id").GetString();

        var first = await SendAsync(app, HttpMethod.Post, $"api/dead-letters/{id}/replay");
        var bubble = (await app.WaitForBubblesAsync(3))[2];
        await app.WaitUntilSettledAsync();
        var second = await SendAsync(app, HttpMethod.Post, $"api/dead-letters/{id}/replay");

        (letter.GetProperty("reason").GetString(), letter.GetProperty("kind").GetString()).ShouldBe(("model_Unavailable", "turn"));
        (first.Status, second.Status).ShouldBe((HttpStatusCode.OK, HttpStatusCode.Conflict));
        second.Body.GetProperty("outcome").GetString().ShouldBe("alreadyReplayed");
        bubble.Text.ShouldBe("_Resposta atrasada a esta mensagem:_\n\npergunta");
        bubble.ReplyTo.ShouldNotBeNull().ShouldContain("3EB0DEAD");
        app.Waha.Delivered.Count.ShouldBe(3);
        app.InboundStates().ShouldBe(["sent", "sent"]);
        var journey = await GetAsync(app, $"api/journeys/{letter.GetProperty("reference").GetString()}");
        journey.GetProperty("outcome").GetString().ShouldBe("sent");
        journey.GetProperty("isLate").GetBoolean().ShouldBeTrue();
        journey.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("kind").GetString()).ShouldContain("replayed");
        journey.GetRawText().ShouldNotContain("pergunta");
    }

    [Fact]
    public async Task All_dead_turns_are_answered_in_order_once_the_model_is_back()
    {
        await using var app = await StartAsync(("Admin__ApiKey", Key), ("Turns__MaxAttempts", "1"));
        app.Model.OnRequest = _ => ScriptedReply.Status(500);
        for (var i = 1; i <= 3; i++)
        {
            await app.SendAsync(WahaWebhook.Text("m" + i));
            await app.WaitForBubblesAsync(i);
            await app.WaitUntilSettledAsync();
        }

        app.Model.OnRequest = null;
        var sweep = await SendAsync(app, HttpMethod.Post, "api/dead-letters/replay?kind=turn");

        sweep.Body.GetProperty("replayed").GetInt32().ShouldBe(3);
        var answers = (await app.WaitForBubblesAsync(6)).Skip(3).Select(bubble => bubble.Text.Split('\n')[^1]);
        answers.ShouldBe(["m1", "m2", "m3"]);
        await app.WaitUntilSettledAsync();
        app.Waha.Delivered.Count.ShouldBe(6);
        (await GetAsync(app, "api/dead-letters")).GetProperty("items").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_bubble_that_had_arrived_after_all_is_found_in_the_chat_and_not_sent_again()
    {
        await using var app = await StartAsync(("Admin__ApiKey", Key));
        await app.SendAsync(WahaWebhook.Text("oi"));
        await app.WaitForBubblesAsync(1);
        await app.WaitUntilSettledAsync();
        // As a worker leaves it that never learned what became of its sends.
        await app.Service<IDatabase>().WriteAsync(
            sql => sql.Execute("UPDATE outbox SET state = 'dead', reason = 'uncertain_too_often', uncertain = 4, raw_id = NULL, accepted_at = NULL")
                + sql.Execute("UPDATE inbound SET state = 'dead', reason = 'uncertain_too_often', sent_at = NULL"),
            app.Timeout);

        var sweep = await SendAsync(app, HttpMethod.Post, "api/dead-letters/replay");
        await app.WaitUntilSettledAsync();

        sweep.Body.GetProperty("replayed").GetInt32().ShouldBe(1);
        app.Waha.Delivered.Count.ShouldBe(1);
        app.InboundStates().ShouldBe(["sent"]);
        var request = app.Query("SELECT request_id FROM inbound", row => row.GetString(0)).Single();
        (await GetAsync(app, $"api/journeys/{request}")).GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("kind").GetString()).ShouldContain("foundInChat");
    }

    private static async Task<JsonElement> GetAsync(OpenClawApp app, string path)
    {
        var (status, body) = await SendAsync(app, HttpMethod.Get, path);
        status.ShouldBe(HttpStatusCode.OK);
        return body;
    }

    private static async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(OpenClawApp app, HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, new Uri(app.Url, path)) { Headers = { { "X-Api-Key", Key } } };
        using var response = await app.Http.SendAsync(request, app.Timeout);
        return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync(app.Timeout)).RootElement);
    }
}

public sealed class AllInOneDeadLetterJourney() : DeadLetterJourney(Setup.AllInOne);

public sealed class SplitSqliteDeadLetterJourney() : DeadLetterJourney(Setup.SplitSqlite);

public sealed class SplitPostgresDeadLetterJourney() : DeadLetterJourney(Setup.SplitPostgres);
