using OpenClaw.Core.WhatsApp;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.WhatsApp;

public sealed class WahaCallsTests
{
    private const string Chat = "5511987654321@c.us";
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Seen_and_typing_reach_the_chat()
    {
        await using var waha = await FakeWaha.StartAsync();
        using var rig = new ClientRig(waha.Url);

        (await rig.Client.SendSeenAsync("default", Chat, ["false_x_1", "false_x_2"], "1777@c.us", ClientRig.Patience, rig.Guard)).ShouldBeTrue();
        (await rig.Client.SendSeenAsync("default", Chat, [], null, ClientRig.Patience, rig.Guard)).ShouldBeTrue();
        (await rig.Client.StartTypingAsync("default", Chat, ClientRig.Patience, rig.Guard)).ShouldBeTrue();
        (await rig.Client.StopTypingAsync("default", Chat, ClientRig.Patience, rig.Guard)).ShouldBeTrue();

        waha.Calls.Select(call => call.GetType()).ShouldBe([typeof(SendSeenCall), typeof(SendSeenCall), typeof(StartTypingCall), typeof(StopTypingCall)]);
        var seen = (SendSeenCall)waha.Calls[0];
        seen.MessageIds.ShouldBe(["false_x_1", "false_x_2"]);
        seen.Participant.ShouldBe("1777@c.us");
        rig.Log.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task Seen_and_typing_say_no_instead_of_throwing()
    {
        await using var waha = await FakeWaha.StartAsync();
        waha.HasStore = false;
        using var rig = new ClientRig(waha.Url);
        (await rig.Client.SendSeenAsync("default", Chat, [], null, ClientRig.Patience, rig.Guard)).ShouldBeFalse();
        waha.Sessions["default"] = "STOPPED";
        (await rig.Client.StartTypingAsync("default", Chat, ClientRig.Patience, rig.Guard)).ShouldBeFalse();
        await waha.StopAsync();
        (await rig.Client.StopTypingAsync("default", Chat, ClientRig.Patience, rig.Guard)).ShouldBeFalse();
    }

    [Fact]
    public async Task Chat_is_read_oldest_first_own_messages_only_from_the_given_second_on()
    {
        await using var waha = await FakeWaha.StartAsync();
        waha.Phone.Add("default", Chat, "too old", fromMe: true, at: Noon.AddSeconds(-1));
        waha.Phone.Add("default", Chat, "one", fromMe: true, rawId: "A1", at: Noon);
        waha.Phone.Add("default", Chat, "two in the same second", fromMe: true, at: Noon.AddMilliseconds(400));
        waha.Phone.Add("default", Chat, "theirs", fromMe: false, at: Noon.AddSeconds(1));
        waha.Phone.Add("default", "1777@c.us", "another chat", fromMe: true, at: Noon);
        waha.Phone.Add("default", Chat, "three", fromMe: true, at: Noon.AddSeconds(2));
        using var rig = new ClientRig(waha.Url);

        var read = await rig.Client.GetMessagesAsync("default", Chat, Noon.AddMilliseconds(300), 100, ClientRig.Patience, rig.Guard);

        read.Outcome.ShouldBe(ChatReadOutcome.Read);
        read.Messages.Select(message => message.Text).ShouldBe(["one", "two in the same second", "three"]);
        read.Messages[0].ShouldBe(new ChatMessage("A1", true, "one", Noon, "app"));
        var call = (ReadChatCall)waha.Calls.ShouldHaveSingleItem();
        call.ShouldBe(new ReadChatCall("default", Chat, Noon.ToUnixTimeSeconds(), 100, true) { At = call.At });
    }

    [Fact]
    public async Task Chat_without_a_store_is_told_from_a_waha_that_cannot_be_asked()
    {
        await using var waha = await FakeWaha.StartAsync();
        using var rig = new ClientRig(waha.Url);
        Task<ChatReadResult> ReadAsync() => rig.Client.GetMessagesAsync("default", Chat, Noon, 10, ClientRig.Patience, rig.Guard);

        (await ReadAsync()).Outcome.ShouldBe(ChatReadOutcome.Read);
        waha.HasStore = false;
        (await ReadAsync()).Outcome.ShouldBe(ChatReadOutcome.NoStore);
        waha.Sessions["default"] = "STARTING";
        (await ReadAsync()).Outcome.ShouldBe(ChatReadOutcome.Unavailable);
        waha.Sessions.Clear();
        (await ReadAsync()).Outcome.ShouldBe(ChatReadOutcome.Unavailable);
        await waha.StopAsync();
        (await ReadAsync()).Outcome.ShouldBe(ChatReadOutcome.Unavailable);
    }

    [Theory]
    [InlineData("501 Not Implemented", "", ChatReadOutcome.NoStore)]
    [InlineData("422 Unprocessable Entity", """{"message":"only in Plus","statusCode":422}""", ChatReadOutcome.NoStore)]
    [InlineData("200 OK", """{"messages":[]}""", ChatReadOutcome.Unavailable)]
    [InlineData("200 OK", "[{]", ChatReadOutcome.Unavailable)]
    [InlineData("200 OK", "", ChatReadOutcome.Unavailable)]
    [InlineData("500 Oops", "[]", ChatReadOutcome.Unavailable)]
    [InlineData("200 OK", "[]", ChatReadOutcome.Read)]
    public async Task Odd_answers_to_reading_a_chat_have_an_outcome(string status, string body, ChatReadOutcome outcome)
    {
        await using var server = new RawServer($"HTTP/1.1 {status}\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        using var rig = new ClientRig(server.Url);

        (await rig.Client.GetMessagesAsync("a b", Chat, Noon, 10, ClientRig.Patience, rig.Guard)).Outcome.ShouldBe(outcome);
        (await server.NextRequestAsync(rig.Guard)).ShouldStartWith(
            "GET /api/a%20b/chats/5511987654321%40c.us/messages?limit=10&downloadMedia=false&filter.timestamp.gte=1795348800&filter.fromMe=true HTTP/1.1");
    }

    [Fact]
    public async Task Messages_are_read_whatever_the_engine_writes()
    {
        const string Body = """
            [
              {"id":{"_serialized":"true_1555@c.us_W1","id":"W1"},"timestamp":1795348801,"body":null},
              {"id":"true_1555@c.us_G1","timestamp":"1795348802","fromMe":true,"body":"g"},
              {"id":{"id":"I1"},"timestamp":1795348803000,"fromMe":true,"body":7},
              {"id":"R1","timestamp":1795348804,"body":"whose?"},
              {"id":"true_1555@c.us_T1","timestamp":"soon","body":"no time"},
              {"id":"true_1555@c.us_T2","timestamp":-5,"body":"no time"},
              {"timestamp":1795348804,"fromMe":true,"body":"no id"},
              {"id":"false_1555@c.us_F1","timestamp":1795348805,"fromMe":true,"body":"the field decides"},
              "nonsense", null
            ]
            """;
        await using var server = new RawServer($"HTTP/1.1 200 OK\r\nContent-Length: {Body.Length}\r\n\r\n{Body}");
        using var rig = new ClientRig(server.Url);

        var read = await rig.Client.GetMessagesAsync("default", "1555@c.us", Noon, 10, ClientRig.Patience, rig.Guard);

        read.Messages.Select(message => (message.RawId, message.Text)).ShouldBe([("W1", ""), ("G1", "g"), ("I1", ""), ("F1", "the field decides")]);
    }

    [Fact]
    public async Task Hidden_ids_are_resolved_unknown_or_unavailable()
    {
        await using var waha = await FakeWaha.StartAsync();
        waha.Phone.Link("123456789012345@lid", "5511987654321@c.us");
        using var rig = new ClientRig(waha.Url);
        Task<LidResult> ResolveAsync(string lid) => rig.Client.ResolveLidAsync("default", lid, ClientRig.Patience, rig.Guard);

        (await ResolveAsync("123456789012345@lid")).ShouldBe(new LidResult(LidOutcome.Found, "5511987654321"));
        (await ResolveAsync("123456789012345")).Phone.ShouldBe("5511987654321");
        (await ResolveAsync("999@lid")).ShouldBe(new LidResult(LidOutcome.Unknown, null));
        waha.HasStore = false;
        (await ResolveAsync("999@lid")).Outcome.ShouldBe(LidOutcome.Unavailable);
        waha.Sessions["default"] = "FAILED";
        (await ResolveAsync("999@lid")).Outcome.ShouldBe(LidOutcome.Unavailable);
        await waha.StopAsync();
        (await ResolveAsync("999@lid")).Outcome.ShouldBe(LidOutcome.Unavailable);
        rig.Log.Lines.ShouldAllBe(line => !line.Contains("999@lid"));
    }

    [Fact]
    public async Task Answer_about_a_hidden_id_that_is_no_object_is_no_answer()
    {
        await using var server = new RawServer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]");
        using var rig = new ClientRig(server.Url);

        (await rig.Client.ResolveLidAsync("default", "1@lid", ClientRig.Patience, rig.Guard)).Outcome.ShouldBe(LidOutcome.Unavailable);
    }

    [Fact]
    public async Task Session_is_told_with_its_account()
    {
        await using var waha = await FakeWaha.StartAsync();
        using var rig = new ClientRig(waha.Url);
        Task<SessionInfo?> GetAsync(string session) => rig.Client.GetSessionAsync(session, ClientRig.Patience, rig.Guard);

        var session = (await GetAsync("default")).ShouldNotBeNull();
        session.ShouldBe(new SessionInfo("default", "WORKING", new SessionAccount("19990001111@c.us", "Fake Bot", "99900011112222@lid")));
        session.IsWorking.ShouldBeTrue();

        waha.Sessions["default"] = "SCAN_QR_CODE";
        session = (await GetAsync("default")).ShouldNotBeNull();
        session.ShouldBe(new SessionInfo("default", "SCAN_QR_CODE", null));
        session.IsWorking.ShouldBeFalse();

        (await GetAsync("another")).ShouldBeNull();
        await waha.StopAsync();
        (await GetAsync("default")).ShouldBeNull();
    }

    [Fact]
    public async Task Session_answer_without_a_status_is_none()
    {
        await using var server = new RawServer("HTTP/1.1 200 OK\r\nContent-Length: 18\r\n\r\n{\"name\":\"default\"}");
        using var rig = new ClientRig(server.Url);

        (await rig.Client.GetSessionAsync("default", ClientRig.Patience, rig.Guard)).ShouldBeNull();
    }
}
