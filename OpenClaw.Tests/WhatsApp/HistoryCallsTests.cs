using System.Text;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.WhatsApp;

/// <summary>Chats and messages as WAHA remembers them.</summary>
public sealed class HistoryCallsTests
{
    private const string Chat = "5511987654321@c.us";
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Chats_and_their_messages_are_read_page_by_page_newest_first()
    {
        await using var waha = await FakeWaha.StartAsync();
        waha.Phone.Add("default", Chat, "too old", at: Noon.AddSeconds(-1));
        for (var i = 0; i < 3; i++)
            waha.Phone.Add("default", Chat, $"{i}", rawId: $"A{i}", fromMe: i == 1, at: Noon.AddSeconds(i));
        waha.Phone.Add("default", "1777@c.us", "another chat", at: Noon.AddSeconds(9));
        using var rig = new ClientRig(waha.Url);

        var chats = await rig.Client.ListChatsAsync("default", 1, 1, ClientRig.Patience, rig.Guard);
        var page = await rig.Client.ReadHistoryAsync("default", chats.Chats[0].Id, Noon.AddMilliseconds(900), 2, 1, ClientRig.Patience, rig.Guard);

        (chats.Outcome, chats.Count, chats.Chats.Single()).ShouldBe((HistoryOutcome.Read, 1, new ListedChat(ChatId.Parse(Chat)!.Value, Noon.AddSeconds(2))));
        page.Outcome.ShouldBe(HistoryOutcome.Read);
        page.Messages.Select(message => message.GetProperty("id").GetString()).ShouldBe([$"true_{Chat}_A1", $"false_{Chat}_A0"]);
        waha.Calls.OfType<ReadChatCall>().Single().Since.ShouldBe(Noon.ToUnixTimeSeconds());
    }

    [Fact]
    public async Task A_store_that_is_off_is_told_from_a_session_that_does_not_work_and_from_silence()
    {
        await using var waha = await FakeWaha.StartAsync();
        using var rig = new ClientRig(waha.Url);
        waha.HasStore = false;
        (await OutcomesAsync()).ShouldBe((HistoryOutcome.NotKept, HistoryOutcome.NotKept));
        waha.Sessions["default"] = "FAILED";
        (await OutcomesAsync()).ShouldBe((HistoryOutcome.Unavailable, HistoryOutcome.Unavailable));
        await waha.StopAsync();
        (await OutcomesAsync()).ShouldBe((HistoryOutcome.Unavailable, HistoryOutcome.Unavailable));

        async Task<(HistoryOutcome, HistoryOutcome)> OutcomesAsync() => (
            (await rig.Client.ListChatsAsync("default", 10, 0, ClientRig.Patience, rig.Guard)).Outcome,
            (await rig.Client.ReadHistoryAsync("default", ChatId.Parse(Chat)!.Value, Noon, 10, 0, ClientRig.Patience, rig.Guard)).Outcome);
    }

    [Theory]
    [InlineData("""{"id":"5511987654321@s.whatsapp.net","conversationTimestamp":1795348800}""")]
    [InlineData("""{"id":"5511987654321@s.whatsapp.net","conversationTimestamp":"1795348800"}""")]
    [InlineData("""{"id":"5511987654321:7@s.whatsapp.net","conversationTimestamp":{"low":1795348800,"high":0,"unsigned":true}}""")]
    [InlineData("""{"id":{"server":"c.us","user":"5511987654321","_serialized":"5511987654321@c.us"},"timestamp":1795348800}""")]
    [InlineData("""{"id":"5511987654321@c.us","name":null,"lastMessage":{"timestamp":1795348800}}""")]
    public void Every_engines_chats_are_understood(string chat)
    {
        var page = WahaAnswers.ChatList(Answer($"[{chat}]"));

        page.Chats.Single().ShouldBe(new ListedChat(ChatId.Parse(Chat)!.Value, DateTimeOffset.FromUnixTimeSeconds(1_795_348_800)));
    }

    [Theory]
    [InlineData("""{"id":"5511987654321@c.us"}""", 1)]
    [InlineData("""{"id":"5511987654321@c.us","conversationTimestamp":"soon"}""", 1)]
    [InlineData("""{"id":"5511987654321@c.us","conversationTimestamp":"\ud83d"}""", 1)]
    [InlineData("""{"id":null}""", 0)]
    [InlineData("null", 0)]
    [InlineData("7", 0)]
    public void What_cannot_be_understood_costs_no_more_than_itself(string chat, int chats)
    {
        var page = WahaAnswers.ChatList(Answer($"[{chat}]"));

        (page.Outcome, page.Count, page.Chats.Count).ShouldBe((HistoryOutcome.Read, 1, chats));
        page.Chats.ShouldAllBe(listed => listed.LastAt == null);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[")]
    [InlineData("")]
    public void An_answer_that_is_no_list_is_no_history(string body)
    {
        WahaAnswers.ChatList(Answer(body)).Outcome.ShouldBe(HistoryOutcome.Unavailable);
        WahaAnswers.History(Answer(body)).Outcome.ShouldBe(HistoryOutcome.Unavailable);
    }

    private static WahaAnswer Answer(string body) => new(WahaExchange.Answered, 200, Encoding.UTF8.GetBytes(body), true, null, "http_200");
}
