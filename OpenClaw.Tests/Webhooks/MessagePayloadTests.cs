using System.Text.Json;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Gateway.Webhooks;

namespace OpenClaw.Tests.Webhooks;

/// <summary>One message, three engines: the same answers from different shapes.</summary>
public sealed class MessagePayloadTests
{
    [Theory]
    [InlineData("""{"id":"true_5511987654321@c.us"}""")]
    [InlineData("""{"id":"5511987654321@c.us"}""")]
    public void An_address_is_no_message_id(string payload) => Read(payload).ShouldBeNull();

    [Theory]
    [InlineData("NOWEB", """{"id":"true_5511987654321@c.us_3EB0","fromMe":true,"from":"5511987654321@c.us"}""")]
    [InlineData("GOWS", """{"id":"true_5511987654321@c.us_3EB0","fromMe":true,"from":"5511987654321@c.us","to":"19990001111@c.us"}""")]
    [InlineData("WEBJS", """{"id":"true_5511987654321@c.us_3EB0","fromMe":true,"from":"19990001111@c.us","to":"5511987654321@c.us"}""")]
    [InlineData("WEBJS", """{"id":"true_5511987654321@c.us_3EB0","fromMe":true,"from":"19990001111@c.us"}""")]
    [InlineData(null, """{"id":"true_5511987654321@c.us_3EB0","from":"5511987654321@s.whatsapp.net"}""")]
    public void The_chat_of_an_own_message_is_the_other_side(string? engine, string payload)
    {
        var message = Read(payload, engine)!;

        (message.Chat, message.FromMe, message.Key.RawId).ShouldBe((ChatId.OfPhone("5511987654321"), true, "3EB0"));
    }

    [Theory]
    [InlineData("""{"id":"false_1@lid_3EB0","from":"1@lid","_data":{"key":{"remoteJidAlt":"5511987654321@s.whatsapp.net"}}}""")]
    [InlineData("""{"id":"false_1@lid_3EB0","from":"1@lid","_data":{"key":{"senderPn":"5511987654321@s.whatsapp.net"}}}""")]
    [InlineData("""{"id":"false_1@lid_3EB0","from":"1@lid","_data":{"Info":{"SenderAlt":"5511987654321:4@s.whatsapp.net"}}}""")]
    public void The_number_behind_a_hidden_id_is_read_where_the_engine_tells_it(string payload) =>
        Read(payload)!.AuthorAlt.ShouldBe(ChatId.OfPhone("5511987654321"));

    [Theory]
    [InlineData("""{"id":"false_1@g.us_3EB0","from":"1@g.us","participant":"5511987654321@c.us"}""")]
    [InlineData("""{"id":"false_1@g.us_3EB0_5511987654321@c.us","from":"1@g.us"}""")]
    [InlineData("""{"id":"false_1@g.us_3EB0","from":"1@g.us","_data":{"key":{"participant":"5511987654321@s.whatsapp.net"}}}""")]
    [InlineData("""{"id":"false_1@g.us_3EB0","from":"1@g.us","_data":{"Info":{"Sender":"5511987654321@s.whatsapp.net"}}}""")]
    public void The_author_in_a_group_is_the_participant(string payload) => Read(payload)!.Author.ShouldBe(ChatId.OfPhone("5511987654321"));

    [Theory]
    [InlineData("""{"_data":{"key":{"participantAlt":"5511987654321@s.whatsapp.net"}}}""")]
    [InlineData("""{"_data":{"key":{"participantPn":"5511987654321@s.whatsapp.net"}}}""")]
    [InlineData("""{"_data":{"Info":{"SenderAlt":"5511987654321@s.whatsapp.net"}}}""")]
    public void A_hidden_participants_number_is_read_too(string data)
    {
        var payload = data.Replace("{\"_data\"", "{\"id\":\"false_1@g.us_3EB0\",\"from\":\"1@g.us\",\"participant\":\"7@lid\",\"_data\"", StringComparison.Ordinal);

        var message = Read(payload)!;

        (message.Author?.ToString(), message.AuthorAlt?.ToString()).ShouldBe(("7@lid", "5511987654321@c.us"));
    }

    [Theory]
    [InlineData("""{"pushName":"Ana"}""")]
    [InlineData("""{"notifyName":"Ana"}""")]
    [InlineData("""{"Info":{"PushName":"Ana"}}""")]
    public void The_display_name_is_read_by_engine(string data) =>
        Read($$"""{"id":"false_1@c.us_3EB0","_data":{{data}}}""")!.SenderName.ShouldBe("Ana");

    [Theory]
    [InlineData("1795336705", 1795336705L)]
    [InlineData("1795336705225", 1795336705L)]
    [InlineData("\"1795336705\"", 1795336705L)]
    [InlineData("1795336705.9", 1795336705L)]
    [InlineData("0", null)]
    [InlineData("-1", null)]
    [InlineData("1e300", null)]
    [InlineData("true", null)]
    public void Times_are_seconds_or_milliseconds(string timestamp, long? seconds) =>
        (Read($$"""{"id":"false_1@c.us_3EB0","timestamp":{{timestamp}}}""")!.SentAt?.ToUnixTimeSeconds()).ShouldBe(seconds);

    [Theory]
    [InlineData("""{"hasMedia":true,"media":{"mimetype":"video/mp4"}}""", "video")]
    [InlineData("""{"hasMedia":true,"media":null}""", "file")]
    [InlineData("""{"hasMedia":true,"media":{"mimetype":"a-type-that-nobody-would-believe/x"}}""", "file")]
    [InlineData("""{"_data":{"message":{"pollCreationMessageV3":{}}}}""", "poll")]
    [InlineData("""{"_data":{"message":{"documentMessage":{}}}}""", "file")]
    [InlineData("""{"hasMedia":false}""", null)]
    public void What_came_besides_text_has_a_kind(string fields, string? kind) =>
        Read($$"""{"id":"false_1@c.us_3EB0",{{fields[1..]}}""")!.Media.ShouldBe(kind);

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"id":""}""")]
    [InlineData("""{"id":[]}""")]
    [InlineData("""{"id":"false_1@c.us_"}""")]
    public void Without_an_id_there_is_no_message(string payload) => Read(payload).ShouldBeNull();

    private static MessagePayload? Read(string payload, string? engine = "NOWEB")
    {
        using var document = JsonDocument.Parse(payload);
        return MessagePayload.TryRead(document.RootElement.Clone(), engine);
    }
}
