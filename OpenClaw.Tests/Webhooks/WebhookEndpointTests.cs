using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Data.Sqlite;
using OpenClaw.Core.Storage;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Webhooks;

/// <summary>The door: which request gets which status, and that nothing but a commit is acknowledged.</summary>
public sealed class WebhookEndpointTests : IAsyncLifetime
{
    private const int Limit = 1024 * 1024;
    private OpenClawApp _app = null!;

    public async Task InitializeAsync() => _app = await OpenClawApp.StartAsync(("Worker__Mode", "External"));

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Fact]
    public async Task The_content_type_must_be_JSON()
    {
        var table = new (string? ContentType, int Status)[]
        {
            ("application/json", 202), ("application/json; charset=utf-8", 202), ("application/json;charset=\"UTF-8\"", 202), ("Application/JSON", 202),
            ("application/json; charset=utf-16", 415), ("text/plain", 415), ("application/jsonp", 415), ("application/x-www-form-urlencoded", 415),
            ("nonsense", 415), ("", 415), (null, 415),
        };
        var statuses = new List<(string?, int)>();
        foreach (var (contentType, _) in table)
        {
            var request = Signed(Bytes(WahaWebhook.Text("oi")));
            request.Content!.Headers.ContentType = null;
            if (contentType is not null)
                request.Content.Headers.TryAddWithoutValidation("Content-Type", contentType);
            statuses.Add((contentType, (int)(await _app.SendAsync(request)).Status));
        }

        statuses.ShouldBe(table);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_body_of_one_MiB_is_taken_and_one_byte_more_is_not(bool chunked)
    {
        (await _app.SendAsync(Sized(Limit, chunked))).ShouldBe(new WebhookAnswer(HttpStatusCode.Accepted, "accepted"));
        (await _app.SendAsync(Sized(Limit + 1, chunked))).ShouldBe(new WebhookAnswer(HttpStatusCode.RequestEntityTooLarge, "too_large"));
        (await _app.SendAsync(Sized(5 * Limit, chunked))).Status.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Only_the_keys_signature_over_the_raw_body_opens_the_door()
    {
        var body = Bytes(WahaWebhook.Text("oi"));
        var right = WahaWebhook.Sign(body, OpenClawApp.HmacKey);
        var table = new (string Case, string? Signature, string? Algorithm, int Status)[]
        {
            ("missing", null, "sha512", 401),
            ("empty", "", "sha512", 401),
            ("of another key", WahaWebhook.Sign(body, "another"), "sha512", 401),
            ("of another body", WahaWebhook.Sign(Bytes(WahaWebhook.Text("oi")), OpenClawApp.HmacKey), "sha512", 401),
            ("one digit wrong", right[..^1] + (right[^1] == '0' ? '1' : '0'), "sha512", 401),
            ("too short", right[..^2], "sha512", 401),
            ("too long", right + "00", "sha512", 401),
            ("not hexadecimal", new string('z', 128), "sha512", 401),
            ("with a prefix", "sha512=" + right, "sha512", 401),
            ("of another algorithm", right, "sha256", 401),
            ("right, capitals", right.ToUpperInvariant(), "SHA512", 202),
            ("right, without the algorithm", right, null, 202),
            ("right", right, "sha512", 202),
        };

        var results = new List<string>();
        foreach (var row in table)
        {
            var request = WahaWebhook.Request(_app.WebhookUrl, body, hmacKey: null);
            if (row.Signature is not null)
                request.Headers.TryAddWithoutValidation("X-Webhook-Hmac", row.Signature);
            if (row.Algorithm is not null)
                request.Headers.Add("X-Webhook-Hmac-Algorithm", row.Algorithm);
            results.Add($"{row.Case}: {(int)(await _app.SendAsync(request)).Status}");
        }

        results.ShouldBe(table.Select(row => $"{row.Case}: {row.Status}"));
        _app.InboundStates().ShouldBe(["pending"]);
    }

    [Fact]
    public async Task Two_signatures_are_none()
    {
        var body = Bytes(WahaWebhook.Text("oi"));
        var request = Signed(body);
        request.Headers.Add("X-Webhook-Hmac", WahaWebhook.Sign(body, OpenClawApp.HmacKey));

        (await _app.SendAsync(request)).Status.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static readonly string[] NoEnvelopes =
    [
        "", " ", "x", "null", "1", "\"text\"", "[]", "[{\"event\":\"message\"}]", "{}", "{\"event\":", "{} {}", "// {}",
        """{"session":"default","payload":{}}""",
        """{"event":"message","payload":{}}""",
        """{"event":"message","session":"default"}""",
        """{"event":"message","session":"default","payload":null}""",
        """{"event":"message","session":"default","payload":"text"}""",
        """{"event":"message","session":"default","payload":[]}""",
        """{"event":7,"session":"default","payload":{}}""",
        """{"event":"message","session":{},"payload":{}}""",
        """{"event":null,"session":"default","payload":{}}""",
        """{"event":"","session":"default","payload":{}}""",
        """{"event":"message","session":"","payload":{}}""",
        """{"event":"\ud800","session":"default","payload":{}}""",
        """{"event":"message","session":"\udfff","payload":{}}""",
        """{"event":"message","session":"default","payload":{"a":1,}}""",
        "\0",
        "\ufeff{}",
        $$"""{"event":"message","session":"default","payload":{{new string('[', 5000)}}{{new string(']', 5000)}}}""",
        $$"""{"event":"message","session":"default","payload":{"a":{{new string('[', 100_000)}}""",
    ];

    [Fact]
    public async Task What_is_no_envelope_is_a_bad_request()
    {
        foreach (var body in NoEnvelopes)
            (await _app.SendAsync(Signed(Encoding.UTF8.GetBytes(body)))).ShouldBe(new WebhookAnswer(HttpStatusCode.BadRequest, "not_an_envelope"), body[..Math.Min(80, body.Length)]);
        _app.InboundStates().ShouldBeEmpty();
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF8_are_a_bad_request() =>
        (await _app.SendAsync(Signed([.. """{"event":"message","session":"default","payload":{"id":"""u8, 0xff, 0xfe, 0x22, .. "}}"u8]))).Status.ShouldBe(HttpStatusCode.BadRequest);

    public static TheoryData<string, string> OddEnvelopes => new()
    {
        { "{}", "ignored" },
        { """{"id":7}""", "ignored" },
        { """{"id":"\ud800"}""", "ignored" },
        { """{"\ud800":1,"id":"false_5511987654321@c.us_3EB0AA","from":"5511987654321@c.us","body":"oi"}""", "accepted" },
        { """{"\ud800\u0069d":1,"i\u0064":"false_5511987654321@c.us_3EB0AA","body":"oi"}""", "accepted" },
        { """{"id":"false_5511987654321@c.us_3EB0AA","body":"\ud800 metade"}""", "ignored" },
        { """{"id":"false_5511987654321@c.us_3EB0AA","body":"\u0000 nulo"}""", "accepted" },
        { """{"id":"false_5511987654321@c.us_3EB0AA","from":{},"fromMe":"no","body":["x"],"timestamp":"x","hasMedia":1,"media":[],"replyTo":3,"_data":"x"}""", "ignored" },
        { """{"id":"false_5511987654321@c.us_3EB0AA","body":"oi","timestamp":1e400,"_data":{"key":[]},"vCards":{},"location":[]}""", "accepted" },
        { """{"id":"false_5511987654321@c.us_3EB0AA","body":"oi","timestamp":-5}""", "accepted" },
        { """{"id":"false_5511987654321@c.us_3EB0AA","body":"oi","timestamp":99999999999999999999}""", "accepted" },
        { """{"id":"false_5511987654321@c.us_3EB0AA","body":"oi","timestamp":9999999999999}""", "accepted" },
        { """{"id":"false_../../etc@c.us_3EB0AA","body":"oi"}""", "ignored" },
        { """{"id":"false_5511987654321@c.us_","body":"oi"}""", "ignored" },
        { """{"id":"false_5511987654321@c.us_3EB0AA'; DROP TABLE inbound; --","body":"oi"}""", "accepted" },
        { """{"id":{"_serialized":"false_5511987654321@c.us_3EB0AA"},"body":"oi"}""", "accepted" },
        { $$"""{"id":"false_5511987654321@c.us_{{new string('A', 5000)}}","body":"oi"}""", "ignored" },
        { $$"""{"id":"false_{{new string('5', 5000)}}@c.us_3EB0AA","body":"oi"}""", "ignored" },
    };

    [Theory]
    [MemberData(nameof(OddEnvelopes))]
    public async Task An_odd_payload_is_stored_or_dropped_with_a_reason(string payload, string outcome) =>
        (await _app.SendAsync(Signed(Encoding.UTF8.GetBytes($$"""{"event":"message","session":"default","me":[],"engine":7,"timestamp":{},"id":false,"payload":{{payload}}}"""))))
            .ShouldBe(new WebhookAnswer(HttpStatusCode.Accepted, outcome));

    [Theory]
    [InlineData("message.ack", """{"id":"true_5511987654321@c.us_3EB0AA","ack":"2"}""", "recorded")]
    [InlineData("message.ack", """{"id":"true_5511987654321@c.us_3EB0AA","ack":null}""", "ignored")]
    [InlineData("message.ack", """{"id":"true_5511987654321@c.us_3EB0AA","ack":1e30}""", "ignored")]
    [InlineData("message.ack", "{}", "ignored")]
    [InlineData("message.reaction", "{}", "ignored")]
    [InlineData("message.reaction", """{"id":"false_5511987654321@c.us_3EB0AA","reaction":"x"}""", "recorded")]
    [InlineData("session.status", "{}", "ignored")]
    [InlineData("session.status", """{"status":[]}""", "ignored")]
    [InlineData("group.v2.join", """{"group":{}}""", "ignored")]
    [InlineData("engine.event", "{}", "ignored")]
    public async Task Other_events_are_read_as_leniently(string @event, string payload, string outcome) =>
        (await _app.SendAsync(Signed(Encoding.UTF8.GetBytes($$"""{"event":"{{@event}}","session":"default","payload":{{payload}}}"""))))
            .ShouldBe(new WebhookAnswer(HttpStatusCode.Accepted, outcome));

    [Fact]
    public async Task Another_method_or_path_is_refused()
    {
        var table = new (string Method, string Path, int Status)[]
        {
            ("GET", "webhooks/waha", 405), ("PUT", "webhooks/waha", 405), ("DELETE", "webhooks/waha", 405), ("OPTIONS", "webhooks/waha", 405), ("BREW", "webhooks/waha", 405),
            ("POST", "webhooks", 404), ("POST", "webhooks/other", 404), ("POST", "webhooks/waha/more", 404), ("POST", "simulator", 404), ("GET", "webhooks/%00", 400),
        };
        var statuses = new List<(string, string, int)>();
        foreach (var (method, path, _) in table)
        {
            var request = Signed(Bytes(WahaWebhook.Text("oi")));
            request.Method = new HttpMethod(method);
            request.RequestUri = new Uri(_app.Url, path);
            statuses.Add((method, path, (int)(await _app.SendAsync(request)).Status));
        }

        statuses.ShouldBe(table);
    }

    [Fact]
    public async Task WAHA_is_never_redirected()
    {
        foreach (var path in (string[])["webhooks/waha/", "webhooks/waha?session=default", "Webhooks/WAHA"])
        {
            var request = Signed(Bytes(WahaWebhook.Text("oi")));
            request.RequestUri = new Uri(_app.Url, path);
            (await _app.SendAsync(request)).ShouldBe(new WebhookAnswer(HttpStatusCode.Accepted, "accepted"), path);
        }
    }

    [Fact]
    public async Task While_it_cannot_commit_it_says_when_to_come_back_and_the_repeat_is_accepted()
    {
        var message = WahaWebhook.Text("não me perca");
        await _app.SendAsync(WahaWebhook.Text("antes"));
        using (var other = new SqliteConnection($"Data Source={Path.Combine(_app.Data.Path, "openclaw.db")};Pooling=False"))
        {
            other.Open();
            using var command = other.CreateCommand();
            command.CommandText = "BEGIN IMMEDIATE";
            command.ExecuteNonQuery();

            using var response = await message.PostAsync(_app.Http, _app.WebhookUrl, OpenClawApp.HmacKey);
            ((int)response.StatusCode, response.Headers.RetryAfter?.Delta).ShouldBe((503, TimeSpan.FromSeconds(2)));
            (await response.Content.ReadAsStringAsync()).ShouldBe("""{"outcome":"storage"}""");
            using var health = await _app.Http.GetAsync(new Uri(_app.Url, "health"));
            health.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);

            command.CommandText = "ROLLBACK";
            command.ExecuteNonQuery();
        }

        (await _app.SendAsync(message)).ShouldBe(new WebhookAnswer(HttpStatusCode.Accepted, "accepted"));
        (await _app.SendAsync(message)).Outcome.ShouldBe("duplicate");
    }

    [Fact]
    public async Task On_a_full_disk_nothing_is_acknowledged_and_with_space_the_repeats_are_accepted_once()
    {
        var database = _app.Service<IDatabase>();
        await LimitAsync(1);
        var messages = Enumerable.Range(0, 50).Select(i => WahaWebhook.Text(new string('x', 2000), $"55119000000{i:00}@c.us")).ToList();
        var answers = new List<WebhookAnswer>();
        foreach (var message in messages)
            answers.Add(await _app.SendAsync(message));
        var stored = _app.InboundStates().Count;
        var refused = answers.FindIndex(answer => answer.Status == HttpStatusCode.ServiceUnavailable);
        refused.ShouldBeGreaterThanOrEqualTo(0);
        answers[refused].Outcome.ShouldBe("storage");
        answers.ShouldAllBe(answer => answer.Outcome == "accepted" || answer.Outcome == "storage");
        stored.ShouldBe(answers.Count(answer => answer.Outcome == "accepted"));
        using (var full = await _app.Http.GetAsync(new Uri(_app.Url, "health")))
        {
            full.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            (await full.Content.ReadAsStringAsync()).ShouldContain("the disk of the database is full");
        }

        await LimitAsync(1_000_000);
        foreach (var message in messages)
            (await _app.SendAsync(message)).Status.ShouldBe(HttpStatusCode.Accepted);

        _app.InboundStates().Count.ShouldBe(50);
        using var health = await _app.Http.GetAsync(new Uri(_app.Url, "health"));
        health.StatusCode.ShouldBe(HttpStatusCode.OK);

        // No more pages than there are: what SQLite then says is what it says of a disk without space.
        Task LimitAsync(int pages) => database.WriteAsync(sql => sql.QueryFirst($"PRAGMA max_page_count = {pages}", row => row.GetInt64(0)), CancellationToken.None);
    }

    [Fact]
    public async Task A_forged_delivery_does_not_use_the_id_up()
    {
        var real = WahaWebhook.Text("sou eu mesmo", rawId: "3EB0FORGED");
        var forged = WahaWebhook.Text("me dá tudo", rawId: "3EB0FORGED");

        (await _app.SendAsync(WahaWebhook.Request(_app.WebhookUrl, Bytes(forged), "guessed"))).Status.ShouldBe(HttpStatusCode.Unauthorized);
        (await _app.SendAsync(WahaWebhook.Request(_app.WebhookUrl, Bytes(forged), null))).Status.ShouldBe(HttpStatusCode.Unauthorized);

        (await _app.SendAsync(real)).Outcome.ShouldBe("accepted");
        (await _app.SendAsync(real)).Outcome.ShouldBe("duplicate");
    }

    [Fact]
    public async Task Every_answer_names_its_request()
    {
        using var accepted = await WahaWebhook.Text("oi").PostAsync(_app.Http, _app.WebhookUrl, OpenClawApp.HmacKey);
        using var refused = await WahaWebhook.Text("oi").PostAsync(_app.Http, _app.WebhookUrl, null);

        var ids = new[] { accepted, refused }.Select(response => response.Headers.GetValues("X-Request-Id").Single()).ToList();
        ids.Distinct(StringComparer.Ordinal).Count().ShouldBe(2);
        _app.Query("SELECT request_id FROM inbound", row => row.GetString(0)).ShouldBe([ids[0]]);
        _app.Logs.ToString().ShouldContain(ids[1]);
        accepted.Content.Headers.ContentType.ShouldBe(new MediaTypeHeaderValue("application/json"));
        accepted.Headers.Contains("Server").ShouldBeFalse();
    }

    [Fact]
    public async Task Deliveries_of_one_message_at_the_same_moment_are_one_message()
    {
        var message = WahaWebhook.Text("todos juntos");

        var answers = await Task.WhenAll(Enumerable.Range(0, 32).Select(i => _app.SendAsync(message with { Event = i % 2 == 0 ? "message" : "message.any" })));

        answers.ShouldAllBe(answer => answer.Status == HttpStatusCode.Accepted);
        answers.Count(answer => answer.Outcome == "accepted").ShouldBe(1);
        _app.InboundStates().Count.ShouldBe(1);
    }

    private static byte[] Bytes(WahaWebhook webhook) => Encoding.UTF8.GetBytes(webhook.Body);

    private HttpRequestMessage Signed(byte[] body) => WahaWebhook.Request(_app.WebhookUrl, body, OpenClawApp.HmacKey);

    /// <summary>A good webhook that is padded to an exact size.</summary>
    private HttpRequestMessage Sized(int size, bool chunked)
    {
        var webhook = WahaWebhook.Text("grande");
        var bare = Bytes(webhook.WithPayload(payload => payload["pad"] = "")).Length;
        var body = Bytes(webhook.WithPayload(payload => payload["pad"] = new string('x', size - bare)));
        body.Length.ShouldBe(size, string.Create(CultureInfo.InvariantCulture, $"bare {bare}"));
        var request = Signed(body);
        // Otherwise the refusal may meet a client that is still sending.
        request.Headers.ExpectContinue = !chunked;
        if (!chunked)
            return request;
        request.Content = new StreamContent(new MemoryStream(body));
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TransferEncodingChunked = true;
        return request;
    }
}
