using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Journeys;

/// <summary>A WhatsApp message in, an answer out, once.</summary>
public abstract class AnswerJourney(Setup setup) : Journey(setup)
{
    private const string Alice = "5511987654321@c.us";
    private const string Bob = "5521912345678@c.us";

    [Fact]
    public async Task A_message_is_answered_in_its_chat_and_ends_as_sent()
    {
        await using var app = await StartAsync();

        var answer = await app.SendAsync(WahaWebhook.Text("olá, tudo bem? 👋", Alice));

        ((int)answer.Status, answer.Outcome).ShouldBe((202, "accepted"));
        var bubble = (await app.WaitForBubblesAsync(1)).ShouldHaveSingleItem();
        (bubble.Session, bubble.ChatId, bubble.Text, bubble.ReplyTo).ShouldBe(("default", Alice, "olá, tudo bem? 👋", null));
        await app.WaitUntilSettledAsync();
        app.InboundStates().ShouldBe(["sent"]);
    }

    [Fact]
    public async Task Redelivered_webhook_is_answered_once()
    {
        await using var app = await StartAsync();
        var message = WahaWebhook.Text("uma vez só", Alice);

        (await app.SendAsync(message)).Outcome.ShouldBe("accepted");
        (await app.SendAsync(message)).ShouldBe(new WebhookAnswer(System.Net.HttpStatusCode.Accepted, "duplicate"));
        await app.WaitForBubblesAsync(1);
        (await app.SendAsync(message)).Outcome.ShouldBe("duplicate");
        await app.WaitUntilSettledAsync();
        (await app.SendAsync(message with { EventId = "evt_another" })).Outcome.ShouldBe("duplicate");

        await app.WaitUntilSettledAsync();
        app.Waha.Delivered.ShouldHaveSingleItem().Text.ShouldBe("uma vez só");
    }

