using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OpenClaw.Core.Accounts;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Admin;

/// <summary>Sessions over the admin API, and the keeper at work in the whole product.</summary>
public sealed class SessionApiTests
{
    private const string Key = "an-admin-key-of-tests";
    private const string Phone = "5511987654321";

    [Theory]
    [InlineData("GET", "api/sessions")]
    [InlineData("GET", "api/sessions/default/qr")]
    [InlineData("POST", "api/sessions/default/pairing-code")]
    [InlineData("POST", "api/sessions/default/restart")]
    public async Task Without_the_key_there_is_no_code_and_WAHA_is_not_asked(string method, string path)
    {
        await using var app = await StartAsync();
        app.Waha.Sessions["default"] = "SCAN_QR_CODE";

        foreach (var key in new[] { null, "an-admin-key-of-testz" })
        {
            using var response = await SendAsync(app, new HttpMethod(method), path, key);
            response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        }

        app.Waha.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task QR_code_is_the_picture_that_WAHA_gives_and_is_not_to_be_cached()
    {
        await using var app = await StartAsync();
        app.Waha.Sessions["default"] = "SCAN_QR_CODE";

        using var response = await SendAsync(app, HttpMethod.Get, "api/sessions/default/qr", Key);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.MediaType.ShouldBe("image/png");
        response.Headers.CacheControl!.NoStore.ShouldBeTrue();
        (await response.Content.ReadAsByteArrayAsync(app.Timeout)).ShouldBe(FakeWahaSessions.Png);
    }

    [Fact]
    public async Task Pairing_code_is_asked_for_the_number_and_neither_is_logged()
    {
        await using var app = await StartAsync();
        app.Waha.Sessions["default"] = "SCAN_QR_CODE";

        using var response = await SendAsync(app, HttpMethod.Post, "api/sessions/default/pairing-code", Key, "+55 (11) 98765-4321");

        (await JsonAsync(response)).GetProperty("code").GetString().ShouldBe("ABCD-1234");
        app.Waha.Calls.OfType<SessionChangeCall>().ShouldHaveSingleItem().Body.ShouldBe($$"""{"phoneNumber":"{{Phone}}"}""");
        app.Logs.ToString().ShouldContain("A pairing code for session default was asked for");
        app.Logs.ToString().ShouldNotContain("ABCD-1234");
        app.Logs.ToString().ShouldNotContain("98765");
    }

    [Theory]
    [InlineData("WORKING", "linked already")]
    [InlineData("STARTING", "ask again in some seconds")]
    [InlineData("FAILED", "POST /api/sessions/default/restart")]
    [InlineData("STOPPED", "POST /api/sessions/default/restart")]
    [InlineData("PASSKEY_REQUIRED", "WAHA's dashboard")]
    public async Task Session_that_waits_for_no_phone_says_so_at_once_instead_of_blocking(string status, string detail)
    {
        await using var app = await StartAsync();
        app.Waha.Sessions["default"] = status;

        foreach (var (method, path) in new[] { (HttpMethod.Get, "api/sessions/default/qr"), (HttpMethod.Post, "api/sessions/default/pairing-code") })
        {
            using var response = await SendAsync(app, method, path, Key, Phone);
            response.StatusCode.ShouldBe(HttpStatusCode.Conflict);
            (await JsonAsync(response)).GetProperty("detail").GetString()!.ShouldContain(detail);
        }

        app.Waha.Calls.OfType<SessionChangeCall>().ShouldBeEmpty();
    }

    [Theory]
    [InlineData("GET", "api/sessions/other/qr", null, 404)]
    [InlineData("POST", "api/sessions/other/restart", null, 404)]
    [InlineData("POST", "api/sessions/default/pairing-code", "not a number", 400)]
    public async Task What_cannot_be_done_is_a_problem_document(string method, string path, string? phone, int status)
    {
        await using var app = await StartAsync();

        using var response = await SendAsync(app, new HttpMethod(method), path, Key, phone);

        ((int)response.StatusCode, response.Content.Headers.ContentType!.MediaType).ShouldBe((status, "application/problem+json"));
    }

    [Fact]
    public async Task Restart_starts_what_is_stopped_and_restarts_what_is_not()
    {
        await using var app = await StartAsync();
        app.Waha.Sessions["default"] = "STOPPED";
        using var started = await SendAsync(app, HttpMethod.Post, "api/sessions/default/restart", Key);
        app.Waha.Sessions["default"] = "FAILED";
        using var restarted = await SendAsync(app, HttpMethod.Post, "api/sessions/default/restart", Key);

        (await JsonAsync(started)).GetProperty("outcome").GetString().ShouldBe("started");
        (await JsonAsync(restarted)).GetProperty("outcome").GetString().ShouldBe("restarted");
        app.Waha.Calls.OfType<SessionChangeCall>().Select(call => call.Change).ShouldBe(["start", "restart"]);
    }

    [Fact]
    public async Task WAHA_that_is_down_is_a_bad_gateway_and_a_session_without_status()
    {
        await using var app = await StartAsync();
        await app.Waha.StopAsync();

        using var code = await SendAsync(app, HttpMethod.Get, "api/sessions/default/qr", Key);
        using var list = await SendAsync(app, HttpMethod.Get, "api/sessions", Key);

        code.StatusCode.ShouldBe(HttpStatusCode.BadGateway);
        var session = (await JsonAsync(list)).GetProperty("items")[0];
        session.GetProperty("status").ValueKind.ShouldBe(JsonValueKind.Null);
        session.GetProperty("working").GetBoolean().ShouldBeFalse();
        session.GetProperty("problem").GetString()!.ShouldStartWith("WAHA does not answer");
    }

    [Fact]
    public async Task The_product_registers_itself_follows_events_and_never_logs_the_key()
    {
        await using var app = await StartAsync(("Waha__KeepSessions", "true"), ("Waha__WebhookUrl", "http://gateway:5080/webhooks/waha"));
        (await app.Waha.WaitForCallsAsync<SessionChangeCall>(1, app.Timeout))[0].Change.ShouldBe("configure");
        // A call counts when it comes in; the next look follows its answer.
        await app.Waha.WaitForCallsAsync<GetSessionCall>(app.Waha.Calls.OfType<GetSessionCall>().Count() + 1, app.Timeout);
        app.Waha.OnStart = _ => "WORKING";

        // The event wakes the keeper long before the next poll.
        app.Waha.Sessions["default"] = "FAILED";
        await app.SendAsync(WahaWebhook.SessionStatus("FAILED"));
        (await app.Waha.WaitForCallsAsync<SessionChangeCall>(2, app.Timeout))[1].Change.ShouldBe("restart");
        await app.WaitUntilAsync(() => app.Waha.Sessions["default"] == "WORKING");

        using var list = await SendAsync(app, HttpMethod.Get, "api/sessions", Key);
        var session = (await JsonAsync(list)).GetProperty("items")[0];
        (session.GetProperty("status").GetString(), session.GetProperty("working").GetBoolean(), session.GetProperty("webhook").GetString()).ShouldBe(("WORKING", true, "registered"));
        app.Logs.ToString().ShouldNotContain(OpenClawApp.HmacKey);
    }

    [Fact]
    public async Task Without_our_address_the_log_says_once_how_to_register_by_hand()
    {
        await using var app = await StartAsync(("Waha__KeepSessions", "true"));
        await app.Waha.WaitForCallsAsync<GetSessionCall>(1, app.Timeout);

        app.Logs.Lines.Count(line => line.Contains("Register it by hand: WAHA's WHATSAPP_HOOK_URL", StringComparison.Ordinal)).ShouldBe(1);
        app.Waha.Calls.OfType<SessionChangeCall>().ShouldBeEmpty();
    }

    [Fact]
    public async Task The_simulator_is_left_alone_and_shown_as_working()
    {
        await using var app = await StartAsync(("Waha__BaseUrl", null), ("Waha__ApiKey", null), ("Waha__KeepSessions", "true"));

        using var list = await SendAsync(app, HttpMethod.Get, "api/sessions", Key);
        using var code = await SendAsync(app, HttpMethod.Get, "api/sessions/default/qr", Key);

        (await JsonAsync(list)).GetProperty("items")[0].GetProperty("status").GetString().ShouldBe("WORKING");
        code.StatusCode.ShouldBe(HttpStatusCode.Conflict);
        app.Logs.ToString().ShouldNotContain("OpenClaw.Gateway.Sessions");
    }

    [Fact]
    public async Task Account_that_WhatsApp_limits_is_red_in_the_list_in_health_and_as_a_figure()
    {
        await using var app = await StartAsync();
        using var figures = new System.Diagnostics.Metrics.MeterListener();
        var told = new List<int>();
        figures.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name == "openclaw.account.health" && instrument.Meter.Scope == (object)app.Service<System.Diagnostics.Metrics.IMeterFactory>())
                listener.EnableMeasurementEvents(instrument);
        };
        figures.SetMeasurementEventCallback<int>((_, level, _, _) => told.Add(level));
        figures.Start();
        figures.RecordObservableInstruments();

