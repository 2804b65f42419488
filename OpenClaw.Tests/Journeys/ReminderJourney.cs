using System.Net;
using System.Text.Json;
using OpenClaw.Core.Storage;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Journeys;

/// <summary>A reminder is set in a chat and said there at its time: once, also after a restart, late, or after it was given up.</summary>
public abstract class ReminderJourney(Setup setup) : Journey(setup)
{
    private const string Key = "an-admin-key-for-journeys";
    private const long Hour = 3_600_000_000;

    [Fact]
    public async Task A_reminder_survives_a_restart_and_is_said_once()
    {
        await using var app = await StartAsync();
        await SetAsync(app, 600);
        app.Model.Requests[^1].ToolResults.Single().ShouldStartWith("Reminder 1 is set for ");

        await app.RestartAsync();
        await PassAsync(app, 10 * Hour);

        (await app.WaitForBubblesAsync(2))[1].Text.ShouldBe("⏰ Lembrete: tirar o bolo");
        await app.WaitUntilSettledAsync();
        await app.RestartAsync();
        await app.SendAsync(WahaWebhook.Text("e aí?"));
        await app.WaitForBubblesAsync(3);
        await app.WaitUntilSettledAsync();
        app.Waha.Delivered.Count(bubble => bubble.Text.StartsWith('⏰')).ShouldBe(1);
        States(app).ShouldBe(["done"]);
        app.Logs.ToString().ShouldNotContain("bolo");
    }

    [Fact]
    public async Task What_was_due_while_nobody_was_there_says_that_it_is_late()
    {
        await using var app = await StartAsync();
        await SetAsync(app, 60);

        await PassAsync(app, 3 * Hour);

        (await app.WaitForBubblesAsync(2))[1].Text.ShouldMatch(@"^⏰ Lembrete atrasado, era para (\d\d/\d\d )?\d\d:\d\d: tirar o bolo$");
    }

    [Fact]
    public async Task In_a_group_it_quotes_the_message_that_asked_for_it()
    {
        await using var app = await StartAsync();
        app.Model.Enqueue(ScriptedReply.ToolCall("set_reminder", new { text = "tirar o bolo", in_minutes = 600 }), ScriptedReply.Text("Combinado."));
        await app.SendAsync(WahaWebhook.InGroup("openclaw, me lembra"));
        var answer = (await app.WaitForBubblesAsync(1))[0];
        await app.WaitUntilSettledAsync();

        await PassAsync(app, 10 * Hour);

        var reminder = (await app.WaitForBubblesAsync(2))[1];
        reminder.Text.ShouldBe("⏰ Lembrete: tirar o bolo");
        reminder.ReplyTo.ShouldNotBeNull().ShouldBe(answer.ReplyTo);
    }

    [Fact]
    public async Task A_reminder_that_was_given_up_is_replayed_once_over_the_api()
    {
        await using var app = await StartAsync(("Admin__ApiKey", Key));
        await SetAsync(app, 600);
        await app.Service<IDatabase>().WriteAsync(
            sql => sql.Execute("UPDATE scheduled_jobs SET state = 'dead', reason = 'unexpected', died_at = @now", ("@now", TimeProvider.System.NowMicroseconds())), app.Timeout);

        var list = (await SendAsync(app, HttpMethod.Get, "api/dead-letters?kind=job")).Body;
        var letter = list.GetProperty("items")[0];
        var id = letter.GetProperty("id").GetString();
        var shown = (await SendAsync(app, HttpMethod.Get, $"api/dead-letters/{id}")).Body;
        var first = await SendAsync(app, HttpMethod.Post, $"api/dead-letters/{id}/replay");
        var second = await SendAsync(app, HttpMethod.Post, $"api/dead-letters/{id}/replay");

        (letter.GetProperty("kind").GetString(), letter.GetProperty("reason").GetString()).ShouldBe(("job", "unexpected"));
        list.GetRawText().ShouldNotContain("bolo");
        shown.GetRawText().ShouldContain("tirar o bolo");
        (first.Status, second.Status).ShouldBe((HttpStatusCode.OK, HttpStatusCode.Conflict));
        (await app.WaitForBubblesAsync(2))[1].Text.ShouldBe("⏰ Lembrete: tirar o bolo");
        await app.WaitUntilSettledAsync();
        app.Waha.Delivered.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Without_a_model_a_reminder_is_set_said_listed_and_cancelled_in_plain_words()
    {
        await using var app = await StartAsync(("Ai__Main__Provider", "Offline"), ("Ai__Main__Endpoint", null), ("Ai__Main__Model", null));
        await app.SendAsync(WahaWebhook.Text("me lembra em 10 horas de tirar o bolo"));
        (await app.WaitForBubblesAsync(1))[0].Text.ShouldContain("Combinado! Lembrete 1: tirar o bolo");
        await app.SendAsync(WahaWebhook.Text("lembra de ligar pro João amanhã às 15h"));
        (await app.WaitForBubblesAsync(2))[1].Text.ShouldContain("às 15:00 (America/Sao_Paulo)");
        await app.WaitUntilSettledAsync();

        await PassAsync(app, 10 * Hour, number: 1);
        (await app.WaitForBubblesAsync(3))[2].Text.ShouldBe("⏰ Lembrete: tirar o bolo");
        await app.WaitUntilSettledAsync();
        await app.SendAsync(WahaWebhook.Text("quais lembretes eu tenho?"));
        var list = (await app.WaitForBubblesAsync(4))[3].Text;
        await app.SendAsync(WahaWebhook.Text("cancela o lembrete 2"));

        list.ShouldContain("(enviado, ainda sem confirmação de entrega)");
        list.ShouldContain("ligar pro João");
        (await app.WaitForBubblesAsync(5))[4].Text.ShouldContain("Lembrete 2 cancelado: ligar pro João");
        States(app).ShouldBe(["done", "cancelled"]);
    }

    private static async Task SetAsync(OpenClawApp app, int minutes)
    {
        app.Model.Enqueue(ScriptedReply.ToolCall("set_reminder", new { text = "tirar o bolo", in_minutes = minutes }), ScriptedReply.Text("Combinado."));
        await app.SendAsync(WahaWebhook.Text("me lembra"));
        (await app.WaitForBubblesAsync(1))[0].Text.ShouldBe("Combinado.");
        await app.WaitUntilSettledAsync();
    }

    /// <summary>As if this many microseconds had passed for the job, and for who waits for its time.</summary>
    private static async Task PassAsync(OpenClawApp app, long microseconds, int number = 1)
    {
        await app.Service<IDatabase>().WriteAsync(
            sql => sql.Execute(
                "UPDATE scheduled_jobs SET due_at = due_at - @by, next_at = next_at - @by WHERE number = @number", ("@by", microseconds), ("@number", (long)number)),
            app.Timeout);
        app.WakeJobs();
    }

    private static IReadOnlyList<string> States(OpenClawApp app) => app.Query("SELECT state FROM scheduled_jobs ORDER BY job_id", row => row.GetString(0));

    private static async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(OpenClawApp app, HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, new Uri(app.Url, path)) { Headers = { { "X-Api-Key", Key } } };
        using var response = await app.Http.SendAsync(request, app.Timeout);
        return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync(app.Timeout)).RootElement);
    }
}

public sealed class AllInOneReminderJourney() : ReminderJourney(Setup.AllInOne);

public sealed class SplitSqliteReminderJourney() : ReminderJourney(Setup.SplitSqlite);

public sealed class SplitPostgresReminderJourney() : ReminderJourney(Setup.SplitPostgres);