    [Theory]
    [InlineData("message", "message.any")]
    [InlineData("message.any", "message")]
    public async Task A_message_and_its_twin_event_are_one_message(string first, string second)
    {
        await using var app = await StartAsync();
        var message = WahaWebhook.Text("gêmeos", Alice);

        (await app.SendAsync(message with { Event = first })).Outcome.ShouldBe("accepted");
        (await app.SendAsync(message with { Event = second })).Outcome.ShouldBe("duplicate");

        await app.WaitForBubblesAsync(1);
        await app.WaitUntilSettledAsync();
        app.Waha.Delivered.Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_same_raw_id_by_number_and_by_hidden_id_is_one_message()
    {
        await using var app = await StartAsync();
        var id = WahaWebhook.NextId();

        (await app.SendAsync(WahaWebhook.Text("quem sou eu?", Alice, id))).Outcome.ShouldBe("accepted");
        (await app.SendAsync(WahaWebhook.Text("quem sou eu?", "123456789012345@lid", id))).Outcome.ShouldBe("duplicate");
        (await app.SendAsync(WahaWebhook.Text("quem sou eu?", "123456789012345@lid", id, phone: Alice))).Outcome.ShouldBe("duplicate");

        await app.WaitForBubblesAsync(1);
        await app.WaitUntilSettledAsync();
        app.Waha.Delivered.ShouldHaveSingleItem().ChatId.ShouldBe(Alice);
    }

    [Fact]
    public async Task A_message_that_came_under_an_unknown_hidden_id_first_is_answered_when_its_twin_tells_the_number()
    {
        await using var app = await StartAsync();
        var id = WahaWebhook.NextId();

        (await app.SendAsync(WahaWebhook.Text("primeiro escondido", "123456789012345@lid", id))).Outcome.ShouldBe("held");
        await app.SendAsync(WahaWebhook.Text("primeiro escondido", Alice, id));

        (await app.WaitForBubblesAsync(1))[0].Text.ShouldBe("primeiro escondido");
        app.Waha.Phone.Link("123456789012345@lid", Alice);
        await app.WaitUntilSettledAsync();
        app.Waha.Delivered.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_burst_of_bubbles_is_one_turn_after_the_default_quiet_period()
    {
        await using var app = await StartAsync(("Turns__QuietPeriod", null));

        foreach (var text in (string[])["oi", "tudo bem?", "uma pergunta"])
            (await app.SendAsync(WahaWebhook.Text(text, Alice))).Outcome.ShouldBe("accepted");

        (await app.WaitForBubblesAsync(1)).ShouldHaveSingleItem().Text.ShouldBe("oi\ntudo bem?\numa pergunta");
        await app.WaitUntilSettledAsync();
        app.Model.Requests.Count.ShouldBe(1);
        app.InboundStates().ShouldBe(["sent", "sent", "sent"]);
        app.Query("SELECT COUNT(*) FROM turns", row => row.GetInt64(0)).Single().ShouldBe(1);
    }

    [Fact]
    public async Task Messages_of_a_chat_are_answered_in_order()
    {
        await using var app = await StartAsync();
        var texts = Enumerable.Range(1, 12).Select(i => $"mensagem {i}").ToArray();

        foreach (var text in texts)
            await app.SendAsync(WahaWebhook.Text(text, Alice));

        await app.Waha.WaitForBubblesAsync(bubbles => bubbles.Sum(bubble => bubble.Text.Split('\n').Length) >= texts.Length, app.Timeout);
        app.Waha.Delivered.SelectMany(bubble => bubble.Text.Split('\n')).ShouldBe(texts);
    }

    [Fact]
    public async Task A_slow_chat_does_not_hold_up_another()
    {
        await using var app = await StartAsync();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        app.Model.OnRequest = request => request.TurnTexts.Contains("devagar") ? ScriptedReply.Echo() with { HoldUntil = gate.Task } : null;

        await app.SendAsync(WahaWebhook.Text("devagar", Alice));
        await app.Model.NextRequestAsync(app.Timeout);
        await app.SendAsync(WahaWebhook.Text("rápido", Bob));

        (await app.WaitForBubblesAsync(1)).ShouldHaveSingleItem().ChatId.ShouldBe(Bob);
        gate.SetResult();
        (await app.WaitForBubblesAsync(2))[1].Text.ShouldBe("devagar");
    }

    [Fact]
    public async Task What_was_said_before_is_sent_to_the_model_and_survives_a_restart()
    {
        await using var app = await StartAsync();
        app.Model.Enqueue(ScriptedReply.Text("Prazer, Alice!"));
        await app.SendAsync(WahaWebhook.Text("meu nome é Alice", Alice));
        await app.WaitForBubblesAsync(1);
        await app.WaitUntilSettledAsync();

        await app.RestartAsync();
        await app.SendAsync(WahaWebhook.Text("como eu me chamo?", Alice));
        await app.WaitForBubblesAsync(2);

        var messages = app.Model.Requests[^1].Messages;
        messages[0].Role.ShouldBe("system");
        messages.Skip(1).ShouldBe([("user", "meu nome é Alice"), ("assistant", "Prazer, Alice!"), ("user", "como eu me chamo?")]);
    }

    [Fact]
    public async Task History_beyond_the_budget_is_left_out_oldest_first()
    {
        await using var app = await StartAsync();
        var tooMuch = new string('x', 15_000);
        foreach (var text in (string[])["primeira", tooMuch, "terceira"])
        {
            app.Model.Enqueue(ScriptedReply.Text("resposta a " + text[..5]));
            await app.SendAsync(WahaWebhook.Text(text, Alice));
            await app.WaitUntilSettledAsync();
        }

        await app.SendAsync(WahaWebhook.Text("quarta", Alice));
        await app.WaitUntilSettledAsync();
        Beginnings(app.Model.Requests[^1]).ShouldBe(["prime", "respo", "xxxxx", "respo", "terce", "respo", "quart"]);

        app.Model.Enqueue(ScriptedReply.Text("resposta"));
        await app.SendAsync(WahaWebhook.Text(tooMuch, Alice));
        await app.WaitUntilSettledAsync();
        await app.SendAsync(WahaWebhook.Text("sexta", Alice));
        await app.WaitUntilSettledAsync();
        Beginnings(app.Model.Requests[^1]).ShouldBe(["terce", "respo", "quart", "quart", "xxxxx", "respo", "sexta"]);

        static IEnumerable<string> Beginnings(ScriptedRequest request) => request.Messages.Skip(1).Select(message => message.Text[..5]);
    }

    [Fact]
    public async Task Another_persons_history_is_not_sent()
    {
        await using var app = await StartAsync();
        await app.SendAsync(WahaWebhook.Text("segredo da Alice", Alice));
        await app.WaitForBubblesAsync(1);

        await app.SendAsync(WahaWebhook.Text("oi", Bob));
        await app.WaitForBubblesAsync(2);

        app.Model.Requests[^1].Messages.ShouldAllBe(message => !message.Text.Contains("segredo", StringComparison.Ordinal));
    }
}

public sealed class AllInOneAnswerJourney() : AnswerJourney(Setup.AllInOne);

public sealed class SplitSqliteAnswerJourney() : AnswerJourney(Setup.SplitSqlite);

public sealed class SplitPostgresAnswerJourney() : AnswerJourney(Setup.SplitPostgres);
