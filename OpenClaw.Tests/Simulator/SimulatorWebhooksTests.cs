using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Gateway.Simulator.Waha;

namespace OpenClaw.Tests.Simulator;

public sealed class SimulatorWebhooksTests
{
    [Fact]
    public async Task Session_is_announced_as_working_when_the_host_has_started()
    {
        await using var host = await SimulatorHost.StartAsync();

        var webhook = await host.NextAsync("session.status");

        webhook.Payload.GetProperty("status").GetString().ShouldBe("WORKING");
        Shape(webhook).ShouldBe(Shape(Captured(json => Is(json, "session.status") && json.GetProperty("payload").GetProperty("status").GetString() == "WORKING")));
    }

    [Fact]
    public async Task Persons_message_arrives_as_two_events_with_one_id_in_the_shape_of_a_real_server()
    {
        await using var host = await SimulatorHost.StartAsync();
        await host.SendAsync("ana", "que horas são? 🕐");

        var message = await host.NextAsync("message");
        var any = await host.NextAsync("message.any");

        Shape(message).ShouldBe(Shape(Captured(json => Is(json, "message"))));
        Shape(any).ShouldBe(Shape(message).Replace("=message", "=message.any", StringComparison.Ordinal));
        any.Json.GetProperty("id").GetString().ShouldBe(message.Json.GetProperty("id").GetString());
        any.Payload.GetRawText().ShouldBe(message.Payload.GetRawText());
        message.Json.GetProperty("id").GetString()!.ShouldMatch("^evt_[0-9a-hjkmnp-tv-z]{26}$");
        message.Payload.GetProperty("id").GetString()!.ShouldMatch("^false_5511988880001@c.us_3EB0[0-9A-F]{18}$");
        message.Payload.GetProperty("body").GetString().ShouldBe("que horas são? 🕐");
        message.Payload.GetProperty("_data").GetProperty("pushName").GetString().ShouldBe("Ana");
    }

