using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using OpenClaw.Gateway.Simulator.Waha;

namespace OpenClaw.Tests.Simulator;

public sealed class PhoneTests : IAsyncLifetime
{
    private SimulatorHost _host = null!;

    public async Task InitializeAsync() => _host = await SimulatorHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Stream_begins_with_everything_and_goes_on_with_changes()
    {
        await _host.NextAsync("session.status");
        await _host.SendAsync("ana", "primeira");
        await _host.NextAsync("message.any");
        await using var phone = await OpenAsync("ana");

        var snapshot = await phone.NextAsync("snapshot");
        snapshot.GetProperty("messages")[0].GetProperty("text").GetString().ShouldBe("primeira");
        snapshot.GetProperty("messages")[0].GetProperty("mine").GetBoolean().ShouldBeTrue();
        snapshot.GetProperty("webhooks").GetArrayLength().ShouldBeGreaterThan(0);

        await _host.CallAsync("api/startTyping", new { session = "default", chatId = "5511988880001" });
        (await phone.NextAsync("typing")).GetProperty("typing").GetBoolean().ShouldBeTrue();
        await _host.CallAsync("api/sendText", new { session = "default", chatId = "5511988880001", text = "linha 1\nlinha 2" });
        (await phone.NextAsync("typing")).GetProperty("typing").GetBoolean().ShouldBeFalse();
        var answer = await phone.NextAsync("message", message => !message.GetProperty("mine").GetBoolean());
        answer.GetProperty("text").GetString().ShouldBe("linha 1\nlinha 2");
    }

    [Fact]
    public async Task Ticks_go_from_sent_to_delivered_to_read()
    {
        var taken = new TaskCompletionSource();
        _host.OnWebhook = webhook => webhook.Event == "message" ? taken.Task : Task.CompletedTask;
        await using var phone = await OpenAsync("bob");

        await _host.SendAsync("bob", "hello");
        (await phone.NextAsync("message")).GetProperty("ticks").GetString().ShouldBe("sent");
        taken.SetResult();
        var report = await phone.NextAsync("webhook", change => change.GetProperty("event").GetString() == "message");
        report.GetProperty("status").GetInt32().ShouldBe(202);
        report.GetProperty("delivered").GetBoolean().ShouldBeTrue();
        (await phone.NextAsync("message")).GetProperty("ticks").GetString().ShouldBe("delivered");
        await _host.CallAsync("api/sendSeen", new { session = "default", chatId = "15550100002@c.us" });
        (await phone.NextAsync("message")).GetProperty("ticks").GetString().ShouldBe("read");
    }

    [Fact]
    public async Task Phone_sees_only_its_own_chat()
    {
        await using var bob = await OpenAsync("bob");
        await _host.SendAsync("ana", "segredo");
        await _host.SendAsync("bob", "mine");

        (await bob.NextAsync("message")).GetProperty("text").GetString().ShouldBe("mine");
    }

    [Fact]
    public async Task Stream_of_nobody_is_not_found_and_too_many_phones_are_turned_away()
    {
        using var nobody = await _host.Browser.GetAsync("simulator/events?person=eve");
        nobody.StatusCode.ShouldBe(HttpStatusCode.NotFound);

        var chat = _host.Waha.ChatOf("ana")!;
        var views = Enumerable.Range(0, SimulatedChat.MostViews).Select(_ => chat.Open()!).ToList();
        using var refused = await _host.Browser.GetAsync("simulator/events?person=ana");
        refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);

