using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Journeys;

/// <summary>One process on PostgreSQL, without Redis.</summary>
public sealed class PostgresJourney
{
    private const string Alice = "5511987654321@c.us";
    private const string Bob = "5521912345678@c.us";

    [Fact]
    public async Task Messages_are_answered_once_also_over_a_restart()
    {
        using var databases = new PostgresDatabases();
        await using var app = await OpenClawApp.StartAsync(("ConnectionStrings__openclaw", databases.Main), ("ConnectionStrings__openclaw-keys", databases.Keys));
        var message = WahaWebhook.Text("olá 👋", Alice);

        (await app.SendAsync(message)).Outcome.ShouldBe("accepted");
        (await app.WaitForBubblesAsync(1)).ShouldHaveSingleItem().Text.ShouldBe("olá 👋");
        await app.WaitUntilSettledAsync();
        await app.RestartAsync();
        (await app.SendAsync(message)).Outcome.ShouldBe("duplicate");
        (await app.SendAsync(WahaWebhook.Text("e agora?", Bob))).Outcome.ShouldBe("accepted");

        await app.WaitForBubblesAsync(2);
        await app.WaitUntilSettledAsync();
        app.InboundStates().ShouldBe(["sent", "sent"]);
        app.Waha.Delivered.Count.ShouldBe(2);
        Directory.EnumerateFiles(app.Data.Path, "*.db").ShouldBeEmpty();
        app.Talk.ToString().ShouldContain("ConnectionStrings__openclaw");
    }

    [Fact]
    public async Task While_the_server_is_away_webhooks_are_refused_and_what_is_repeated_later_is_answered()
    {
        // Skips where there is none.
        _ = PostgresServer.Shared;
        using var server = new PostgresServer();
        using var main = new PostgresScratch(server);
        using var keys = new PostgresScratch(server);
        await using var app = await OpenClawApp.StartAsync(("ConnectionStrings__openclaw", main.ConnectionString), ("ConnectionStrings__openclaw-keys", keys.ConnectionString));
        await app.SendAsync(WahaWebhook.Text("antes", Alice));
        await app.WaitForBubblesAsync(1);
        var message = WahaWebhook.Text("durante", Alice);

        server.Stop();
        ((int)(await app.SendAsync(message)).Status).ShouldBe(503);
        ((int)(await app.SendAsync(WahaWebhook.Text("de alguém novo", Bob))).Status).ShouldBe(503);
        server.Start();
        await app.WaitUntilAsync(() => (int)app.SendAsync(message).GetAwaiter().GetResult().Status == 202);

        await app.WaitForBubblesAsync(2);
        await app.WaitUntilSettledAsync();
        app.Waha.Delivered.Select(bubble => bubble.Text).ShouldBe(["antes", "durante"]);
        await app.StopAsync();
    }
}
