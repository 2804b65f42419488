using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Tests.WhatsApp;

public sealed class BrokenConnectionTests
{
    [Theory]
    [InlineData("", SendOutcome.Uncertain, "connection_cut")]
    [InlineData("HTTP/1.1 201 Cre", SendOutcome.Uncertain, "connection_cut")]
    [InlineData("HTTP/1.1 201 Created\r\nContent-Le", SendOutcome.Uncertain, "connection_cut")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n", SendOutcome.Uncertain, "connection_cut")]
    [InlineData("HTTP/1.1 500 Internal Server Error\r\nContent-Length: 900\r\n\r\n{\"requ", SendOutcome.Uncertain, "http_500")]
    [InlineData("HTTP/1.1 422 Unprocessable Entity\r\nContent-Length: 900\r\n\r\n{\"error\":", SendOutcome.Unavailable, "http_422")]
    [InlineData("HTTP/1.1 422 Unprocessable Entity\r\nContent-Length: 0\r\n\r\n", SendOutcome.Refused, "http_422")]
    [InlineData("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n", SendOutcome.Unavailable, "http_408")]
    [InlineData("HTTP/1.1 413 Payload Too Large\r\nContent-Length: 0\r\n\r\n", SendOutcome.Refused, "http_413")]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Length: 31\r\n\r\n{\"message\":\"Session not found\"}", SendOutcome.Unavailable, "session_not_working")]
    [InlineData("HTTP/1.1 404 Not Found\r\nContent-Length: 39\r\n\r\n{\"message\":\"Cannot POST /api/sendText\"}", SendOutcome.Refused, "http_404")]
    [InlineData("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", SendOutcome.Unavailable, "unauthorized")]
    [InlineData("HTTP/1.1 307 Temporary Redirect\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n", SendOutcome.Refused, "redirected")]
    public async Task Answer_that_is_cut_or_odd_is_judged_by_what_arrived(string answer, SendOutcome outcome, string reason)
    {
        await using var server = new RawServer(answer);
        using var rig = new ClientRig(server.Url);

        (await rig.SendAsync()).ShouldBe(new SendResult(outcome, null, null, reason));
    }

    [Theory]
    [InlineData("HTTP/1.1 201 Created\r\nContent-Length: 900\r\n\r\n{\"key\":{\"id\":\"3EB0")]
    [InlineData("HTTP/1.1 201 Created\r\nContent-Length: 9999999\r\n\r\n{}")]
    [InlineData("HTTP/1.1 201 Created\r\nContent-Length: 8\r\n\r\nnot json")]
    [InlineData("HTTP/1.1 201 Created\r\nContent-Length: 4\r\n\r\ntrue")]
    [InlineData("HTTP/1.1 201 Created\r\nContent-Length: 15\r\n\r\n{\"id\":\"\\ud83d\"}")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 17\r\n\r\n{\"key\":{\"id\":77}}")]
    public async Task Accepted_stays_accepted_when_the_id_cannot_be_read(string answer)
    {
        await using var server = new RawServer(answer);
        using var rig = new ClientRig(server.Url);

        var result = await rig.SendAsync();

        result.Outcome.ShouldBe(SendOutcome.Accepted);
        result.RawId.ShouldBeNull();
    }

    [Theory]
    [InlineData("Retry-After: 0", 0)]
    [InlineData("Retry-After: 999999999", 3600)]
    [InlineData("Retry-After: Mon, 01 Jan 2001 00:00:00 GMT", 0)]
    public async Task Retry_after_is_kept_within_an_hour(string header, int seconds)
    {
        await using var server = new RawServer($"HTTP/1.1 429 Too Many\r\n{header}\r\nContent-Length: 0\r\n\r\n");
        using var rig = new ClientRig(server.Url);

        (await rig.SendAsync()).RetryAfter.ShouldBe(TimeSpan.FromSeconds(seconds));
    }

    [Fact]
    public async Task Endless_answer_is_not_read_to_its_end()
    {
        var endless = "HTTP/1.1 201 Created\r\n\r\n" + new string('x', 400_000);
        await using var server = new RawServer(endless);
        using var rig = new ClientRig(server.Url);

        (await rig.SendAsync()).Outcome.ShouldBe(SendOutcome.Accepted);
    }

    [Fact]
    public async Task Request_is_what_waha_was_recorded_to_take()
    {
        await using var server = new RawServer("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
        using var rig = new ClientRig(new Uri(server.Url, "waha/"));

        await rig.SendAsync("answer", "15551234567@c.us");

        var request = await server.NextRequestAsync(rig.Guard);
        request.ShouldStartWith("POST /waha/api/sendText HTTP/1.1\r\n");
        request.ShouldContain("X-Api-Key: fake-waha-key\r\n");
        request.ShouldContain("Content-Type: application/json\r\n");
        request.ShouldEndWith("\r\n\r\n{\"session\":\"default\",\"chatId\":\"15551234567@c.us\",\"text\":\"answer\"}");
    }

    [Fact]
    public async Task Time_that_runs_out_during_the_handshake_means_nothing_was_sent()
    {
        await using var server = new RawServer(answer: null, readsFirst: false);
        using var rig = new ClientRig(new Uri($"https://127.0.0.1:{server.Port}/"));

        var sending = rig.SendAsync();
        await server.NextRequestAsync(rig.Guard);
        rig.Time.RunOut();

        (await sending).ShouldBe(new SendResult(SendOutcome.Unavailable, null, null, "timeout"));
    }

    [Fact]
    public async Task Failed_handshake_means_nothing_was_sent()
    {
        await using var server = new RawServer("this is no TLS at all, sorry\r\n", readsFirst: false);
        using var rig = new ClientRig(new Uri($"https://127.0.0.1:{server.Port}/"));

        var result = await rig.SendAsync();

        result.Outcome.ShouldBe(SendOutcome.Unavailable);
        result.Reason.ShouldBe("tls_failed");
    }

    [Fact]
    public async Task Silence_after_the_request_is_uncertain()
    {
        await using var server = new RawServer(answer: null);
        using var rig = new ClientRig(server.Url);

        var sending = rig.SendAsync();
        await server.NextRequestAsync(rig.Guard);
        rig.Time.RunOut();

        (await sending).ShouldBe(new SendResult(SendOutcome.Uncertain, null, null, "timeout"));
    }
}
