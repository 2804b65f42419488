using System.Text.Json;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Journeys;

/// <summary>More answers than may go out in an hour: the rest waits, and everybody can see why.</summary>
public abstract class BudgetJourney(Setup setup) : Journey(setup)
{
    private const string Alice = "5511987654321@c.us";
    private const string Bob = "5521912345678@c.us";
    private const string Key = "journey-admin-key-000000000000000";

    [Fact]
    public async Task A_chat_over_its_budget_waits_and_other_chats_are_answered()
    {
        await using var app = await StartAsync(("Limits__BubblesPerHourPerChat", "2"));
        foreach (var text in new[] { "um", "dois", "três" })
        {
            await app.SendAsync(WahaWebhook.Text(text, Alice));
            await app.WaitUntilAsync(() => app.Query("SELECT COUNT(*) FROM inbound WHERE state IN ('pending', 'in_turn')", row => row.GetInt64(0)).Single() == 0);
        }

        await app.SendAsync(WahaWebhook.Text("oi", Bob));
        await app.WaitForBubblesAsync(3);
        await app.WaitUntilAsync(() => Waiting(app).Count == 1);

        app.Waha.Delivered.Select(bubble => bubble.Text).ShouldBe(["um", "dois", "oi"]);
        Waiting(app).ShouldBe(["queued:chat:0"]);
    }

    [Fact]
    public async Task A_session_over_its_budget_waits_and_other_sessions_answer()
    {
        await using var app = await StartAsync(
            ("Waha__Sessions__0", "default"), ("Waha__Sessions__1", "sales"), ("Limits__BubblesPerHourPerSession", "1"), ("Admin__ApiKey", Key));
        app.Waha.Sessions["sales"] = "WORKING";
        await app.SendAsync(WahaWebhook.Text("um", Alice));
        await app.WaitForBubblesAsync(1);
        await app.SendAsync(WahaWebhook.Text("dois", Bob));
        await app.WaitUntilAsync(() => Waiting(app).Count == 1);
        await app.SendAsync(WahaWebhook.Text("três", Bob).In("sales"));
        await app.WaitForBubblesAsync(2);

        app.Waha.Delivered.Select(bubble => (bubble.Session, bubble.Text)).ShouldBe([("default", "um"), ("sales", "três")]);
        Waiting(app).ShouldBe(["queued:session:0"]);
        await app.WaitUntilAsync(() => app.Logs.ToString().Contains("for the hourly budget of its session", StringComparison.Ordinal));
        var journey = await JourneyAsync(app, app.Query("SELECT request_id FROM inbound ORDER BY inbound_id", row => row.GetString(0))[1]);
        journey.GetProperty("outcome").GetString().ShouldBe("sending");
        journey.GetProperty("steps").EnumerateArray().Select(step => $"{step.GetProperty("kind")}:{step.GetProperty("detail")}").ShouldContain("budgetUsedUp:session");
        if (app.Redis is null)
            (await app.Http.GetStringAsync(new Uri(app.Url, "health"), app.Timeout)).ShouldContain("Limits__BubblesPerHourPerSession");
    }

    private static IReadOnlyList<string> Waiting(OpenClawApp app) =>
        app.Query("SELECT state || ':' || budget || ':' || attempts FROM outbox WHERE budget IS NOT NULL", row => row.GetString(0));

    private static async Task<JsonElement> JourneyAsync(OpenClawApp app, string request)
    {
        using var question = new HttpRequestMessage(HttpMethod.Get, new Uri(app.Url, "api/journeys/" + request));
        question.Headers.Add("X-Api-Key", Key);
        using var answer = await app.Http.SendAsync(question, app.Timeout);
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync(app.Timeout)).RootElement;
    }
}

public sealed class AllInOneBudgetJourney() : BudgetJourney(Setup.AllInOne);

public sealed class SplitSqliteBudgetJourney() : BudgetJourney(Setup.SplitSqlite);

public sealed class SplitPostgresBudgetJourney() : BudgetJourney(Setup.SplitPostgres);
