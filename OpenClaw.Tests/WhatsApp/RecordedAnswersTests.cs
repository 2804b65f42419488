using System.Text;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Tests.WhatsApp;

/// <summary>The client against what a real WAHA answered, byte by byte.</summary>
public sealed class RecordedAnswersTests
{
    [Theory]
    [InlineData("022-sendText-before-start.txt", SendOutcome.Unavailable, null, "session_not_working")]
    [InlineData("041-sendText-starting.txt", SendOutcome.Unavailable, null, "session_not_working")]
    [InlineData("172-sendText-when-QR.txt", SendOutcome.Unavailable, null, "session_not_working")]
    [InlineData("186-messages-store.txt", SendOutcome.Unavailable, null, "session_not_working")]
    [InlineData("004-sessions-wrongkey.txt", SendOutcome.Unavailable, null, "unauthorized")]
    [InlineData("115-fake-sendText-no-session.txt", SendOutcome.Refused, null, "http_400")]
    [InlineData("118-fake-sendImage.txt", SendOutcome.Refused, null, "http_422")]
    [InlineData("107-fake-sendText.txt", SendOutcome.Accepted, "3EB045E7AFD6B016A3DDD2", "http_201")]
    [InlineData("108-fake-sendText-reply.txt", SendOutcome.Accepted, "3EB023130A071036FCE689", "http_201")]
    [InlineData("110-fake-sendText-lid.txt", SendOutcome.Accepted, "3EB0252779F5B6AE3211DC", "http_201")]
    [InlineData("111-fake-sendText-group.txt", SendOutcome.Accepted, "3EB060A9E4FA430EC17538", "http_201")]
    public async Task A_send_is_judged_by_what_WAHA_meant(string capture, SendOutcome outcome, string? rawId, string reason)
    {
        await using var server = new RawServer(AnswerOf(capture));
        using var rig = new ClientRig(server.Url);

        (await rig.SendAsync()).ShouldBe(new SendResult(outcome, rawId, null, reason));
    }

    [Fact]
    public async Task A_chat_of_a_session_that_is_gone_is_no_chat_without_a_store()
    {
        await using var server = new RawServer(AnswerOf("186-messages-store.txt"));
        using var rig = new ClientRig(server.Url);

        var read = await rig.Client.GetMessagesAsync("default", "15551234567@c.us", DateTimeOffset.UnixEpoch, 2, ClientRig.Patience, rig.Guard);

        read.Outcome.ShouldBe(ChatReadOutcome.Unavailable);
    }

    [Theory]
    [InlineData("032-session-start.txt", SessionCallOutcome.Done)]
    [InlineData("033-session-start-again.txt", SessionCallOutcome.Done)]
    [InlineData("118-fake-sendImage.txt", SessionCallOutcome.Refused)]
    [InlineData("031-session-create-bad-event.txt", SessionCallOutcome.Refused)]
    [InlineData("186-messages-store.txt", SessionCallOutcome.NoSession)]
    [InlineData("004-sessions-wrongkey.txt", SessionCallOutcome.Unavailable)]
    public async Task A_session_that_runs_already_was_started(string capture, SessionCallOutcome outcome)
    {
        await using var server = new RawServer(AnswerOf(capture));
        using var rig = new ClientRig(server.Url);

        (await rig.Client.StartSessionAsync("default", ClientRig.Patience, rig.Guard)).ShouldBe(outcome);

        (await server.NextRequestAsync(rig.Guard)).ShouldStartWith("POST /api/sessions/default/start ");
    }

    [Fact]
    public async Task While_the_breaker_is_open_a_read_waits_for_no_answer_and_manners_are_left_away()
    {
        // Nobody listens: each call that was made after all would be logged.
        using var rig = new ClientRig(new Uri("http://127.0.0.1:9/"));
        for (var i = 0; i < 10; i++)
        {
            using var call = rig.Integrations.Waha("default").Enter();
            call.Failed();
        }

        (await rig.Client.GetMessagesAsync("default", "1555@c.us", DateTimeOffset.UnixEpoch, 2, ClientRig.Patience, rig.Guard)).Outcome.ShouldBe(ChatReadOutcome.Unavailable);
        (await rig.Client.ResolveLidAsync("default", "1", ClientRig.Patience, rig.Guard)).Outcome.ShouldBe(LidOutcome.Unavailable);
        (await rig.Client.StartTypingAsync("default", "1555@c.us", ClientRig.Patience, rig.Guard)).ShouldBeFalse();
        (await rig.Client.StopTypingAsync("default", "1555@c.us", ClientRig.Patience, rig.Guard)).ShouldBeFalse();
        (await rig.Client.SendSeenAsync("default", "1555@c.us", [], null, ClientRig.Patience, rig.Guard)).ShouldBeFalse();

        rig.Log.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task Reads_that_fail_count_against_the_session_and_refused_ones_do_not()
    {
        using var away = new ClientRig(new Uri("http://127.0.0.1:9/"));
        await using var server = new RawServer(AnswerOf("115-fake-sendText-no-session.txt"));
        using var refusing = new ClientRig(server.Url);

        for (var i = 0; i < 10; i++)
        {
            await away.Client.ResolveLidAsync("default", "1", ClientRig.Patience, away.Guard);
            await refusing.Client.ResolveLidAsync("default", "1", ClientRig.Patience, refusing.Guard);
        }

        away.Integrations.Waha("default").IsClosed.ShouldBeFalse();
        refusing.Integrations.Waha("default").IsClosed.ShouldBeTrue();
    }

    /// <summary>The recorded response, status line to body.</summary>
    private static string AnswerOf(string capture)
    {
        var lines = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Captures", capture)).ReplaceLineEndings("\n").Split('\n');
        var answer = lines.SkipWhile(line => !line.StartsWith("--- response", StringComparison.Ordinal)).Skip(1).ToList();
        var head = answer.TakeWhile(line => line.Length > 0).Where(line => !line.StartsWith("Content-Length", StringComparison.Ordinal) && !line.Contains("eep-", StringComparison.Ordinal));
        var body = string.Join('\n', answer.SkipWhile(line => line.Length > 0)).Trim();
        return string.Join("\r\n", head) + $"\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\nConnection: close\r\n\r\n{body}";
    }
}
