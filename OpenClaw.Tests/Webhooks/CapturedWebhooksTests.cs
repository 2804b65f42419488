using System.Globalization;
using System.Net;
using System.Text;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Webhooks;

/// <summary>Everything a real WAHA was seen to post goes through the door, headers and clock as recorded.</summary>
public sealed class CapturedWebhooksTests
{
    [Fact]
    public async Task Every_recorded_delivery_gets_its_expected_outcome()
    {
        var clock = new ClockAt(Captures.Posts[0].ReceivedAt);
        await using var app = await OpenClawApp.StartAsync(Setup.AllInOne, clock.Register, ("Waha__WebhookHmacKey", Captures.HmacKey), ("Worker__Mode", "External"));

        var outcomes = new List<string>();
        foreach (var capture in Captures.Posts)
        {
            clock.Now = capture.ReceivedAt;
            var answer = await app.SendAsync(Replay(app.WebhookUrl, capture));
            outcomes.Add(string.Create(CultureInfo.InvariantCulture, $"{capture.File[9..11]}:{capture.Line} {(int)answer.Status} {answer.Outcome}"));
        }

        outcomes.ShouldBe(Expected);
        app.Query("SELECT status FROM sessions", row => row.GetString(0)).ShouldBe(["STOPPED"]);
        app.Query("SELECT kind, COUNT(*) FROM chat_events GROUP BY kind ORDER BY kind", row => (row.GetString(0), row.GetInt64(1)))
            .ShouldBe([("own_echo", 10), ("own_message", 1), ("reaction", 2)]);
        app.Query("SELECT COUNT(*), SUM(level = 3) FROM acks", row => (row.GetInt64(0), row.GetInt64(1))).ShouldBe([(12, 12)]);
        app.Logs.ToString().ShouldNotContain("Webhook refused");
    }

    private static readonly string[] Expected =
    [
        .. Lines("01", 1, 6, "recorded"),
        .. Lines("03", 1, 2, "recorded"),
        .. Lines("03", 3, 3, "accepted"),
        .. Lines("03", 4, 6, "duplicate"),
        // Carries the number of its sender in remoteJidAlt.
        .. Lines("03", 7, 7, "accepted"),
        .. Lines("03", 8, 8, "duplicate"),
        // A group message that does not address the bot, a status post, a channel post.
        .. Pairs("03", 9, 14, "ignored"),
        .. Pairs("03", 15, 16, "accepted"),
        // A sync replays something from 2020.
        .. Pairs("03", 17, 18, "ignored"),
        .. Lines("03", 19, 19, "recorded"),
        // A location without text.
        .. Pairs("03", 20, 21, "accepted"),
        // Own messages, acks, reactions; each is recorded, the levels rise.
        .. Lines("03", 22, 66, "recorded"),
        .. Pairs("05", 1, 8, "accepted"),
        // Retries after a reset, and after a 429 in between.
        .. Lines("05", 9, 12, "duplicate"),
        .. Pairs("05", 13, 14, "accepted"),
        .. Lines("05", 15, 18, "duplicate"),
        .. Pairs("05", 19, 20, "accepted"),
        .. Lines("05", 21, 22, "duplicate"),
        .. Pairs("05", 23, 24, "accepted"),
        .. Lines("05", 27, 41, "recorded"),
    ];

    private static IEnumerable<string> Lines(string file, int from, int to, string outcome) =>
        Enumerable.Range(from, to - from + 1).Select(line => $"{file}:{line} 202 {outcome}");

    /// <summary><c>message</c> and <c>message.any</c> of one message each.</summary>
    private static IEnumerable<string> Pairs(string file, int from, int to, string first) =>
        Enumerable.Range(from, to - from + 1).Select(line => $"{file}:{line} 202 {((line - from) % 2 == 0 ? first : "duplicate")}");

    private static HttpRequestMessage Replay(Uri gateway, CapturedWebhook capture)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, gateway) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(capture.Body)) };
        foreach (var (name, value) in capture.Headers)
        {
            if (name is not ("Content-Length" or "Host" or "Connection") && !request.Headers.TryAddWithoutValidation(name, value))
                request.Content.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }
}