        await app.Service<AccountLimitStore>().NoteRefusedAsync("default", Core.WhatsApp.AccountLimit.Timelock, app.Timeout);
        figures.RecordObservableInstruments();
        using var list = await SendAsync(app, HttpMethod.Get, "api/sessions", Key);
        var health = await app.Http.GetStringAsync(new Uri(app.Url, "health"), app.Timeout);

        told.ShouldBe([0, 2]);
        var account = (await JsonAsync(list)).GetProperty("items")[0].GetProperty("account");
        account.GetProperty("level").GetString().ShouldBe("red");
        var sign = account.GetProperty("signs").EnumerateArray().ShouldHaveSingleItem();
        (sign.GetProperty("reason").GetString(), sign.GetProperty("level").GetString()).ShouldBe(("timelock", "red"));
        health.ShouldContain("default is red: only answers go out; WhatsApp lets it write to no new contacts (463");
        health.ShouldContain("\"status\":\"degraded\"");
    }

    private static Task<OpenClawApp> StartAsync(params (string Key, string? Value)[] settings) => OpenClawApp.StartAsync([("Admin__ApiKey", Key), .. settings]);

    private static async Task<HttpResponseMessage> SendAsync(OpenClawApp app, HttpMethod method, string path, string? key, string? phone = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(app.Url, path));
        if (key is not null)
            request.Headers.Add("X-Api-Key", key);
        if (method == HttpMethod.Post && phone is not null)
            request.Content = JsonContent.Create(new { phoneNumber = phone });
        return await app.Http.SendAsync(request, app.Timeout);
    }

    private static async Task<JsonElement> JsonAsync(HttpResponseMessage response) => await response.Content.ReadFromJsonAsync<JsonElement>();
}
