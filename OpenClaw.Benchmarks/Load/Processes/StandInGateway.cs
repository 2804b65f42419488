using System.Buffers;
using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Http;
using OpenClaw.Benchmarks.Load.Fakes;

namespace OpenClaw.Benchmarks.Load.Processes;

/// <summary>
/// What the runner expects of a Gateway, as a program: it reads the same environment, answers /health, checks the signature,
/// acknowledges with 202, asks the model and sends the answer, a chat's messages in order. It stores nothing, so it loses what is
/// in flight when killed: the self test shows with it that the runner notices.
/// </summary>
internal sealed class StandInGateway(byte[] hmacKey, bool answers, HttpClient model, HttpClient waha)
{
    private readonly ConcurrentDictionary<string, Channel<string>> _lanes = new(StringComparer.Ordinal);

    /// <summary>Starts this very program again as a stand-in.</summary>
    public static IReadOnlyList<string> Command =>
        [.. GatewayLaunch.CommandOf(typeof(StandInGateway).Assembly.Location), "load", "stand-in"];

    /// <summary>Runs until the process is killed.</summary>
    public static async Task RunAsync()
    {
        using var model = new HttpClient { BaseAddress = new Uri(Setting("Ai__Main__Endpoint") + "/") };
        using var waha = new HttpClient { BaseAddress = new Uri(Setting("Waha__BaseUrl")) };
        waha.DefaultRequestHeaders.Add("X-Api-Key", Setting("Waha__ApiKey"));
        var gateway = new StandInGateway(Encoding.UTF8.GetBytes(Setting("Waha__WebhookHmacKey")), Setting("Worker__Mode") == "Embedded", model, waha);
        await using var server = await LoopbackServer.StartAsync(gateway.HandleAsync, new Uri(Setting("ASPNETCORE_URLS")).Port);
        await server.WaitForShutdownAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        context.Response.ContentLength = 0;
        if (context.Request.Path == "/health")
        {
            return;
        }

        var signature = context.Request.Headers["X-Webhook-Hmac"].ToString();
        var body = await LoopbackServer.ReadBodyAsync(context.Request.BodyReader, b => b.ToArray());
        if (!CryptographicOperations.FixedTimeEquals(HMACSHA512.HashData(hmacKey, body), Convert.FromHexString(signature)))
        {
            context.Response.StatusCode = 401;
            return;
        }

        if (answers)
        {
            using var webhook = JsonDocument.Parse(body);
            var payload = webhook.RootElement.GetProperty("payload");
            Lane(payload.GetProperty("from").GetString()!).Writer.TryWrite(payload.GetProperty("body").GetString()!);
        }

        context.Response.StatusCode = 202;
    }

    private Channel<string> Lane(string chatId)
    {
        if (_lanes.TryGetValue(chatId, out var lane))
        {
            return lane;
        }

        var created = Channel.CreateUnbounded<string>();
        lane = _lanes.GetOrAdd(chatId, created);
        if (lane == created)
        {
            _ = AnswerAsync(chatId, lane.Reader);
        }

        return lane;
    }

    private async Task AnswerAsync(string chatId, ChannelReader<string> texts)
    {
        await foreach (var text in texts.ReadAllAsync())
        {
            var answer = await AskAsync(text);
            using var sent = await waha.PostAsJsonAsync("api/sendText", new { session = "default", chatId, text = answer });
            sent.EnsureSuccessStatusCode();
        }
    }

    private async Task<string> AskAsync(string text)
    {
        using var content = JsonContent.Create(new { model = "scripted", stream = true, messages = new[] { new { role = "user", content = text } } });
        using var request = new HttpRequestMessage(HttpMethod.Post, "chat/completions") { Content = content };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        using var response = await model.SendAsync(request);
        var answer = new StringBuilder();
        foreach (var line in (await response.Content.ReadAsStringAsync()).Split('\n'))
        {
            if (line.StartsWith("data: {", StringComparison.Ordinal))
            {
                using var chunk = JsonDocument.Parse(line.AsMemory("data: ".Length));
                var choices = chunk.RootElement.GetProperty("choices");
                answer.Append(choices.GetArrayLength() > 0 && choices[0].GetProperty("delta").TryGetProperty("content", out var part) ? part.GetString() : null);
            }
        }

        return answer.ToString();
    }

    private static string Setting(string key) =>
        System.Environment.GetEnvironmentVariable(key) ?? throw new InvalidOperationException($"{key} is not set.");
}
