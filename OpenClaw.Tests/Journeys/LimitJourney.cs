using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Journeys;

/// <summary>Too many messages: stored with their reason, one notice, no flood.</summary>
public abstract class LimitJourney(Setup setup) : Journey(setup)
{
    private const string PortugueseNotice = "Calma aí 🙂 chegaram mensagens demais de uma vez. As últimas não foram lidas; espere um minuto e mande de novo, por favor.";
    private const string EnglishNotice = "One moment 🙂 too many messages came in at once. The last ones were not read; please wait a minute and send them again.";

    [Theory]
    [InlineData("5511987654321@c.us", PortugueseNotice)]
    [InlineData("15551234567@c.us", EnglishNotice)]
    public async Task Messages_over_the_limit_of_a_chat_get_one_notice(string from, string notice)
    {
        var clock = new ClockAt(TimeProvider.System.GetUtcNow());
        await using var app = await StartAsync(clock.Register, ("Limits__MessagesPerMinutePerChat", "2"));

        var outcomes = new List<string?>();
        for (var i = 1; i <= 6; i++)
            outcomes.Add((await app.SendAsync(WahaWebhook.Text($"mensagem {i}", from))).Outcome);

        outcomes.ShouldBe(["accepted", "accepted", "limited", "limited", "limited", "limited"]);
        await app.WaitUntilSettledAsync();
        var texts = app.Waha.Delivered.SelectMany(bubble => bubble.Text.Split('\n')).ToList();
        texts.ShouldBe(["mensagem 1", "mensagem 2", notice], ignoreOrder: true);
        app.Query("SELECT state, reason, repeats, CASE WHEN content_enc IS NULL THEN 1 ELSE 0 END FROM inbound WHERE state = 'limited'", row => (row.GetString(0), row.GetString(1), row.GetInt64(2), row.GetInt64(3)))
            .ShouldBe([("limited", "chat_rate", 3, 1)]);
    }

    [Fact]
    public async Task After_a_while_there_is_room_again_and_a_new_notice_when_it_is_used_up()
    {
        var clock = new ClockAt(TimeProvider.System.GetUtcNow());
        await using var app = await StartAsync(clock.Register, ("Limits__MessagesPerMinutePerChat", "1"));
        (await app.SendAsync(WahaWebhook.Text("um"))).Outcome.ShouldBe("accepted");
        (await app.SendAsync(WahaWebhook.Text("dois"))).Outcome.ShouldBe("limited");
        await app.WaitUntilSettledAsync();

        app.RefillLimits(clock);
        (await app.SendAsync(WahaWebhook.Text("três"))).Outcome.ShouldBe("accepted");
        (await app.SendAsync(WahaWebhook.Text("quatro"))).Outcome.ShouldBe("limited");
        await app.WaitUntilSettledAsync();

        app.Waha.Delivered.Select(bubble => bubble.Text).ShouldBe(["um", PortugueseNotice, "três", PortugueseNotice], ignoreOrder: true);
    }

    [Fact]
    public async Task A_person_is_limited_over_all_chats_and_others_are_not()
    {
        var clock = new ClockAt(TimeProvider.System.GetUtcNow());
        await using var app = await StartAsync(clock.Register, ("Limits__MessagesPerMinutePerPerson", "1"));

        (await app.SendAsync(WahaWebhook.Text("aqui", "5511987654321@c.us"))).Outcome.ShouldBe("accepted");
        (await app.SendAsync(WahaWebhook.InGroup("openclaw e ali", participant: "5511987654321@c.us"))).Outcome.ShouldBe("limited");
        (await app.SendAsync(WahaWebhook.InGroup("openclaw eu também", participant: "5521912345678@c.us"))).Outcome.ShouldBe("accepted");

        await app.WaitUntilSettledAsync();
        app.InboundStates().ShouldBe(["sent", "limited/person_rate", "sent"]);
    }

    [Fact]
    public async Task A_duplicate_uses_no_token()
    {
        var clock = new ClockAt(TimeProvider.System.GetUtcNow());
        await using var app = await StartAsync(clock.Register, ("Limits__MessagesPerMinutePerChat", "2"));
        var message = WahaWebhook.Text("um");

        foreach (var expected in (string[])["accepted", "duplicate", "duplicate"])
            (await app.SendAsync(message)).Outcome.ShouldBe(expected);

        (await app.SendAsync(WahaWebhook.Text("dois"))).Outcome.ShouldBe("accepted");
    }
}

public sealed class AllInOneLimitJourney() : LimitJourney(Setup.AllInOne);

public sealed class SplitSqliteLimitJourney() : LimitJourney(Setup.SplitSqlite);

public sealed class SplitPostgresLimitJourney() : LimitJourney(Setup.SplitPostgres);
