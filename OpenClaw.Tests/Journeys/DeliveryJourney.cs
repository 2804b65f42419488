using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Journeys;

/// <summary>How an answer leaves: its bubbles, its marks, its pace, and what is known of it afterwards.</summary>
public abstract class DeliveryJourney(Setup setup) : Journey(setup)
{
    private const string Alice = "5511987654321@c.us";

    [Fact]
    public async Task A_long_answer_comes_as_several_bubbles_in_order()
    {
        await using var app = await StartAsync();
        var paragraphs = Enumerable.Range(1, 4).Select(i => $"Parágrafo {i}. " + string.Join(' ', Enumerable.Repeat("palavra", 120)) + ".").ToArray();
        app.Model.Enqueue(ScriptedReply.Text(string.Join("\n\n", paragraphs)));

        await app.SendAsync(WahaWebhook.Text("conta tudo", Alice));

        (await app.WaitForBubblesAsync(4)).Select(bubble => bubble.Text).ShouldBe(paragraphs);
        await app.WaitUntilSettledAsync();
        app.Waha.Delivered.Count.ShouldBe(4);
        app.InboundStates().ShouldBe(["sent"]);
    }

    [Fact]
    public async Task Markdown_becomes_WhatsApps_marks()
    {
        await using var app = await StartAsync();
        app.Model.Enqueue(ScriptedReply.Text("# Título\n\n**neg", "rito** e *itálico*, ~~fora~~\n\n- um\n- dois\n\n[site](https://example.org/a_b)"));

        await app.SendAsync(WahaWebhook.Text("formata", Alice));

        (await app.WaitForBubblesAsync(1))[0].Text.ShouldBe("*Título*\n\n*negrito* e _itálico_, ~fora~\n\n- um\n- dois\n\nsite (https://example.org/a_b)");
    }

    [Fact]
    public async Task With_human_pacing_it_is_seen_then_typed_then_sent()
    {
        await using var app = await StartAsync(("Delivery__HumanPacing", null));
        app.Model.Enqueue(ScriptedReply.Text("certo"));
        var message = WahaWebhook.Text("oi", Alice);

        await app.SendAsync(message);

        await app.WaitForBubblesAsync(1);
        app.Waha.Calls.Select(call => call.GetType().Name).ShouldBe([nameof(SendSeenCall), nameof(StartTypingCall), nameof(StopTypingCall), nameof(SendTextCall)]);
        app.Waha.Calls.OfType<SendSeenCall>().Single().MessageIds.ShouldBe([message.MessageId]);
        var typed = app.Waha.Calls.OfType<StartTypingCall>().Single();
        var sent = app.Waha.Calls.OfType<SendTextCall>().Single();
        typed.ChatId.ShouldBe(Alice);
        (sent.At - typed.At).ShouldBeGreaterThan(TimeSpan.FromMilliseconds(200));
    }

    [Fact]
    public async Task Between_two_bubbles_it_types_again()
    {
        await using var app = await StartAsync(("Delivery__HumanPacing", "true"));
        app.Model.Enqueue(ScriptedReply.Text(new string('a', 1500) + "\n\nfim"));

        await app.SendAsync(WahaWebhook.Text("oi", Alice));

        await app.WaitForBubblesAsync(2);
        app.Waha.Calls.Select(call => call.GetType().Name[..^4]).ShouldBe(["SendSeen", "StartTyping", "StopTyping", "SendText", "StartTyping", "StopTyping", "SendText"]);
    }

    [Fact]
    public async Task Acks_move_the_message_to_delivered_and_never_back()
    {
        await using var app = await StartAsync();
        await app.SendAsync(WahaWebhook.Text("oi", Alice));
        var bubble = (await app.WaitForBubblesAsync(1))[0];
        await app.WaitUntilSettledAsync();

        (await app.SendAsync(WahaWebhook.Ack(Alice, bubble.RawId, 1))).Outcome.ShouldBe("recorded");
        app.InboundStates().ShouldBe(["sent"]);
        (await app.SendAsync(WahaWebhook.Ack(Alice, bubble.RawId, 3))).Outcome.ShouldBe("recorded");
        (await app.SendAsync(WahaWebhook.Ack(Alice, bubble.RawId, 2))).Outcome.ShouldBe("duplicate");

        app.InboundStates().ShouldBe(["delivered"]);
        app.Query("SELECT ack FROM outbox", row => row.GetInt64(0)).ShouldBe([3]);
    }

    [Fact]
    public async Task Acks_that_come_before_the_send_is_answered_count()
    {
        await using var app = await StartAsync();
        app.Waha.FaultNext(FakeWahaFault.DeliverThenHang);
        await app.SendAsync(WahaWebhook.Text("oi", Alice));
        var bubble = (await app.WaitForBubblesAsync(1))[0];

        (await app.SendAsync(WahaWebhook.Ack(Alice, bubble.RawId, 1))).Outcome.ShouldBe("recorded");
        (await app.SendAsync(WahaWebhook.Ack(Alice, bubble.RawId, 2))).Outcome.ShouldBe("recorded");
        app.Waha.Release();

        await app.WaitUntilSettledAsync();
        app.InboundStates().ShouldBe(["delivered"]);
        app.Query("SELECT ack FROM outbox", row => row.GetInt64(0)).ShouldBe([2]);
    }

