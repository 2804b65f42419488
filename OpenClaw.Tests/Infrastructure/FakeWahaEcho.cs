using System.Threading.Channels;
using OpenClaw.Tests.Builders;

namespace OpenClaw.Tests.Infrastructure;

/// <summary>Tells the gateway about each delivered bubble as WAHA does: the message itself, then server, device and read acks, each posted once.</summary>
internal sealed class FakeWahaEcho : IAsyncDisposable
{
    private readonly Channel<FakeWahaBubble> _bubbles = Channel.CreateUnbounded<FakeWahaBubble>();
    private readonly HttpClient _http = new();
    private readonly Task _loop;

    public FakeWahaEcho(Uri webhook, string hmacKey) => _loop = RunAsync(webhook, hmacKey);

    public void Enqueue(FakeWahaBubble bubble) => _bubbles.Writer.TryWrite(bubble);

    /// <summary>Everything posted; later bubbles are not echoed any more.</summary>
    public Task CompleteAsync()
    {
        _bubbles.Writer.TryComplete();
        return _loop;
    }

    public async ValueTask DisposeAsync()
    {
        _bubbles.Writer.TryComplete();
        _http.CancelPendingRequests();
        await _loop;
        _http.Dispose();
    }

    private async Task RunAsync(Uri webhook, string hmacKey)
    {
        await foreach (var bubble in _bubbles.Reader.ReadAllAsync())
        {
            var own = WahaWebhook.Own(bubble.Text, bubble.ChatId, bubble.RawId) with { Session = bubble.Session, At = bubble.At };
            await PostAsync(own, webhook, hmacKey);
            foreach (var ack in (int[])[1, 2, 3])
                await PostAsync(WahaWebhook.Ack(bubble.ChatId, bubble.RawId, ack) with { Session = bubble.Session, At = bubble.At }, webhook, hmacKey);
        }
    }

    // A gateway that is down misses echoes, as it would miss WAHA's after its last retry.
    private async Task PostAsync(WahaWebhook message, Uri webhook, string hmacKey)
    {
        try
        {
            using var response = await message.PostAsync(_http, webhook, hmacKey);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
        }
    }
}
