using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Journeys;

/// <summary>A human answers on the account's own phone, and the bot keeps out of that chat.</summary>
public abstract class TakeoverJourney(Setup setup) : Journey(setup)
{
    private const string Alice = "5511987654321@c.us";
    private const string Bruno = "5521912345678@c.us";
    private const string Group = "120363000000000001@g.us";

    [Fact]
    public async Task What_comes_while_a_human_talks_is_not_answered_and_is_context_later()
    {
        await using var app = await StartAsync();
        await AskAsync(app, "oi", Alice, answers: 1);

        (await app.SendAsync(Human("deixa comigo", Alice))).Outcome.ShouldBe("recorded");
        await app.SendAsync(WahaWebhook.Text("qual o preço?", Alice));
        await AskAsync(app, "e eu?", Bruno, answers: 2);
        await app.WaitUntilSettledAsync();
        app.InboundStates()[1].ShouldBe("ignored/human_talks");
        await app.SendAsync(Human("/bot on", Alice));
        await AskAsync(app, "obrigada", Alice, answers: 3);

        app.Waha.Delivered.Select(bubble => bubble.Text).ShouldBe(["oi", "e eu?", "obrigada"]);
        app.Model.Requests[^1].Messages.ShouldContain(("user", "qual o preço?"));
        app.Model.Requests[^1].Messages.ShouldContain(("assistant", "[Written by hand by the human operator of this number:] deixa comigo"));
        app.Model.Requests.Count.ShouldBe(3);
        app.Logs.ToString().ShouldNotContain("deixa comigo");
        app.Logs.ToString().ShouldNotContain("qual o preço?");
    }

    [Fact]
    public async Task An_answer_that_is_still_being_made_is_not_said_over_the_human()
    {
        await using var app = await StartAsync();
        var thinking = new TaskCompletionSource();
        app.Model.Enqueue(ScriptedReply.Text("tarde demais") with { HoldUntil = thinking.Task });
        await app.SendAsync(WahaWebhook.Text("oi", Alice));
        await app.WaitUntilAsync(() => app.Model.Requests.Count == 1);

        await app.SendAsync(Human("já vi", Alice));
        thinking.SetResult();
        await app.WaitUntilSettledAsync();

        app.Waha.Delivered.ShouldBeEmpty();
        app.InboundStates().ShouldBe(["ignored/human_talks"]);
        app.Model.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_owner_switches_the_bot_off_and_on_and_asks_how_it_is()
    {
        await using var app = await StartAsync(("Access__Owner", "+55 11 98765-4321"));

        var told = new List<string>();
        foreach (var (text, answers) in new[] { ("/bot", 1), ("/bot off", 2), ("/bot", 3) })
            told.Add(await AskAsync(app, text, Alice, answers));
        await app.SendAsync(WahaWebhook.Text("e agora?", Alice));
        await app.WaitUntilSettledAsync();
        await app.RestartAsync();
        await app.SendAsync(WahaWebhook.Text("e depois de reiniciar?", Alice));
        await app.WaitUntilSettledAsync();
        told.Add(await AskAsync(app, "/BOT on", Alice, 4));
        (await AskAsync(app, "e agora?", Alice, 5)).ShouldBe("e agora?");

        told.ShouldBe([
            "Estou respondendo nesta conversa.", "Estou desligado nesta conversa. `/bot on` me traz de volta.",
            "Estou desligado nesta conversa. `/bot on` me traz de volta.", "Estou respondendo nesta conversa.",
        ]);
        app.InboundStates().Count(state => state == "ignored/bot_off").ShouldBe(2);
    }

    [Fact]
    public async Task Nobody_else_gives_orders_and_a_human_who_talks_is_not_interrupted_for_that()
    {
        await using var app = await StartAsync(("Access__Owner", "+1 555 123 4567"));

        (await AskAsync(app, "/bot off", Alice, 1)).ShouldBe("Só o dono deste assistente pode mandar isso.");
        await app.SendAsync(Human("deixa comigo", Alice));
        await app.SendAsync(WahaWebhook.Text("/bot on", Alice));
        await app.WaitUntilSettledAsync();

        app.Waha.Delivered.Count.ShouldBe(1);
        app.InboundStates()[^1].ShouldBe("ignored/human_talks");
    }

    [Fact]
    public async Task In_a_group_the_bot_keeps_out_of_that_group_only()
    {
        await using var app = await StartAsync();

        await app.SendAsync(Human("gente, eu respondo", Group));
        await app.SendAsync(WahaWebhook.InGroup("openclaw, e aí?", Group, Alice));
        await AskAsync(app, "oi", Alice, 1);
        await app.WaitUntilSettledAsync();

        app.Waha.Delivered.Single().ChatId.ShouldBe(Alice);
        app.InboundStates().ShouldContain("ignored/human_talks");
    }

    [Fact]
    public async Task What_a_sync_replays_changes_nothing_and_leaves_nothing_behind()
    {
        await using var app = await StartAsync();
        var lastYear = TimeProvider.System.GetUtcNow().AddDays(-365);

        foreach (var text in (string[])["oi", "/bot off"])
            await app.SendAsync(Human(text, Bruno) with { PayloadAt = lastYear });

        app.Query("SELECT COUNT(*) FROM lanes", row => row.GetInt64(0)).ShouldBe([0]);
        app.Query("SELECT COUNT(*) FROM people", row => row.GetInt64(0)).ShouldBe([0]);
        (await AskAsync(app, "oi", Bruno, 1)).ShouldBe("oi");
    }

    [Fact]
    public async Task With_the_timer_off_a_human_and_the_bot_write_side_by_side()
    {
        await using var app = await StartAsync(("Takeover__PauseFor", "00:00:00"));

        await app.SendAsync(Human("oi", Alice));

        (await AskAsync(app, "tudo bem?", Alice, 1)).ShouldBe("tudo bem?");
        await app.SendAsync(Human("eu também estou aqui", Alice));
        await AskAsync(app, "que bom", Alice, 2);
        app.Model.Requests[^1].Messages.ShouldContain(message => message.Item1 == "assistant" && message.Item2.EndsWith("eu também estou aqui"));
    }

    private static WahaWebhook Human(string text, string chat) => WahaWebhook.Own(text, chat, source: "app");

    /// <summary>The model says what it was asked since its last answer.</summary>
    private static async Task<string> AskAsync(OpenClawApp app, string text, string chat, int answers)
    {
        await app.SendAsync(WahaWebhook.Text(text, chat));
        var told = (await app.WaitForBubblesAsync(answers))[answers - 1].Text;
        await app.WaitUntilSettledAsync();
        return told;
    }
}

public sealed class AllInOneTakeoverJourney() : TakeoverJourney(Setup.AllInOne);

public sealed class SplitSqliteTakeoverJourney() : TakeoverJourney(Setup.SplitSqlite);

public sealed class SplitPostgresTakeoverJourney() : TakeoverJourney(Setup.SplitPostgres);
