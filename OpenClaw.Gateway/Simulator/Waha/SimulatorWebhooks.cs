using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Threading.Channels;
using OpenClaw.Core.WhatsApp;
using OpenClaw.ServiceDefaults.Background;

namespace OpenClaw.Gateway.Simulator.Waha;

/// <summary>Posts the simulator's webhooks to this process over HTTP, signed and repeated as WAHA does: 15 more tries, 2 s apart.</summary>
internal sealed partial class SimulatorWebhooks(
    WebhookQueue queue,
    SimulatedWaha waha,
    SimulatorAddress address,
    WebhookKey key,
    TimeProvider time,
    IHostApplicationLifetime lifetime,
    ILogger<SimulatorWebhooks> logger) : BackgroundService
{
    private const int MostAttempts = 1 + 15;
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);

    // WAHA waits for ever; here a hanging answer would stop a whole chat. Never through a proxy: the other end is this process.
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false })
    {
        Timeout = TimeSpan.FromSeconds(60),
        MaxResponseContentBufferSize = 64 * 1024,
    };

    /// <summary>Sends a webhook once more, the same bytes and headers.</summary>
    /// <returns>What came back.</returns>
    public async Task<WebhookReport> ResendAsync(SimulatedWebhook webhook, CancellationToken cancellationToken)
    {
        var answer = await PostAsync(webhook, cancellationToken);
        var report = new WebhookReport(webhook.Event, answer.Status, Attempt: 1, GaveUp: false, Now, webhook.RawId, answer.Outcome);
        waha.Report(webhook, report);
        return report;
    }

    /// <inheritdoc />
    public override void Dispose()
    {
        _http.Dispose();
        base.Dispose();
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await lifetime.ListeningAsync(stoppingToken);
        waha.AnnounceSession();
        await SideBySide.RunAsync(queue.Lines.Select(line => (Func<CancellationToken, Task>)(token => DeliverAllAsync(line, token))), stoppingToken);
    }

    private async Task DeliverAllAsync(ChannelReader<SimulatedWebhook> line, CancellationToken cancellationToken)
    {
        while (await line.WaitToReadAsync(cancellationToken))
        {
            // One that is cut off because another line failed stays the first of its own; one that is itself the trouble does not.
            while (line.TryPeek(out var webhook))
            {
                try
                {
                    await DeliverAsync(webhook, cancellationToken);
                }
                catch (Exception) when (!cancellationToken.IsCancellationRequested)
                {
                    Remove(line, webhook);
                    throw;
                }

                Remove(line, webhook);
            }
        }
    }

    /// <summary>Unless a line that is too long forgot it meanwhile.</summary>
    private static void Remove(ChannelReader<SimulatedWebhook> line, SimulatedWebhook webhook)
    {
        if (line.TryPeek(out var first) && ReferenceEquals(first, webhook))
            line.TryRead(out _);
    }

    private async Task DeliverAsync(SimulatedWebhook webhook, CancellationToken cancellationToken)
    {
        for (var attempt = 1; attempt <= MostAttempts; attempt++)
        {
            var (status, retryAfter, outcome) = await PostAsync(webhook, cancellationToken);
            var report = new WebhookReport(webhook.Event, status, attempt, GaveUp: attempt == MostAttempts && !IsSuccess(status), Now, webhook.RawId, outcome);
            waha.Report(webhook, report);
            if (report.Delivered)
                return;
            Log.NotDelivered(logger, webhook.Event, attempt, status);
            if (!report.GaveUp)
                await Task.Delay(retryAfter > RetryDelay ? retryAfter : RetryDelay, time, cancellationToken);
        }
    }

    private async Task<(int? Status, TimeSpan RetryAfter, string? Outcome)> PostAsync(SimulatedWebhook webhook, CancellationToken cancellationToken)
    {
        if (address.Root is not { } root)
            return default;

        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(root, "webhooks/waha"));
        request.Content = new ByteArrayContent(webhook.Body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        request.Headers.Add("User-Agent", SimulatedAccount.UserAgent);
        request.Headers.Add("X-Webhook-Request-Id", webhook.RequestId);
        request.Headers.Add("X-Webhook-Timestamp", webhook.Timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("X-Webhook-Hmac", Convert.ToHexStringLower(HMACSHA512.HashData(key.Current, webhook.Body)));
        request.Headers.Add("X-Webhook-Hmac-Algorithm", "sha512");
        try
        {
            using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellationToken);
            return ((int)response.StatusCode, RetryAfterOf(response), await OutcomeAsync(response, cancellationToken));
        }
        catch (HttpRequestException)
        {
            return default;
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return default;
        }
    }

    /// <summary><c>{"outcome":"accepted"}</c>; what else somebody may answer there is not looked at.</summary>
    private static async Task<string?> OutcomeAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            return JsonSerializer.Deserialize(await response.Content.ReadAsByteArrayAsync(cancellationToken), WahaJson.Default.WebhookAnswer)?.Outcome;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    private static bool IsSuccess(int? status) => status is >= (int)HttpStatusCode.OK and < (int)HttpStatusCode.Ambiguous;

    private static TimeSpan RetryAfterOf(HttpResponseMessage response)
    {
        var delay = response.Headers.RetryAfter?.Delta ?? default;
        return delay < LongestDelay ? delay : LongestDelay;
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Simulated webhook {Event} was not taken (attempt {Attempt}, status {Status})")]
        public static partial void NotDelivered(ILogger logger, string @event, int attempt, int? status);
    }
}