        chat.Close(views[0]);
        await using var phone = await OpenAsync("ana");
        await phone.NextAsync("snapshot");
    }

    [Fact]
    public async Task Phone_that_cannot_keep_up_is_let_go()
    {
        var chat = _host.Waha.ChatOf("ana")!;
        var view = chat.Open()!;
        for (var i = 0; i < 600; i++)
            chat.SetTyping(true);

        var seen = 0;
        await foreach (var _ in view.Changes.ReadAllAsync())
            seen++;
        seen.ShouldBe(512);
    }

    [Fact]
    public async Task Quiet_stream_is_kept_alive_by_comments()
    {
        await using var host = await SimulatorHost.StartAsync(new SkippingTime(TimeSpan.FromSeconds(15)));
        using var response = await host.Browser.GetAsync("simulator/events?person=ana", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());

        while (await reader.ReadLineAsync() is { } line && line != ":")
            line.ShouldNotBeNull();
        response.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
    }

    [Fact]
    public async Task Open_streams_do_not_hold_the_host_back_when_it_stops()
    {
        var host = await SimulatorHost.StartAsync();
        using var response = await host.Browser.GetAsync("simulator/events?person=ana", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());

        await host.StopAsync().WaitAsync(TimeSpan.FromSeconds(15));

        await reader.ReadToEndAsync();
        await host.DisposeAsync();
    }

    [Theory]
    [InlineData("pt-BR,pt;q=0.9,en;q=0.8", "pt-BR", "Simulador de WhatsApp")]
    [InlineData("fr,en-GB;q=0.7,pt;q=0.6", "en", "WhatsApp simulator")]
    [InlineData("en;q=0.3,pt;q=0.9", "pt-BR", "Bastidores")]
    [InlineData("ptx", "en", "Behind the scenes")]
    [InlineData(";;;", "en", "Behind the scenes")]
    [InlineData("", "en", "Behind the scenes")]
    public async Task Page_speaks_the_readers_language(string accepted, string language, string text)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "simulator");
        request.Headers.TryAddWithoutValidation("Accept-Language", accepted);
        using var response = await _host.Browser.SendAsync(request);

        var html = await response.Content.ReadAsStringAsync();
        html.ShouldContain($"<html lang=\"{language}\">");
        html.ShouldContain(text);
    }

    [Fact]
    public async Task Page_allows_nothing_inline_and_nothing_from_elsewhere()
    {
        using var response = await _host.Browser.GetAsync("simulator?person=%22%3E%3Cscript%3E");

        var html = await response.Content.ReadAsStringAsync();
        response.Content.Headers.ContentType!.ToString().ShouldBe("text/html; charset=utf-8");
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldStartWith("default-src 'none'; script-src 'self'; style-src 'self'");
        policy.ShouldContain("frame-ancestors 'none'");
        policy.ShouldNotContain("unsafe");
        response.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        html.ShouldNotContain("style=");
        html.ShouldNotContain("onclick");
        html.ShouldNotContain("://");
        html.ShouldContain("data-person=\"ana\"");
        foreach (var id in (string[])["person-ana", "person-bob", "message-input", "send", "typing", "resend", "person-group", "fault-duplicate", "fault-lid", "fault-group", "fault-group-aside", "fault-link", "fault-slow-model", "fault-failing-model", "fault-database"])
            html.ShouldContain($"data-testid=\"{id}\"");
    }

    [Fact]
    public async Task Page_opens_on_the_person_asked_for()
    {
        var html = await _host.Browser.GetStringAsync("simulator?person=bob");

        html.ShouldContain("<body data-person=\"bob\"");
        html.ShouldContain("what time is it?");
    }

    [Theory]
    [InlineData("simulator.js", "text/javascript; charset=utf-8")]
    [InlineData("simulator.css", "text/css; charset=utf-8")]
    [InlineData("icon.svg", "image/svg+xml")]
    public async Task Assets_have_their_type_and_are_not_sent_twice(string name, string contentType)
    {
        using var first = await _host.Browser.GetAsync($"simulator/assets/{name}");
        first.Content.Headers.ContentType!.ToString().ShouldBe(contentType);
        var content = await first.Content.ReadAsStringAsync();
        content.ShouldNotContain("innerHTML");
        content.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal).ShouldNotMatch("https?://[a-z]");

        using var request = new HttpRequestMessage(HttpMethod.Get, $"simulator/assets/{name}");
        request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue(first.Headers.ETag!.Tag));
        using var again = await _host.Browser.SendAsync(request);
        again.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        (await again.Content.ReadAsByteArrayAsync()).ShouldBeEmpty();
    }

    [Fact]
    public async Task Unknown_asset_is_not_found()
    {
        using var response = await _host.Browser.GetAsync("simulator/assets/..%2fappsettings.json");

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private Task<OpenPhone> OpenAsync(string person) => OpenPhone.OpenAsync(_host.Browser, person);
}
