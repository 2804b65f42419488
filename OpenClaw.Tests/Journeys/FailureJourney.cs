using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Journeys;

/// <summary>A model that fails: tried again, then one apology, never silence and never the error's own words.</summary>
public abstract class FailureJourney(Setup setup) : Journey(setup)
{
    [Theory]
    [InlineData("5511987654321@c.us", "Desculpe, não consegui responder agora. Tente de novo mais tarde. Se continuar, informe o código ")]
    [InlineData("15551234567@c.us", "Sorry, I could not answer this time. Please try again later. If it keeps happening, mention code ")]
    public async Task After_the_last_attempt_there_is_one_apology_with_a_code_in_the_persons_language(string from, string apology)
    {
        await using var app = await StartAsync(("Turns__MaxAttempts", null));
        app.Model.OnRequest = _ => ScriptedReply.Status(500);

        await app.SendAsync(WahaWebhook.Text("confidencial", from));

        var bubble = (await app.WaitForBubblesAsync(1))[0];
        await app.WaitUntilSettledAsync();
        var reference = app.Query("SELECT reference FROM turns", row => row.GetString(0)).Single();
        bubble.Text.ShouldBe($"{apology}{reference}.");
        app.Waha.Delivered.Count.ShouldBe(1);
        app.Model.Requests.Count.ShouldBe(5);
        app.InboundStates().ShouldBe(["dead/model_Unavailable"]);
        app.Logs.ToString().ShouldContain(reference);
    }

    [Fact]
    public async Task A_message_after_a_dead_one_is_answered()
    {
        await using var app = await StartAsync(("Turns__MaxAttempts", "2"));
        app.Model.Enqueue(ScriptedReply.Status(503), ScriptedReply.Status(503));

        await app.SendAsync(WahaWebhook.Text("antes"));
        await app.WaitForBubblesAsync(1);
        await app.SendAsync(WahaWebhook.Text("depois"));

        (await app.WaitForBubblesAsync(2))[1].Text.ShouldBe("depois");
        await app.WaitUntilSettledAsync();
        app.InboundStates().ShouldBe(["dead/model_Unavailable", "sent"]);
    }

    public static TheoryData<string> Failures => new("empty", "blank", "cut", "malformed", "500", "429", "401", "400", "silence");

    [Theory]
    [MemberData(nameof(Failures))]
    public async Task A_model_that_recovers_answers_as_if_nothing_had_been(string failure)
    {
        await using var app = await StartAsync(("Ai__Main__TokenTimeout", "00:00:00.2"));
        app.Model.Enqueue(Reply(failure), ScriptedReply.Text("agora sim"));

        await app.SendAsync(WahaWebhook.Text("oi"));

        (await app.WaitForBubblesAsync(1))[0].Text.ShouldBe("agora sim");
        await app.WaitUntilSettledAsync();
        app.Waha.Delivered.Count.ShouldBe(1);
        app.Model.Requests.Count.ShouldBe(2);
        app.Query("SELECT failures FROM turns", row => row.GetInt64(0)).ShouldBe([1]);
        app.InboundStates().ShouldBe(["sent"]);
    }

    [Fact]
    public async Task One_poison_message_of_a_burst_does_not_take_the_others_along()
    {
        await using var app = await StartAsync(("Turns__QuietPeriod", "00:00:00.3"), ("Turns__MaxAttempts", "3"));
        app.Model.OnRequest = request => request.TurnTexts.Contains("veneno") ? ScriptedReply.Status(400) : null;

        foreach (var text in (string[])["um", "veneno", "dois"])
            await app.SendAsync(WahaWebhook.Text(text));

        await app.WaitForBubblesAsync(3);
        await app.WaitUntilSettledAsync();
        var texts = app.Waha.Delivered.Select(bubble => bubble.Text).ToList();
        texts.Count.ShouldBe(3);
        texts[0].ShouldBe("um");
        texts[1].ShouldStartWith("Desculpe");
        texts[2].ShouldBe("dois");
        app.InboundStates().ShouldBe(["sent", "dead/model_BadRequest", "sent"]);
    }

    private static ScriptedReply Reply(string failure) => failure switch
    {
        "empty" => ScriptedReply.Empty(),
        "blank" => ScriptedReply.Text(" \n "),
        "cut" => ScriptedReply.Cut("meia res"),
        "malformed" => ScriptedReply.Malformed(),
        "silence" => ScriptedReply.Hang("meia res"),
        "429" => ScriptedReply.Status(429, retryAfter: 0),
        _ => ScriptedReply.Status(int.Parse(failure, System.Globalization.CultureInfo.InvariantCulture)),
    };
}

public sealed class AllInOneFailureJourney() : FailureJourney(Setup.AllInOne);

public sealed class SplitSqliteFailureJourney() : FailureJourney(Setup.SplitSqlite);

public sealed class SplitPostgresFailureJourney() : FailureJourney(Setup.SplitPostgres);