    [Fact]
    public async Task Webhook_is_signed_over_its_bytes_and_carries_the_documented_headers()
    {
        await using var host = await SimulatorHost.StartAsync(waha: new() { WebhookHmacKey = "hmac-secret-1" });
        await host.SendAsync("bob", "hello");

        var webhook = await host.NextAsync("message");

        var expected = Convert.ToHexStringLower(HMACSHA512.HashData("hmac-secret-1"u8, webhook.Body));
        webhook.Headers["X-Webhook-Hmac"].ShouldBe(expected);
        webhook.Headers["X-Webhook-Hmac-Algorithm"].ShouldBe("sha512");
        webhook.Headers["Content-Type"].ShouldBe("application/json");
        webhook.Headers["User-Agent"].ShouldBe("WAHA/2026.2.1");
        webhook.Headers["X-Webhook-Request-Id"].ShouldMatch("^[0-9a-z]{17}$");
        webhook.Headers["X-Webhook-Timestamp"].ShouldBe(
            webhook.Json.GetProperty("timestamp").GetInt64().ToString(CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Without_a_configured_key_both_ends_share_a_generated_one()
    {
        await using var host = await SimulatorHost.StartAsync();
        var key = host.Services.GetRequiredService<WebhookKey>().Current;

        var webhook = await host.NextAsync("session.status");

        key.Length.ShouldBe(64);
        webhook.Headers["X-Webhook-Hmac"].ShouldBe(Convert.ToHexStringLower(HMACSHA512.HashData(key, webhook.Body)));
    }

    [Fact]
    public async Task Bots_text_comes_back_as_an_echo_and_three_acks_in_order()
    {
        await using var host = await SimulatorHost.StartAsync();
        await host.CallAsync("api/sendText", new { session = "default", chatId = "15550100002@c.us", text = "hi" });

        var echo = await host.NextAsync("message.any");
        Shape(echo).ShouldBe(Shape(Captured(json => Is(json, "message.any") && json.GetProperty("payload").GetProperty("source").GetString() == "api")));
        echo.Payload.GetProperty("fromMe").GetBoolean().ShouldBeTrue();
        var id = echo.Payload.GetProperty("id").GetString();
        foreach (var expected in (int[])[1, 2, 3])
        {
            var ack = await host.NextAsync("message.ack");
            Shape(ack).ShouldBe(Shape(Captured(json => Is(json, "message.ack"))));
            ack.Payload.GetProperty("ack").GetInt32().ShouldBe(expected);
            ack.Payload.GetProperty("id").GetString().ShouldBe(id);
        }
    }

    [Fact]
    public async Task Refused_webhook_is_repeated_unchanged_two_seconds_apart_until_it_is_taken()
    {
        var time = new SkippingTime(TimeSpan.FromSeconds(2));
        await using var host = await SimulatorHost.StartAsync(time);
        await host.NextAsync("session.status");
        foreach (var status in (int[])[503, 500, 302, 404])
            await host.Answers.Writer.WriteAsync(status);

        await host.SendAsync("ana", "oi");

        var first = await host.NextAsync("message");
        for (var i = 0; i < 4; i++)
        {
            var again = await host.NextAsync("message");
            again.Body.ShouldBe(first.Body);
            again.Headers["X-Webhook-Hmac"].ShouldBe(first.Headers["X-Webhook-Hmac"]);
            again.Headers["X-Webhook-Request-Id"].ShouldBe(first.Headers["X-Webhook-Request-Id"]);
            again.Headers["X-Webhook-Timestamp"].ShouldBe(first.Headers["X-Webhook-Timestamp"]);
        }

        await host.NextAsync("message.any");
        time.Count.ShouldBe(4);
        host.Waha.ChatOf("ana")!.Messages()[0].Ack.ShouldBe(MessageAck.Device);
    }

    [Fact]
    public async Task Webhook_is_given_up_after_sixteen_tries_and_the_next_goes_on()
    {
        var time = new SkippingTime(TimeSpan.FromSeconds(2));
        await using var host = await SimulatorHost.StartAsync(time);
        await host.NextAsync("session.status");
        var chat = host.Waha.ChatOf("ana")!;
        var view = chat.Open()!;
        for (var i = 0; i < 32; i++)
            await host.Answers.Writer.WriteAsync(503);

        await host.SendAsync("ana", "perdida");
        for (var i = 0; i < 16; i++)
            await host.NextAsync("message");
        for (var i = 0; i < 16; i++)
            await host.NextAsync("message.any");

        var failed = await ChangesAsync(view).OfType<ChatChange.Message>().FirstAsync(change => change.Value.Ack == MessageAck.Error);
        failed.Value.Text.ShouldBe("perdida");

        await host.SendAsync("ana", "chegou");
        (await host.NextAsync("message")).Payload.GetProperty("body").GetString().ShouldBe("chegou");
    }

    [Fact]
    public async Task Receivers_retry_after_is_waited_for_up_to_a_minute()
    {
        var time = new SkippingTime(TimeSpan.FromMinutes(1));
        await using var host = await SimulatorHost.StartAsync(time);
        await host.NextAsync("session.status");
        await host.Answers.Writer.WriteAsync(429);
        host.RetryAfter = "3600";

        await host.SendAsync("ana", "oi");

        await host.NextAsync("message");
        await host.NextAsync("message");
        time.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Two_people_do_not_wait_for_each_other()
    {
        await using var host = await SimulatorHost.StartAsync();
        var held = new TaskCompletionSource();
        host.OnWebhook = webhook => webhook.Payload.TryGetProperty("from", out var from) && from.GetString()!.StartsWith("55", StringComparison.Ordinal)
            ? held.Task
            : Task.CompletedTask;

        await host.SendAsync("ana", "espera");
        await host.SendAsync("bob", "goes ahead");

        (await host.NextAsync("message")).Payload.GetProperty("body").GetString().ShouldBe("goes ahead");
        held.SetResult();
        (await host.NextAsync("message")).Payload.GetProperty("body").GetString().ShouldBe("espera");
    }

    [Fact]
    public async Task Resend_posts_the_identical_webhook_of_the_latest_message_and_tells_what_came_back()
    {
        await using var host = await SimulatorHost.StartAsync();
        using var tooEarly = await host.Browser.PostAsJsonAsync("simulator/resend", new { person = "ana" });
        ((int)tooEarly.StatusCode).ShouldBe(409);

        await host.SendAsync("ana", "antes");
        await host.SendAsync("ana", "oi");
        await host.NextAsync("message");
        var first = await host.NextAsync("message");
        await host.NextAsync("message.any");
        using var response = await host.Browser.PostAsJsonAsync("simulator/resend", new { person = "Ana" });

        (await response.Content.ReadAsStringAsync()).ShouldBe("""{"event":"message","status":202}""");
        var again = await host.NextAsync("message");
        again.Body.ShouldBe(first.Body);
        again.Headers["X-Webhook-Hmac"].ShouldBe(first.Headers["X-Webhook-Hmac"]);
        again.Headers["X-Webhook-Request-Id"].ShouldBe(first.Headers["X-Webhook-Request-Id"]);
    }

    [Fact]
    public async Task Duplicate_is_the_same_message_in_a_new_event()
    {
        await using var host = await SimulatorHost.StartAsync();
        await host.SendAsync("ana", "oi");
        var first = await host.NextAsync("message");

        using var response = await host.Browser.PostAsJsonAsync("simulator/faults", new { person = "ana", fault = "duplicate" });

        response.EnsureSuccessStatusCode();
        var again = await host.NextAsync("message");
        again.Payload.GetRawText().ShouldBe(first.Payload.GetRawText());
        again.Json.GetProperty("id").GetString().ShouldNotBe(first.Json.GetProperty("id").GetString());
        again.Headers["X-Webhook-Request-Id"].ShouldNotBe(first.Headers["X-Webhook-Request-Id"]);
    }

    [Fact]
    public async Task Message_from_a_hidden_id_has_the_shape_of_a_real_one()
    {
        await using var host = await SimulatorHost.StartAsync();

        using var response = await host.Browser.PostAsJsonAsync("simulator/faults", new { person = "bob", fault = "lid" });

        var webhook = await host.NextAsync("message");
        Shape(webhook).ShouldBe(Shape(Captured(json => Is(json, "message") && From(json).EndsWith("@lid", StringComparison.Ordinal))));
        From(webhook.Json).ShouldBe("100000000000002@lid");
        webhook.Payload.GetProperty("_data").GetProperty("key").GetProperty("remoteJidAlt").GetString().ShouldBe("15550100002@s.whatsapp.net");
        webhook.Payload.GetProperty("id").GetString()!.ShouldStartWith("false_100000000000002@lid_");
    }

    [Fact]
    public async Task Group_message_has_the_shape_of_a_real_one()
    {
        await using var host = await SimulatorHost.StartAsync();

        await host.SendAsync("group", "oi, gente");

        var webhook = await host.NextAsync("message");
        Shape(webhook).ShouldBe(Shape(Captured(json => Is(json, "message") && From(json).EndsWith("@g.us", StringComparison.Ordinal))));
        webhook.Payload.GetProperty("participant").GetString().ShouldBe("5511988880001@c.us");
        webhook.Payload.GetProperty("id").GetString()!.ShouldEndWith("_5511988880001@c.us");
    }

    [Fact]
    public async Task Dropped_link_is_announced_and_so_is_its_return()
    {
        await using var host = await SimulatorHost.StartAsync();
        await host.NextAsync("session.status");

        using var down = await host.Browser.PostAsJsonAsync("simulator/faults", new { person = "ana", fault = "link" });
        var failed = await host.NextAsync("session.status");
        using var up = await host.Browser.PostAsJsonAsync("simulator/faults", new { person = "ana", fault = "link", on = false });
        var working = await host.NextAsync("session.status");

        failed.Payload.GetProperty("status").GetString().ShouldBe("FAILED");
        working.Payload.GetProperty("status").GetString().ShouldBe("WORKING");
        working.Payload.GetProperty("statuses").EnumerateArray().Select(status => status.GetProperty("status").GetString()).ShouldBe(["FAILED", "WORKING"]);
    }

    private static string From(JsonElement json) => json.GetProperty("payload").GetProperty("from").GetString()!;

    private static async IAsyncEnumerable<ChatChange> ChangesAsync(ChatView view)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await foreach (var change in view.Changes.ReadAllAsync(patience.Token))
            yield return change;
    }

    private static bool Is(JsonElement json, string name) => json.GetProperty("event").GetString() == name;

    private static ReceivedWebhook Captured(Func<JsonElement, bool> which) => File
        .ReadLines(Path.Combine(AppContext.BaseDirectory, "Captures", "webhooks-03-fake-messages.jsonl"))
        .Select(line => JsonDocument.Parse(line).RootElement)
        .Where(line => line.TryGetProperty("bodyRaw", out var raw) && raw.ValueKind == JsonValueKind.String && raw.GetString()!.StartsWith('{'))
        .Select(line => new ReceivedWebhook(new Dictionary<string, string>(), Encoding.UTF8.GetBytes(line.GetProperty("bodyRaw").GetString()!)))
        .First(webhook => webhook.Json.TryGetProperty("event", out _) && which(webhook.Json));

    /// <summary>Names, order and kinds of the members, at every depth, and the event's name.</summary>
    private static string Shape(ReceivedWebhook webhook) => $"{Shape(webhook.Json)}={webhook.Event}";

    private static string Shape(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => $"{{{string.Join(',', json.EnumerateObject().Select(member => $"{member.Name}:{Shape(member.Value)}"))}}}",
        JsonValueKind.Array => $"[{string.Join(',', json.EnumerateArray().Select(Shape))}]",
        JsonValueKind.True or JsonValueKind.False => "bool",
        var kind => kind.ToString(),
    };
}
