using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Journeys;

/// <summary><c>/why</c>: the owner asks what became of a message, in the chat itself.</summary>
public abstract class WhyJourney(Setup setup) : Journey(setup)
{
    private const string Owner = "5511987654321@c.us";
    private const string EnglishOwner = "15551234567@c.us";

    [Fact]
    public async Task The_owner_is_told_the_way_of_an_answer_without_asking_the_model()
    {
        await using var app = await StartAsync(("Access__Owner", "+55 11 98765-4321"));
        await app.SendAsync(WahaWebhook.Text("segredo", Owner));
        var answer = (await app.WaitForBubblesAsync(1))[0];
        await app.WaitUntilSettledAsync();

        await app.SendAsync(WahaWebhook.Text("/why", Owner, replyTo: new WahaQuote(answer.RawId, WahaWebhook.BotId, answer.Text)));

        var story = (await app.WaitForBubblesAsync(2))[1].Text;
        story.ShouldStartWith("*Resposta enviada* (código ");
        story.ShouldContain("a mensagem chegou");
        story.ShouldContain("o WAHA aceitou");
        story.ShouldNotContain("segredo");
        app.Model.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_code_of_an_apology_says_why_in_English()
    {
        await using var app = await StartAsync(("Access__Owner", "+1 555 123 4567"), ("Turns__MaxAttempts", "1"));
        app.Model.Enqueue(ScriptedReply.Status(401));
        await app.SendAsync(WahaWebhook.Text("hello", EnglishOwner));
        await app.WaitForBubblesAsync(1);
        await app.WaitUntilSettledAsync();
        var code = app.Query("SELECT reference FROM turns", row => row.GetString(0)).Single();

        await app.SendAsync(WahaWebhook.Text($"/why {code}", EnglishOwner));

        var story = (await app.WaitForBubblesAsync(2))[1].Text;
        story.ShouldStartWith($"*Not answered* (code {code}, ");
        story.ShouldContain(": the model refused its access key.");
        story.ShouldContain("an apology was queued");
    }

    [Fact]
    public async Task An_owner_who_quotes_a_message_of_their_own_is_told_its_way_in_English()
    {
        await using var app = await StartAsync(("Access__Owner", "+1 555 123 4567"));
        const string asked = "3EB0OWNQUESTION000001";
        await app.SendAsync(WahaWebhook.Text("secret", EnglishOwner, asked));
        await app.WaitForBubblesAsync(1);
        await app.WaitUntilSettledAsync();

        await app.SendAsync(WahaWebhook.Text("/why", EnglishOwner, replyTo: new WahaQuote(asked, EnglishOwner, "secret")));

        var story = (await app.WaitForBubblesAsync(2))[1].Text;
        story.ShouldStartWith("*Answer sent* (code ");
        story.ShouldContain("the message arrived");
        story.ShouldContain("WAHA accepted it");
        story.ShouldNotContain("secret");
        app.Model.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task The_rest_of_a_burst_is_answered_by_the_model()
    {
        await using var app = await StartAsync(("Access__Owner", "+55 11 98765-4321"), ("Turns__QuietPeriod", "00:00:00.5"));

        await app.SendAsync(WahaWebhook.Text("bom dia", Owner));
        await app.SendAsync(WahaWebhook.Text("/why", Owner));

        await app.WaitForBubblesAsync(1);
        await app.WaitUntilSettledAsync();
        var told = string.Join('\n', app.Waha.Delivered.Select(bubble => bubble.Text));
        told.ShouldStartWith("bom dia");
        told.ShouldContain("Responda a uma mensagem desta conversa com /why");
        app.Model.Requests.Single().TurnTexts.ShouldBe(["bom dia"]);
    }

    [Fact]
    public async Task Nobody_else_is_told()
    {
        await using var app = await StartAsync(("Access__Owner", "+1 555 123 4567"));
        await app.SendAsync(WahaWebhook.Text("oi", Owner));
        var answer = (await app.WaitForBubblesAsync(1))[0];
        await app.WaitUntilSettledAsync();

        await app.SendAsync(WahaWebhook.Text("/why", Owner, replyTo: new WahaQuote(answer.RawId, WahaWebhook.BotId, answer.Text)));

        (await app.WaitForBubblesAsync(2))[1].Text.ShouldBe("Só o dono deste assistente pode perguntar isso.");
        app.Model.Requests.Count.ShouldBe(1);
    }
}

public sealed class AllInOneWhyJourney() : WhyJourney(Setup.AllInOne);

public sealed class SplitSqliteWhyJourney() : WhyJourney(Setup.SplitSqlite);

public sealed class SplitPostgresWhyJourney() : WhyJourney(Setup.SplitPostgres);
