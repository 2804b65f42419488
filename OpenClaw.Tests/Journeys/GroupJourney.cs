using System.Text.Json.Nodes;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Journeys;

/// <summary>In a group the bot answers who addresses it, quoting the message, and nobody else.</summary>
public abstract class GroupJourney(Setup setup) : Journey(setup)
{
    private const string Group = "120363000000000001@g.us";
    private const string Alice = "5511987654321@c.us";
    private const string Bob = "5521912345678@c.us";

    private static readonly string[] BotMentioned = [WahaWebhook.BotId];

    [Fact]
    public async Task Only_a_mention_a_quote_or_the_trigger_word_addresses_the_bot()
    {
        await using var app = await StartAsync(("Worker__Mode", "External"));
        var table = new (string Case, WahaWebhook Webhook, string Outcome)[]
        {
            ("nothing", WahaWebhook.InGroup("oi pessoal"), "ignored"),
            ("NOWEB mention by number", WahaWebhook.InGroup("@19990001111 oi", mentions: BotMentioned), "accepted"),
            ("NOWEB mention by hidden id", WahaWebhook.InGroup("@99900011112222 oi", mentions: [WahaWebhook.BotLid]), "accepted"),
            ("NOWEB mention under a picture", Raw("""{"message":{"imageMessage":{"contextInfo":{"mentionedJid":["19990001111@s.whatsapp.net"]}}}}"""), "accepted"),
            ("NOWEB mention with a device", Raw("""{"message":{"extendedTextMessage":{"contextInfo":{"mentionedJid":["19990001111:7@s.whatsapp.net"]}}}}"""), "accepted"),
            ("NOWEB mention of somebody else", WahaWebhook.InGroup("@5521912345678 oi", mentions: [Bob]), "ignored"),
            ("WEBJS mention", Raw("""{"mentionedIds":["19990001111@c.us"]}""") with { Engine = "WEBJS" }, "accepted"),
            ("WEBJS mention as object", Raw("""{"mentionedIds":[{"_serialized":"19990001111@c.us"}]}""") with { Engine = "WEBJS" }, "accepted"),
            ("WEBJS mention of somebody else", Raw("""{"mentionedIds":["5521912345678@c.us"]}""") with { Engine = "WEBJS" }, "ignored"),
            ("GOWS mention", Raw("""{"Message":{"extendedTextMessage":{"contextInfo":{"mentionedJID":["99900011112222@lid"]}}}}""") with { Engine = "GOWS" }, "accepted"),
            ("mentions of odd types", Raw("""{"mentionedIds":[1,null,{}],"message":{"extendedTextMessage":7},"Message":[]}"""), "ignored"),
            ("quote of the bot by number", WahaWebhook.InGroup("e isso?", replyTo: new WahaQuote("3EB0AAAA")), "accepted"),
            ("quote of the bot by hidden id", WahaWebhook.InGroup("e isso?", replyTo: new WahaQuote("3EB0AAAA", WahaWebhook.BotLid)), "accepted"),
            ("quote of somebody else", WahaWebhook.InGroup("e isso?", replyTo: new WahaQuote("3EB0AAAA", Bob)), "ignored"),
            ("quote of nobody knows whom", WahaWebhook.InGroup("e isso?", replyTo: new WahaQuote("3EB0AAAA", null)), "ignored"),
            ("trigger word", WahaWebhook.InGroup("openclaw, que horas são?"), "accepted"),
            ("trigger word alone", WahaWebhook.InGroup("OpenClaw"), "accepted"),
            ("trigger word at the end", WahaWebhook.InGroup("que horas são, OPENCLAW?"), "accepted"),
            ("trigger word inside a word", WahaWebhook.InGroup("myopenclaws"), "ignored"),
            ("trigger word before a letter", WahaWebhook.InGroup("openclawé"), "ignored"),
            ("trigger word before a digit", WahaWebhook.InGroup("openclaw2"), "ignored"),
            ("trigger word in two words", WahaWebhook.InGroup("open claw"), "ignored"),
        };

        var outcomes = new List<string>();
        foreach (var row in table)
            outcomes.Add($"{row.Case}: {(await app.SendAsync(row.Webhook)).Outcome}");

        outcomes.ShouldBe(table.Select(row => $"{row.Case}: {row.Outcome}"));
        app.Query("SELECT COUNT(*) FROM inbound WHERE reason = 'not_addressed' AND content_enc IS NOT NULL", row => row.GetInt64(0)).ShouldBe([0]);
    }

    [Fact]
    public async Task The_trigger_word_can_be_another_one()
    {
        await using var app = await StartAsync(("Worker__Mode", "External"), ("Groups__TriggerWord", "robô"));

        (await app.SendAsync(WahaWebhook.InGroup("Robô, tudo bem?"))).Outcome.ShouldBe("accepted");
        (await app.SendAsync(WahaWebhook.InGroup("openclaw, tudo bem?"))).Outcome.ShouldBe("ignored");
    }

