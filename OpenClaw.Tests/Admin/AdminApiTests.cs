using System.Net;
using System.Text.Json;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Admin;

/// <summary>The door of the admin API, and what its answers look like.</summary>
public sealed class AdminApiTests
{
    private const string Key = "an-admin-key-of-tests";

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("an-admin-key-of-testz")]
    [InlineData("an-admin-key-of-tests_")]
    [InlineData("AN-ADMIN-KEY-OF-TESTS")]
    public async Task Without_the_key_nothing_is_told_not_even_which_routes_there_are(string? key)
    {
        await using var app = await OpenClawApp.StartAsync(("Admin__ApiKey", Key));

        foreach (var path in new[] { "api/dead-letters", "api/journeys/x", "api/nothing", "api" })
        {
            var answer = await SendAsync(app, HttpMethod.Get, path, key);

            (answer.Status, answer.Type).ShouldBe((HttpStatusCode.Unauthorized, "application/problem+json"));
            answer.Body.GetProperty("status").GetInt32().ShouldBe(401);
            answer.Body.GetRawText().ShouldNotContain(Key);
        }

        app.Logs.ToString().ShouldNotContain(Key);
    }

    [Fact]
    public async Task A_generated_key_lies_in_the_data_directory_for_this_account_alone_and_stays()
    {
        await using var app = await OpenClawApp.StartAsync();
        var file = Path.Combine(app.Data.Path, "admin.key");
        var key = (await File.ReadAllTextAsync(file)).Trim();

        (await SendAsync(app, HttpMethod.Get, "api/dead-letters", key)).Status.ShouldBe(HttpStatusCode.OK);
        await app.RestartAsync();

        key.Length.ShouldBe(64);
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await SendAsync(app, HttpMethod.Get, "api/dead-letters", key)).Status.ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("api/dead-letters?limit=0", 400)]
    [InlineData("api/dead-letters?limit=201", 400)]
    [InlineData("api/dead-letters?limit=many", 400)]
    [InlineData("api/dead-letters?after=rubbish", 400)]
    [InlineData("api/dead-letters?from=yesterday", 400)]
    [InlineData("api/dead-letters/turn-1", 404)]
    [InlineData("api/dead-letters/rubbish", 404)]
    [InlineData("api/journeys/rubbish", 404)]
    [InlineData("api/nothing", 404)]
    public async Task What_cannot_be_answered_is_a_problem_document(string path, int status)
    {
        await using var app = await OpenClawApp.StartAsync(("Admin__ApiKey", Key));

        var answer = await SendAsync(app, HttpMethod.Get, path, Key);

        ((int)answer.Status, answer.Type).ShouldBe((status, "application/problem+json"));
        answer.Body.GetProperty("status").GetInt32().ShouldBe(status);
    }

    [Fact]
    public async Task Texts_are_told_only_where_one_is_shown_and_never_logged()
    {
        await using var app = await OpenClawApp.StartAsync(("Admin__ApiKey", Key), ("Turns__MaxAttempts", "1"));
        app.Model.OnRequest = _ => ScriptedReply.Status(500);
        await app.SendAsync(WahaWebhook.Text("segredo-caju", name: "Fulana-acai"));
        await app.WaitForBubblesAsync(1);
        await app.WaitUntilSettledAsync();

        var list = await SendAsync(app, HttpMethod.Get, "api/dead-letters?limit=1&kind=TURN", Key);
        var id = list.Body.GetProperty("items")[0].GetProperty("id").GetString();
        var shown = await SendAsync(app, HttpMethod.Get, $"api/dead-letters/{id}", Key);
        var discarded = await SendAsync(app, HttpMethod.Delete, $"api/dead-letters/{id}", Key);
        var again = await SendAsync(app, HttpMethod.Delete, $"api/dead-letters/{id}", Key);

        list.Body.GetRawText().ShouldNotContain("caju");
        list.Body.GetProperty("counts").GetProperty("turn").GetInt32().ShouldBe(1);
        shown.Body.GetProperty("messages")[0].GetProperty("text").GetString().ShouldBe("segredo-caju");
        shown.Body.GetProperty("messages")[0].GetProperty("sender").GetString().ShouldBe("Fulana-acai");
        discarded.Body.GetProperty("outcome").GetString().ShouldBe("done");
        (again.Status, again.Body.GetProperty("outcome").GetString()).ShouldBe((HttpStatusCode.Conflict, "alreadyDiscarded"));
        var logs = app.Logs.ToString();
        logs.ShouldContain($"Dead letter {id} was shown with its texts");
        logs.ShouldNotContain("caju");
        logs.ShouldNotContain("acai");
    }

    [Fact]
    public async Task Integrations_are_listed_with_their_breakers_time_outs_and_who_repeats()
    {
        await using var app = await OpenClawApp.StartAsync(
            ("Admin__ApiKey", Key), ("Delivery__SendTimeout", "00:00:13"), ("Turns__MaxAttempts", "4"), ("Ai__Main__FirstTokenTimeout", "00:00:41"));
        app.Model.Enqueue(ScriptedReply.ToolCall("run_command", new { executable = "date", arguments = Array.Empty<string>() }), ScriptedReply.Text("oi"));
        await app.SendAsync(WahaWebhook.Text("oi"));
        await app.WaitForBubblesAsync(1);

        var items = (await SendAsync(app, HttpMethod.Get, "api/integrations", Key)).Body.GetProperty("items").EnumerateArray().ToDictionary(item => item.GetProperty("name").GetString()!);

        var waha = items["waha:default"];
        waha.GetProperty("state").GetString().ShouldBe("closed");
        Values(waha, "timeouts", "call").ShouldBe(["read", "history", "change", "desk", "link", "manners", "send"], ignoreOrder: true);
        waha.GetProperty("timeouts").EnumerateArray().Single(timeout => timeout.GetProperty("call").GetString() == "send").GetProperty("limit").GetString().ShouldBe("00:00:13");
        Values(waha, "repeats", "by").ShouldBe(["outbox", "session_keeper", "session_restart", "webhook_registration", "backfill", "backfill_chat"], ignoreOrder: true);
        Limits(items["database"]).ShouldBe(["lock 00:00:02"]);
        Values(items["database"], "repeats", "by").ShouldBeEmpty();
        Limits(items["model:main"]).ShouldContain("first_token 00:00:41");
        Values(items["model:main"], "timeouts", "call").ShouldBe(["first_token", "next_token", "total"], ignoreOrder: true);
        Values(items["model:main"], "repeats", "by").ShouldBe(["turn", "turn_interrupted"], ignoreOrder: true);
        items["model:main"].GetProperty("repeats").EnumerateArray().Single(repeat => repeat.GetProperty("by").GetString() == "turn").GetProperty("most").GetInt32().ShouldBe(4);
        Limits(items["skill:run_command"]).ShouldBe(["run_command 00:00:10"]);
        Values(items["skill:run_command"], "repeats", "by").ShouldBeEmpty();
        items["skill:run_command"].GetProperty("maxConcurrency").GetInt32().ShouldBe(16);
    }

    [Theory]
    [InlineData(false, "lock 00:00:02", "")]
    [InlineData(true, "connect 00:00:03 command 00:00:05 lock 00:00:02", "database_writer")]
    public async Task Redis_and_the_database_of_a_split_system_are_listed_with_their_bounds(bool server, string limits, string repeats)
    {
        await using var app = await OpenClawApp.StartAsync(server ? Setup.SplitPostgres : Setup.SplitSqlite, null, ("Admin__ApiKey", Key));

        var items = (await SendAsync(app, HttpMethod.Get, "api/integrations", Key)).Body.GetProperty("items").EnumerateArray().ToDictionary(item => item.GetProperty("name").GetString()!);

        (items["redis"].GetProperty("kind").GetString(), items["redis"].GetProperty("state").GetString()).ShouldBe(("redis", "closed"));
        Limits(items["redis"]).ShouldBe(["call 00:00:01"]);
        Values(items["redis"], "repeats", "by").ShouldBe(["redis_probe"]);
        string.Join(' ', Limits(items["database"])).ShouldBe(limits);
        string.Join(' ', Values(items["database"], "repeats", "by")).ShouldBe(repeats);
    }

    [Fact]
    public async Task The_document_names_every_route_and_the_key()
    {
        await using var app = await OpenClawApp.StartAsync(("Admin__ApiKey", Key));

        var document = (await SendAsync(app, HttpMethod.Get, "api/openapi.json", null)).Body;

        document.GetProperty("paths").EnumerateObject().Select(path => path.Name).ShouldBe(
            ["/api/dead-letters", "/api/dead-letters/{id}", "/api/dead-letters/{id}/replay", "/api/dead-letters/replay", "/api/journeys/{id}", "/api/gaps", "/api/integrations",
             "/api/sessions", "/api/sessions/{name}/qr", "/api/sessions/{name}/pairing-code", "/api/sessions/{name}/restart"], ignoreOrder: true);
        var list = document.GetProperty("paths").GetProperty("/api/dead-letters").GetProperty("get");
        list.GetProperty("parameters").EnumerateArray().Select(parameter => parameter.GetProperty("name").GetString()).ShouldBe(
            ["kind", "reason", "session", "lane", "from", "until", "after", "limit"], ignoreOrder: true);
        list.GetProperty("responses").EnumerateObject().Select(response => response.Name).ShouldBe(["200", "400", "401", "503"], ignoreOrder: true);
        document.GetProperty("components").GetProperty("securitySchemes").GetProperty("adminKey").GetProperty("name").GetString().ShouldBe("X-Api-Key");
        document.GetProperty("components").GetProperty("schemas").TryGetProperty("DeadLetterList", out _).ShouldBeTrue();
    }

    [Theory]
    [InlineData("short")]
    [InlineData("sixteen letters and a blank")]
    public async Task A_key_that_is_none_stops_the_start(string key) =>
        (await Should.ThrowAsync<Microsoft.Extensions.Options.OptionsValidationException>(OpenClawApp.StartAsync(("Admin__ApiKey", key)))).Message.ShouldStartWith("Admin__ApiKey must be at least 16");

    private static IEnumerable<string?> Values(JsonElement item, string list, string name) => item.GetProperty(list).EnumerateArray().Select(entry => entry.GetProperty(name).GetString());

    private static IEnumerable<string> Limits(JsonElement item) =>
        item.GetProperty("timeouts").EnumerateArray().Select(timeout => $"{timeout.GetProperty("call").GetString()} {timeout.GetProperty("limit").GetString()}");

    private static async Task<(HttpStatusCode Status, string? Type, JsonElement Body)> SendAsync(OpenClawApp app, HttpMethod method, string path, string? key)
    {
        using var request = new HttpRequestMessage(method, new Uri(app.Url, path));
        if (key is not null)
            request.Headers.Add("X-Api-Key", key);
        using var response = await app.Http.SendAsync(request, app.Timeout);
        return (response.StatusCode, response.Content.Headers.ContentType?.MediaType, JsonDocument.Parse(await response.Content.ReadAsStringAsync(app.Timeout)).RootElement);
    }
}
