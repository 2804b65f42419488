using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace OpenClaw.Tests.Simulator;

public sealed class WahaApiTests : IAsyncLifetime
{
    private const string Ana = "5511988880001@c.us";
    private SimulatorHost _host = null!;

    public async Task InitializeAsync() => _host = await SimulatorHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task Sent_text_is_answered_with_the_members_that_a_real_server_gives()
    {
        using var response = await _host.CallAsync("api/sendText", new { session = "default", chatId = Ana, text = "olá 👋 <b>" });

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        response.Content.Headers.ContentType!.ToString().ShouldBe("application/json; charset=utf-8");
        var json = await response.JsonAsync();
        Shape(json).ShouldBe(Shape(CapturedAnswer("107-fake-sendText.txt")));
        json.GetProperty("key").GetProperty("remoteJid").GetString().ShouldBe("5511988880001@s.whatsapp.net");
        json.GetProperty("key").GetProperty("id").GetString()!.ShouldMatch("^3EB0[0-9A-F]{18}$");
        json.GetProperty("message").GetProperty("extendedTextMessage").GetProperty("text").GetString().ShouldBe("olá 👋 <b>");
    }

    [Fact]
    public async Task Reply_quotes_the_message_it_answers()
    {
        using var sent = await _host.SendAsync("ana", "pergunta");
        var asked = (await sent.JsonAsync()).GetProperty("id").GetString();

        using var response = await _host.CallAsync(
            "api/sendText", new { session = "default", chatId = Ana, text = "resposta", reply_to = $"false_{Ana}_{asked}", linkPreview = false });

        var json = await response.JsonAsync();
        Shape(json).ShouldBe(Shape(CapturedAnswer("108-fake-sendText-reply.txt")));
        _host.Waha.ChatOf("ana")!.Messages()[1].QuotedText.ShouldBe("pergunta");
        var echo = await _host.NextAsync("message.any");
        while (!echo.Payload.GetProperty("fromMe").GetBoolean())
            echo = await _host.NextAsync("message.any");
        echo.Payload.GetProperty("replyTo").GetProperty("body").GetString().ShouldBe("pergunta");
    }

    [Theory]
    [InlineData("5511988880001")]
    [InlineData("5511988880001@s.whatsapp.net")]
    [InlineData("100000000000001@lid")]
    public async Task Every_id_of_a_person_reaches_the_same_chat(string chatId)
    {
        using var response = await _host.CallAsync("api/sendText", new { session = "default", chatId, text = "x" });

        response.StatusCode.ShouldBe(HttpStatusCode.Created);
        _host.Waha.ChatOf("ana")!.Messages().ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("""{"chatId":"5511988880001@c.us","text":"x"}""", 400, "Session name is required")]
    [InlineData("""{"session":"default","chatId":"5511988880001@c.us"}""", 400, "text must be a string")]
    [InlineData("""{"session":"default","chatId":"5511988880001@c.us","text":5}""", 400, "not the expected JSON")]
    [InlineData("""{"session":"default","chatId":"5511988880001@c.us","text":"\ud800"}""", 400, "not the expected JSON")]
    [InlineData("""{"session":"default","chatId":"999@c.us","text":"x"}""", 400, "one of the simulator's people")]
    [InlineData("""{"session":"default","text":"x"}""", 400, "one of the simulator's people")]
    [InlineData("""{"session":"other","chatId":"5511988880001@c.us","text":"x"}""", 422, "does not exist")]
    [InlineData("""{"session":""", 400, "not the expected JSON")]
    [InlineData("null", 400, "not the expected JSON")]
    [InlineData("[]", 400, "not the expected JSON")]
    [InlineData("", 400, "not the expected JSON")]
    public async Task Bad_send_is_refused_with_a_reason(string body, int status, string reason)
    {
        using var response = await _host.Product.PostAsync("api/sendText", body.AsJson());

        ((int)response.StatusCode).ShouldBe(status);
        (await response.Content.ReadAsStringAsync()).ShouldContain(reason);
        _host.Waha.ChatOf("ana")!.Messages().ShouldBeEmpty();
    }

