using System.Collections.Concurrent;
using System.Net;
using System.Text;
using OpenClaw.Tests.Builders;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Memory;

/// <summary>Large bodies that come faster than memory allows, while the model keeps everybody waiting: a real process under a real limit of its runtime.</summary>
public sealed class MemoryFloodTests
{
    private const int Size = 1000 * 1024;

    /// <summary>So many at once are more than twice the limit.</summary>
    private const int Most = 300;

    [Fact]
    public async Task A_flood_of_large_bodies_is_put_off_before_the_process_dies_and_what_was_acknowledged_is_answered()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        using var folder = new TemporaryFolder();
        await using var waha = await FakeWaha.StartAsync();
        await using var model = await ScriptedModel.StartAsync();
        var thinking = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        for (var i = 0; i < Most; i++)
            model.Enqueue(ScriptedReply.Echo() with { HoldUntil = thinking.Task });
        await using var process = OpenClawProcess.Start(
            "OpenClaw.Gateway", folder,
            ("ASPNETCORE_URLS", "http://127.0.0.1:0"), ("Storage__DataDirectory", folder.Path),
            // 128 MiB; the rest of it is what comes in until the next two samples.
            ("DOTNET_GCHeapHardLimit", "0x8000000"), ("Resilience__Memory__HighWatermark", "0.6"),
            ("Waha__BaseUrl", waha.Url.ToString()), ("Waha__ApiKey", waha.ApiKey), ("Waha__WebhookHmacKey", OpenClawApp.HmacKey), ("Waha__KeepSessions", "false"),
            ("Backfill__Enabled", "false"), ("Ai__Main__Provider", "OpenAI"), ("Ai__Main__Endpoint", model.Endpoint), ("Ai__Main__Model", "scripted"), ("Access__Mode", "Open"),
            ("Turns__QuietPeriod", "00:00:00"), ("Turns__StartGrace", "00:00:00"), ("Delivery__HumanPacing", "false"));
        await process.WaitUntilReadyAsync();
        using var http = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) });
        var webhooks = new Uri(process.Url, "webhooks/waha");
        var acknowledged = new ConcurrentBag<string>();
        var refused = new ConcurrentBag<string>();

        // Each keeps its last byte back: what is read of it stays in the process's memory.
        var last = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var uploads = new List<Task>();
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (refused.IsEmpty && uploads.Count < Most)
        {
            var text = $"grande {uploads.Count}";
            var upload = new Upload(Encoding.UTF8.GetBytes(Message(text).WithPayload(payload => payload["pad"] = new string('x', Size)).Body), last.Task);
            uploads.Add(PostAsync(text, upload.Body, upload));
            await Task.WhenAny(upload.Begun, uploads[^1]).WaitAsync(patience.Token);
            await SendAsync($"pequena {uploads.Count}");
            await pace.WaitForNextTickAsync(patience.Token);
        }

        await process.WaitUntilLoggedAsync("Memory is short");
        uploads.Count.ShouldBeLessThan(Most);
        last.SetResult();
        await Task.WhenAll(uploads).WaitAsync(patience.Token);
        // As WAHA does: again and again.
        while (refused.TryTake(out var text))
        {
            var before = acknowledged.Count;
            await SendAsync(text);
            if (acknowledged.Count == before)
                await pace.WaitForNextTickAsync(patience.Token);
        }

        thinking.SetResult();

        var delivered = await waha.WaitForBubblesAsync(acknowledged.Count, patience.Token);
        delivered.Select(bubble => bubble.Text).ShouldBe(acknowledged, ignoreOrder: true);

        Task SendAsync(string text) => PostAsync(text, Encoding.UTF8.GetBytes(Message(text).Body), null);

        async Task PostAsync(string text, byte[] body, Upload? upload)
        {
            using var request = WahaWebhook.Request(webhooks, body, OpenClawApp.HmacKey);
            if (upload is not null)
            {
                upload.Headers.ContentType = request.Content!.Headers.ContentType;
                request.Content = upload;
            }

            try
            {
                using var answer = await http.SendAsync(request, patience.Token);
                (answer.StatusCode == HttpStatusCode.Accepted ? acknowledged : refused).Add(text);
            }
            catch (HttpRequestException)
            {
                // Refused while it was still being sent.
                refused.Add(text);
            }
        }
    }

    /// <summary>Each of a person of its own, so that each is answered for itself.</summary>
    private static WahaWebhook Message(string text)
    {
        var words = text.Split(' ');
        return WahaWebhook.Text(text, $"1555{words[0].Length}{words[1].PadLeft(6, '0')}@c.us", rawId: "3EB0" + string.Concat(words).ToUpperInvariant());
    }

    /// <summary>All but the last byte at once; that one when it may.</summary>
    private sealed class Upload(byte[] body, Task last) : HttpContent
    {
        private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public byte[] Body => body;

        public Task Begun => _begun.Task;

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(body.AsMemory(0, body.Length - 1));
            await stream.FlushAsync();
            _begun.TrySetResult();
            await last;
            await stream.WriteAsync(body.AsMemory(body.Length - 1));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = body.Length;
            return true;
        }
    }
}
