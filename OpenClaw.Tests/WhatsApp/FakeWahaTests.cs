using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.WhatsApp;

public sealed class FakeWahaTests
{
    [Fact]
    public async Task Echo_posts_the_message_and_its_acks_signed()
    {
        var received = System.Threading.Channels.Channel.CreateUnbounded<(string Body, string Hmac)>();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddRoutingCore();
        await using var gateway = builder.Build();
        gateway.MapPost("/webhooks/waha", async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            await received.Writer.WriteAsync((await reader.ReadToEndAsync(), context.Request.Headers["X-Webhook-Hmac"].ToString()));
        });
        await gateway.StartAsync();
        await using var waha = await FakeWaha.StartAsync();
        var echo = waha.EchoTo(new Uri(new Uri(gateway.Urls.Single()), "/webhooks/waha"), "secret");
        using var rig = new ClientRig(waha.Url);

        var sent = await rig.SendAsync("echo me");
        await echo.CompleteAsync();
        received.Writer.Complete();

        var events = new List<string>();
        await foreach (var (body, hmac) in received.Reader.ReadAllAsync(rig.Guard))
        {
            hmac.ShouldBe(WahaWebhook.Sign(System.Text.Encoding.UTF8.GetBytes(body), "secret"));
            using var json = JsonDocument.Parse(body);
            json.RootElement.GetProperty("payload").GetProperty("id").GetString()!.ShouldEndWith(sent.RawId!);
            events.Add(json.RootElement.GetProperty("event").GetString()!);
        }

        events.ShouldBe(["message.any", "message.ack", "message.ack", "message.ack"]);
    }

    [Fact]
    public void Webhooks_have_the_keys_of_the_recorded_ones()
    {
        var recorded = Recorded().ToList();
        KeysOf(WahaWebhook.Text("hi").Body).ShouldBe(KeysOf(recorded.First(body => IsMessage(body, "@c.us"))), ignoreOrder: true);
        KeysOf(WahaWebhook.Text("hi", "123456789012345@lid", phone: "15559876543@c.us").Body).ShouldBe(KeysOf(recorded.First(body => IsMessage(body, "@lid"))), ignoreOrder: true);
        KeysOf(WahaWebhook.InGroup("hi").Body).ShouldBe(KeysOf(recorded.First(body => IsMessage(body, "@g.us"))), ignoreOrder: true);
        KeysOf(WahaWebhook.Ack("1555@c.us", "AB", 2).Body).ShouldBe(KeysOf(recorded.First(body => body.Contains("\"message.ack\""))), ignoreOrder: true);
        KeysOf(WahaWebhook.Reaction("👍", "true_1555@c.us_AB").Body).ShouldBe(KeysOf(recorded.First(body => body.Contains("\"message.reaction\""))), ignoreOrder: true);
    }

    [Fact]
    public void Signature_is_the_one_that_was_recorded()
    {
        foreach (var line in File.ReadLines(CapturePath).Where(line => line.Contains("\"hmacOk\":true")))
        {
            using var json = JsonDocument.Parse(line);
            var body = json.RootElement.GetProperty("bodyRaw").GetString()!;
            var header = json.RootElement.GetProperty("headers").EnumerateArray().First(pair => pair[0].GetString() == "X-Webhook-Hmac")[1].GetString();
            WahaWebhook.Sign(System.Text.Encoding.UTF8.GetBytes(body), "hmac-secret-1").ShouldBe(header);
        }
    }

    [Fact]
    public async Task Fake_answers_as_the_recordings_do()
    {
        await using var waha = await FakeWaha.StartAsync();
        waha.Sessions["default"] = "STARTING";
        using var http = new HttpClient();

        (await http.GetStringAsync(new Uri(waha.Url, "ping"))).ShouldBe("""{"message":"pong"}""");
        (await AskAsync(http, waha, "api/sessions", key: "wrong")).ShouldBe((401, """{"message":"Unauthorized","statusCode":401}"""));
        (await AskAsync(http, waha, "api/sendText", "{\"chatId\":\"1555@c.us\"}")).Status.ShouldBe(400);
        (await AskAsync(http, waha, "api/sendText", "{broken")).Status.ShouldBe(400);
        (await AskAsync(http, waha, "api/sendText", "{\"session\":\"default\",\"chatId\":\"1555@c.us\",\"text\":\"x\"}")).Body
            .ShouldBe("""{"error":"Session status is not as expected. Try again later or restart the session","session":"default","status":"STARTING","expected":["WORKING"]}""");
        (await AskAsync(http, waha, "api/gone/chats/1@c.us/messages")).Body.ShouldContain("does not exist");
        (await AskAsync(http, waha, "api/server/status")).Body.ShouldContain("startTimestamp");
        waha.Phone.Link("1@lid", "1555@c.us");
        (await AskAsync(http, waha, "api/default/lids/pn/1555")).Body.ShouldBe("""{"lid":"1@lid","pn":"1555@c.us"}""");
    }

    private static string CapturePath => Path.Combine(AppContext.BaseDirectory, "Captures", "webhooks-03-fake-messages.jsonl");

    private static async Task<(int Status, string Body)> AskAsync(HttpClient http, FakeWaha waha, string path, string? body = null, string? key = null)
    {
        using var request = new HttpRequestMessage(body is null ? HttpMethod.Get : HttpMethod.Post, new Uri(waha.Url, path));
        request.Headers.Add("X-Api-Key", key ?? waha.ApiKey);
        if (body is not null)
            request.Content = new StringContent(body);
        using var response = await http.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static IEnumerable<string> Recorded()
    {
        foreach (var line in File.ReadLines(CapturePath))
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.TryGetProperty("bodyRaw", out var body))
                yield return body.GetString()!;
        }
    }

    private static bool IsMessage(string body, string server)
    {
        using var json = JsonDocument.Parse(body);
        var root = json.RootElement;
        return root.GetProperty("event").GetString() == "message" && root.GetProperty("payload").GetProperty("from").GetString()!.EndsWith(server, StringComparison.Ordinal);
    }

    private static List<string> KeysOf(string body)
    {
        using var json = JsonDocument.Parse(body);
        var root = json.RootElement;
        var payload = root.GetProperty("payload");
        var keys = root.EnumerateObject().Select(p => p.Name).Concat(payload.EnumerateObject().Select(p => "payload." + p.Name)).ToList();
        if (payload.TryGetProperty("_data", out var data))
            keys.AddRange(data.GetProperty("key").EnumerateObject().Select(p => "_data.key." + p.Name));
        return keys;
    }
}