    [Fact]
    public async Task The_answer_quotes_the_message_and_a_reply_to_it_is_answered_too()
    {
        await using var app = await StartAsync();
        var question = WahaWebhook.InGroup("openclaw, oi", Group, Alice);

        await app.SendAsync(question);
        var first = (await app.WaitForBubblesAsync(1))[0];
        (first.ChatId, first.Text, first.ReplyTo).ShouldBe((Group, "Alice: openclaw, oi", question.MessageId));
        await app.WaitUntilSettledAsync();

        (await app.SendAsync(WahaWebhook.InGroup("e agora?", Group, Bob, name: "Bob", replyTo: new WahaQuote(first.RawId, null, first.Text)))).Outcome.ShouldBe("accepted");
        var second = (await app.WaitForBubblesAsync(2))[1];
        second.Text.ShouldContain("Bob: > Alice: openclaw, oi");
        second.Text.ShouldContain("e agora?");
    }

    [Fact]
    public async Task Acks_of_a_group_move_the_answer_to_delivered_and_never_back()
    {
        await using var app = await StartAsync();
        await app.SendAsync(WahaWebhook.InGroup("openclaw, oi", Group, Alice));
        var bubble = (await app.WaitForBubblesAsync(1))[0];
        await app.WaitUntilSettledAsync();

        (await app.SendAsync(WahaWebhook.GroupAck(Group, bubble.RawId, 1))).Outcome.ShouldBe("recorded");
        app.InboundStates().ShouldBe(["sent"]);
        (await app.SendAsync(WahaWebhook.GroupAck(Group, bubble.RawId, 3))).Outcome.ShouldBe("recorded");
        (await app.SendAsync(WahaWebhook.GroupAck(Group, bubble.RawId, 2))).Outcome.ShouldBe("duplicate");

        app.InboundStates().ShouldBe(["delivered"]);
        app.Query("SELECT ack FROM outbox", row => row.GetInt64(0)).ShouldBe([3]);
    }

    [Fact]
    public async Task What_is_not_addressed_gets_no_answer()
    {
        await using var app = await StartAsync();

        (await app.SendAsync(WahaWebhook.InGroup("almoço?", Group, Bob))).Outcome.ShouldBe("ignored");
        (await app.SendAsync(WahaWebhook.InGroup("openclaw, oi", Group, Alice))).Outcome.ShouldBe("accepted");

        await app.WaitForBubblesAsync(1);
        await app.WaitUntilSettledAsync();
        app.Waha.Delivered.Count.ShouldBe(1);
        app.InboundStates().ShouldBe(["ignored/not_addressed", "sent"]);
    }

    [Fact]
    public async Task Two_authors_are_two_turns_in_order()
    {
        await using var app = await StartAsync(("Turns__QuietPeriod", "00:00:00.5"));

        await app.SendAsync(WahaWebhook.InGroup("openclaw um", Group, Alice));
        await app.SendAsync(WahaWebhook.InGroup("openclaw dois", Group, Alice));
        await app.SendAsync(WahaWebhook.InGroup("openclaw três", Group, Bob, name: "Bob"));
        await app.SendAsync(WahaWebhook.InGroup("openclaw quatro", Group, Alice));

        (await app.WaitForBubblesAsync(3)).Select(bubble => bubble.Text)
            .ShouldBe(["Alice: openclaw um\nAlice: openclaw dois", "Bob: openclaw três", "Alice: openclaw quatro"]);
        app.Query("SELECT COUNT(DISTINCT lane_id) FROM turns", row => row.GetInt64(0)).ShouldBe([1]);
    }

    [Fact]
    public async Task A_group_and_a_direct_chat_of_one_person_are_two_conversations()
    {
        await using var app = await StartAsync();
        await app.SendAsync(WahaWebhook.Text("só entre nós", Alice));
        await app.WaitForBubblesAsync(1);

        await app.SendAsync(WahaWebhook.InGroup("openclaw, conta", Group, Alice));

        (await app.WaitForBubblesAsync(2))[1].ChatId.ShouldBe(Group);
        app.Model.Requests[^1].Messages.ShouldAllBe(message => !message.Text.Contains("entre nós", StringComparison.Ordinal));
    }

    private static WahaWebhook Raw(string data) => WahaWebhook.InGroup("@bot oi").WithPayload(payload => payload["_data"] = JsonNode.Parse(data));
}

public sealed class AllInOneGroupJourney() : GroupJourney(Setup.AllInOne);

public sealed class SplitSqliteGroupJourney() : GroupJourney(Setup.SplitSqlite);

public sealed class SplitPostgresGroupJourney() : GroupJourney(Setup.SplitPostgres);