    [Fact]
    public async Task Unreadable_bytes_are_a_bad_request()
    {
        using var content = new ByteArrayContent([.. "{\"session\":\"default\",\"text\":\""u8, 0xFF, 0xFE, .. "\"}"u8]);
        content.Headers.ContentType = new("application/json");
        using var response = await _host.Product.PostAsync("api/sendText", content);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("api/sendText", true)]
    [InlineData("api/sendText", false)]
    public async Task Body_over_the_limit_is_too_large_whether_its_length_is_told_or_not(string path, bool chunked)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new string('x', 300_000).AsJson() };
        request.Headers.TransferEncodingChunked = chunked;
        using var response = await _host.Product.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await response.JsonAsync()).GetProperty("statusCode").GetInt32().ShouldBe(413);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("wrong")]
    public async Task Call_without_the_right_key_is_unauthorized(string? key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_host.Product.BaseAddress!, "api/sessions"));
        if (key is not null)
            request.Headers.TryAddWithoutValidation("X-Api-Key", key);
        using var response = await _host.Browser.SendAsync(request);

        response.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        (await response.Content.ReadAsStringAsync()).ShouldBe(Captured("004-sessions-wrongkey.txt"));
    }

    [Fact]
    public async Task Ping_needs_no_key()
    {
        (await _host.Browser.GetStringAsync("simulator/waha/ping")).ShouldBe("""{"message":"pong"}""");
    }

    [Fact]
    public async Task Session_is_working_and_knows_its_account()
    {
        var one = await _host.Product.GetFromJsonAsync<JsonElement>("api/sessions/default");
        var all = await _host.Product.GetFromJsonAsync<JsonElement>("api/sessions?all=true");

        Names(one).ShouldBe(Names(CapturedAnswer("020-session-get-default.txt")));
        one.GetProperty("status").GetString().ShouldBe("WORKING");
        one.GetProperty("me").GetProperty("id").GetString().ShouldEndWith("@c.us");
        all[0].GetRawText().ShouldBe(one.GetRawText());
        using var missing = await _host.Product.GetAsync("api/sessions/other");
        missing.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Hidden_ids_are_resolved_to_chats()
    {
        (await _host.Product.GetStringAsync("api/default/lids/100000000000002%40lid"))
            .ShouldBe("""{"lid":"100000000000002@lid","pn":"15550100002@c.us"}""");
        (await _host.Product.GetStringAsync("api/default/lids/77")).ShouldBe("""{"lid":"77@lid","pn":null}""");
        using var other = await _host.Product.GetAsync("api/other/lids/77");
        ((int)other.StatusCode).ShouldBe(422);
    }

    [Fact]
    public async Task Unknown_path_is_not_found_in_the_servers_own_form()
    {
        using var response = await _host.Product.GetAsync("api/default/new-message-id");

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await response.JsonAsync()).GetProperty("message").GetString().ShouldBe("Cannot GET /api/default/new-message-id");
        (await _host.Product.GetStringAsync("api/server/version")).ShouldContain("NOWEB");
    }

    [Fact]
    public async Task Typing_is_shown_until_it_stops_or_the_text_comes()
    {
        var view = _host.Waha.ChatOf("ana")!.Open()!;
        foreach (var path in (string[])["api/startTyping", "api/stopTyping", "api/startTyping"])
        {
            using var response = await _host.CallAsync(path, new { session = "default", chatId = Ana });
            (await response.Content.ReadAsStringAsync()).ShouldBe("""{"result":true}""");
            response.StatusCode.ShouldBe(HttpStatusCode.Created);
        }

        _host.Waha.ChatOf("ana")!.Open()!.Snapshot.Typing.ShouldBeTrue();
        await _host.CallAsync("api/sendText", new { session = "default", chatId = Ana, text = "x" });
        _host.Waha.ChatOf("ana")!.Open()!.Snapshot.Typing.ShouldBeFalse();
        view.Changes.Count.ShouldBeGreaterThanOrEqualTo(5);
    }

    [Fact]
    public async Task Seen_turns_ticks_blue_for_the_named_messages_or_for_all()
    {
        var chat = _host.Waha.ChatOf("ana")!;
        var first = _host.Waha.Receive(chat, "um");
        var second = _host.Waha.Receive(chat, "dois");

        using var one = await _host.CallAsync(
            "api/sendSeen", new { session = "default", chatId = Ana, messageIds = new[] { first.FullId, null } });
        (await one.Content.ReadAsStringAsync()).ShouldBeEmpty();
        one.StatusCode.ShouldBe(HttpStatusCode.Created);
        chat.Find(first.RawId)!.Ack.ShouldBe(OpenClaw.Gateway.Simulator.Waha.MessageAck.Read);
        chat.Find(second.RawId)!.Ack.ShouldNotBe(OpenClaw.Gateway.Simulator.Waha.MessageAck.Read);

        using var rest = await _host.CallAsync("api/sendSeen", new { session = "default", chatId = Ana });
        (await rest.Content.ReadAsStringAsync()).ShouldBe($$"""{"ids":["{{second.FullId}}"]}""");
        using var old = await _host.CallAsync("api/sendSeen", new { session = "default", chatId = Ana, messageId = "x" });
        old.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task Reaction_is_put_on_the_message_and_taken_away_again()
    {
        var chat = _host.Waha.ChatOf("ana")!;
        var message = _host.Waha.Receive(chat, "oi");

        using var response = await _host.Product.PutAsJsonAsync(
            "api/reaction", new { session = "default", messageId = message.FullId, reaction = "👍" });

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        Shape(await response.JsonAsync()).ShouldBe(Shape(CapturedAnswer("121-fake-reaction.txt")));
        chat.Find(message.RawId)!.Reaction.ShouldBe("👍");
        var webhook = await _host.NextAsync("message.reaction");
        webhook.Payload.GetProperty("reaction").GetProperty("messageId").GetString().ShouldBe(message.FullId);

        await _host.Product.PutAsJsonAsync(
            "api/reaction", new { session = "default", messageId = message.FullId, reaction = "" });
        chat.Find(message.RawId)!.Reaction.ShouldBeNull();
    }

    [Theory]
    [InlineData("""{"session":"default","messageId":"nothing","reaction":"x"}""")]
    [InlineData("""{"session":"default","messageId":"false_999@c.us_3EB0","reaction":"x"}""")]
    [InlineData("""{"session":"default","messageId":"false_5511988880001@c.us_3EB0","reaction":"x"}""")]
    [InlineData("""{"session":"default","reaction":"x"}""")]
    [InlineData("""{"session":"default","messageId":"false_5511988880001@c.us_3EB0"}""")]
    public async Task Reaction_to_nothing_is_a_bad_request(string body)
    {
        using var response = await _host.Product.PutAsync("api/reaction", body.AsJson());

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task History_is_newest_first_and_filtered()
    {
        var chat = _host.Waha.ChatOf("ana")!;
        _host.Waha.Receive(chat, "um");
        var sent = _host.Waha.Send(chat.Place, "dois", replyTo: null);
        _host.Waha.Receive(chat, "três");
        var now = sent.At.ToUnixTimeSeconds();

        (await TextsAsync("limit=2")).ShouldBe(["três", "dois"]);
        (await TextsAsync("limit=2&offset=2")).ShouldBe(["um"]);
        (await TextsAsync("filter.fromMe=true&downloadMedia=false")).ShouldBe(["dois"]);
        (await TextsAsync("filter.fromMe=false&filter.timestamp.gte=0")).ShouldBe(["três", "um"]);
        (await TextsAsync($"filter.timestamp.gte={now + 100}")).ShouldBeEmpty();
        (await TextsAsync($"filter.timestamp.lte={now - 100}")).ShouldBeEmpty();

        var json = await _host.Product.GetFromJsonAsync<JsonElement>($"api/default/chats/{Ana}/messages?filter.fromMe=true");
        json[0].GetProperty("id").GetString().ShouldBe($"true_{Ana}_{sent.RawId}");
        json[0].GetProperty("source").GetString().ShouldBe("api");
        json[0].GetProperty("ackName").GetString().ShouldBe("READ");
        (await _host.Product.GetStringAsync("api/default/chats/999@c.us/messages")).ShouldBe("[]");
    }

    [Theory]
    [InlineData("limit=ten")]
    [InlineData("limit=-1")]
    [InlineData("offset=1.5")]
    [InlineData("filter.timestamp.gte=yesterday")]
    [InlineData("filter.timestamp.lte=99999999999999999999")]
    [InlineData("filter.fromMe=maybe")]
    public async Task Unreadable_history_query_is_a_bad_request(string query)
    {
        using var response = await _host.Product.GetAsync($"api/default/chats/{Ana}/messages?{query}");

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    [Fact]
    public async Task Chat_keeps_only_its_latest_messages()
    {
        var chat = _host.Waha.ChatOf("bob")!;
        for (var i = 1; i <= 510; i++)
            _host.Waha.Send(chat.Place, $"{i}", replyTo: null);

        chat.Messages().Count.ShouldBe(500);
        chat.Messages()[0].Text.ShouldBe("11");
        var json = await _host.Product.GetFromJsonAsync<JsonElement>($"api/default/chats/{chat.Person.ChatId}/messages?limit=9999");
        json.GetArrayLength().ShouldBe(500);
    }

    [Fact]
    public async Task Simulator_takes_the_name_of_the_first_session_that_is_served()
    {
        await using var host = await SimulatorHost.StartAsync(waha: new() { Sessions = { "casa" } });

        (await host.NextAsync("session.status")).Json.GetProperty("session").GetString().ShouldBe("casa");
        using var response = await host.CallAsync("api/sendText", new { session = "casa", chatId = Ana, text = "x" });
        response.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    [Fact]
    public async Task While_the_link_is_down_sends_are_held_back_and_refused_as_a_real_server_does()
    {
        await using var host = await SimulatorHost.StartAsync(new SkippingTime(TimeSpan.FromSeconds(2)));
        host.Waha.Link.Outage.TryBegin();

        using var refused = await host.CallAsync("api/sendText", new { session = "default", chatId = Ana, text = "x" });
        using var typing = await host.CallAsync("api/startTyping", new { session = "default", chatId = Ana });
        var session = await host.Product.GetFromJsonAsync<JsonElement>("api/sessions/default");
        host.Waha.Link.Outage.End();
        using var taken = await host.CallAsync("api/sendText", new { session = "default", chatId = Ana, text = "x" });

        refused.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await refused.Content.ReadAsStringAsync()).ShouldBe(Captured("172-sendText-when-QR.txt").Replace("SCAN_QR_CODE", "FAILED", StringComparison.Ordinal));
        typing.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        session.GetProperty("status").GetString().ShouldBe("FAILED");
        taken.StatusCode.ShouldBe(HttpStatusCode.Created);
        host.Waha.ChatOf("ana")!.Messages().ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Send_that_waits_goes_through_when_the_link_is_back_in_time()
    {
        await using var host = await SimulatorHost.StartAsync();
        host.Waha.Link.Outage.TryBegin();

        var waiting = host.CallAsync("api/sendText", new { session = "default", chatId = Ana, text = "x" });
        host.Waha.Link.Outage.End();

        using var answer = await waiting;
        answer.StatusCode.ShouldBe(HttpStatusCode.Created);
    }

    private async Task<string[]> TextsAsync(string query)
    {
        var json = await _host.Product.GetFromJsonAsync<JsonElement>($"api/default/chats/{Ana}/messages?{query}");
        return [.. json.EnumerateArray().Select(message => message.GetProperty("body").GetString()!)];
    }

    private static string Captured(string name) =>
        File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Captures", name)).ReplaceLineEndings("\n").Split("\n\n")[^1].Trim();

    private static JsonElement CapturedAnswer(string name) => JsonDocument.Parse(Captured(name)).RootElement;

    private static string[] Names(JsonElement json) => [.. json.EnumerateObject().Select(member => member.Name)];

    /// <summary>Names, order and kinds of the members, at every depth.</summary>
    private static string Shape(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => $"{{{string.Join(',', json.EnumerateObject().Select(member => $"{member.Name}:{Shape(member.Value)}"))}}}",
        JsonValueKind.True or JsonValueKind.False => "bool",
        var kind => kind.ToString(),
    };
}