    [Fact]
    public async Task Several_bubbles_are_delivered_when_the_last_of_them_is()
    {
        await using var app = await StartAsync();
        app.Model.Enqueue(ScriptedReply.Text(new string('a', 1500) + "\n\nfim"));
        await app.SendAsync(WahaWebhook.Text("oi", Alice));
        var bubbles = await app.WaitForBubblesAsync(2);
        await app.WaitUntilSettledAsync();

        await app.SendAsync(WahaWebhook.Ack(Alice, bubbles[0].RawId, 3));
        app.InboundStates().ShouldBe(["sent"]);
        await app.SendAsync(WahaWebhook.Ack(Alice, bubbles[1].RawId, 2));

        app.InboundStates().ShouldBe(["delivered"]);
    }

    [Theory]
    [InlineData(FakeWahaEngine.Noweb)]
    [InlineData(FakeWahaEngine.Webjs)]
    [InlineData(FakeWahaEngine.Gows)]
    [InlineData(FakeWahaEngine.Empty)]
    public async Task What_WAHA_tells_back_of_our_own_message_is_its_echo_and_its_acks(object engine)
    {
        await using var app = await StartAsync();
        app.Waha.Engine = (FakeWahaEngine)engine;
        app.Waha.EchoTo(app.WebhookUrl, OpenClawApp.HmacKey);

        await app.SendAsync(WahaWebhook.Text("oi", Alice));

        await app.WaitUntilAsync(() => app.InboundStates()[0] == "delivered");
        await app.WaitUntilAsync(() => app.Query("SELECT ack FROM outbox", row => row.GetInt64(0)).Single() == 3);
        app.Query("SELECT kind FROM chat_events", row => row.GetString(0)).ShouldBe(["own_echo"]);
        app.Waha.Delivered.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_WAHA_tells_before_its_empty_answer_to_the_send_counts()
    {
        await using var app = await StartAsync();
        app.Waha.Engine = FakeWahaEngine.Empty;
        app.Waha.EchoTo(app.WebhookUrl, OpenClawApp.HmacKey);
        app.Waha.FaultNext(FakeWahaFault.DeliverThenHang);

        await app.SendAsync(WahaWebhook.Text("oi", Alice));
        await app.WaitUntilAsync(() => app.Query("SELECT level FROM acks", row => row.GetInt64(0)).Contains(3));
        app.Query("SELECT COALESCE(raw_id, 'none') FROM outbox", row => row.GetString(0)).ShouldBe(["none"]);
        app.Waha.Release();

        await app.WaitUntilAsync(() => app.InboundStates()[0] == "delivered");
        app.Query("SELECT raw_id || ':' || ack FROM outbox", row => row.GetString(0)).ShouldBe([app.Waha.Delivered.Single().RawId + ":3"]);
    }

    [Fact]
    public async Task What_WAHA_tells_under_the_chats_other_name_before_its_empty_answer_counts()
    {
        await using var app = await StartAsync();
        app.Waha.Engine = FakeWahaEngine.Empty;
        app.Waha.FaultNext(FakeWahaFault.DeliverThenHang);

        await app.SendAsync(WahaWebhook.Text("oi", "123456789012345@lid", phone: Alice));
        var sent = (await app.WaitForBubblesAsync(1))[0];
        await app.SendAsync(WahaWebhook.Own(sent.Text, Alice, sent.RawId));
        await app.SendAsync(WahaWebhook.Ack(Alice, sent.RawId, 2));
        app.Query("SELECT COALESCE(raw_id, 'none') FROM outbox", row => row.GetString(0)).ShouldBe(["none"]);
        app.Waha.Release();

        await app.WaitUntilAsync(() => app.InboundStates()[0] == "delivered");
        app.Query("SELECT raw_id || ':' || ack FROM outbox", row => row.GetString(0)).ShouldBe([sent.RawId + ":2"]);
    }

    [Fact]
    public async Task The_calls_to_WAHA_carry_the_request_id_of_the_message()
    {
        await using var app = await StartAsync();
        await app.SendAsync(WahaWebhook.Text("oi", Alice));
        await app.WaitForBubblesAsync(1);

        var id = app.Query("SELECT request_id FROM inbound", row => row.GetString(0)).Single();
        app.Waha.Calls.OfType<SendTextCall>().Single().RequestId.ShouldBe(id);
    }
}

public sealed class AllInOneDeliveryJourney() : DeliveryJourney(Setup.AllInOne);

public sealed class SplitSqliteDeliveryJourney() : DeliveryJourney(Setup.SplitSqlite);

public sealed class SplitPostgresDeliveryJourney() : DeliveryJourney(Setup.SplitPostgres);
