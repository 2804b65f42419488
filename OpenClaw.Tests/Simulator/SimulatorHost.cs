using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OpenClaw.Core.WhatsApp;
using OpenClaw.Gateway.Simulator;
using OpenClaw.Gateway.Simulator.Waha;

namespace OpenClaw.Tests.Simulator;

/// <summary>A webhook as it arrived.</summary>
internal sealed record ReceivedWebhook(IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public JsonElement Json { get; } = JsonDocument.Parse(Body).RootElement;

    public string Event => Json.GetProperty("event").GetString()!;

    public JsonElement Payload => Json.GetProperty("payload");
}

/// <summary>The simulator on a real port, with a webhook endpoint beside it that keeps what it gets and answers as told.</summary>
internal sealed class SimulatorHost : IAsyncDisposable
{
    private readonly Channel<ReceivedWebhook> _webhooks = Channel.CreateUnbounded<ReceivedWebhook>();
    private readonly WebApplication _app;

    private SimulatorHost(WebApplication app) => _app = app;

    /// <summary>Status codes for the next webhooks, in order; 202 when there are none left.</summary>
    public Channel<int> Answers { get; } = Channel.CreateUnbounded<int>();

    /// <summary>Sent with every webhook's answer when set.</summary>
    public string? RetryAfter { get; set; }

    /// <summary>What the stand-in for the product does with a webhook before it answers.</summary>
    public Func<ReceivedWebhook, Task> OnWebhook { get; set; } = _ => Task.CompletedTask;

    public Uri Root => Services.GetRequiredService<SimulatorAddress>().Root!;

    public IServiceProvider Services => _app.Services;

    public SimulatedWaha Waha => Services.GetRequiredService<SimulatedWaha>();

    public HttpClient Browser { get; private set; } = null!;

    /// <summary>Calls the WAHA API with its key.</summary>
    public HttpClient Product { get; private set; } = null!;

    public static async Task<SimulatorHost> StartAsync(
        TimeProvider? time = null, WahaOptions? waha = null, string url = "http://127.0.0.1:0", params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => (string?)setting.Value));
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(url);
        if (time is not null)
            builder.Services.AddSingleton(time);
        if (waha is not null)
            builder.Services.AddSingleton(Options.Create(waha));
        builder.Services.AddSimulator();

        var app = builder.Build();
        var host = new SimulatorHost(app);
        app.MapSimulator();
        app.MapPost("/webhooks/waha", host.TakeAsync);
        await app.StartAsync();

        var address = app.Services.GetRequiredService<IWahaAddress>();
        host.Browser = new HttpClient { BaseAddress = host.Root };
        host.Product = new HttpClient { BaseAddress = address.BaseAddress };
        host.Product.DefaultRequestHeaders.Add("X-Api-Key", address.ApiKey);
        return host;
    }

    /// <summary>The next webhook of the given event.</summary>
    public async Task<ReceivedWebhook> NextAsync(string name)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            var webhook = await _webhooks.Reader.ReadAsync(patience.Token);
            if (webhook.Event == name)
                return webhook;
        }
    }

    public Task<HttpResponseMessage> SendAsync(string person, string text) =>
        Browser.PostAsJsonAsync("simulator/messages", new { person, text });

    public Task<HttpResponseMessage> CallAsync(string path, object body) => Product.PostAsJsonAsync(path, body);

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Browser.Dispose();
        Product.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
        var webhook = new ReceivedWebhook(headers, body.ToArray());
        await OnWebhook(webhook);
        context.Response.StatusCode = Answers.Reader.TryRead(out var status) ? status : StatusCodes.Status202Accepted;
        if (RetryAfter is not null)
            context.Response.Headers.RetryAfter = RetryAfter;
        await _webhooks.Writer.WriteAsync(webhook);
    }
}

internal static class ResponseReading
{
    public static async Task<JsonElement> JsonAsync(this HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;

    public static StringContent AsJson(this string text) => new(text, Encoding.UTF8, "application/json");
}

/// <summary>Lets waits of chosen lengths pass at once and keeps count of them.</summary>
internal sealed class SkippingTime(TimeSpan skipped) : TimeProvider
{
    private int _count;

    public int Count => _count;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime != skipped)
            return base.CreateTimer(callback, state, dueTime, period);
        Interlocked.Increment(ref _count);
        return base.CreateTimer(callback, state, TimeSpan.Zero, period);
    }
}
