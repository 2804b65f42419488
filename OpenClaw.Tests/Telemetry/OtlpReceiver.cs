using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Telemetry;

/// <summary>
/// What stands in for a dashboard: takes OTLP over gRPC and over http/protobuf, keeps the bytes (strings lie in protobuf as plain UTF-8) and reads
/// them when asked.
/// </summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private const int FrameHeader = 5;
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<(string Signal, byte[] Request)> _received = new();
    private readonly ConcurrentDictionary<string, bool> _keys = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private int _calls;

    private OtlpReceiver(WebApplication app) => _app = app;

    /// <summary>For <c>http/protobuf</c>.</summary>
    public string Address => _app.Urls.First();

    /// <summary>For <c>grpc</c>.</summary>
    public string GrpcAddress => _app.Urls.Last();

    /// <summary>True: it takes connections and requests and never answers.</summary>
    public bool Hangs { get; set; }

    /// <summary>Requests that began.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>The values of <c>x-otlp-api-key</c> that came.</summary>
    public ICollection<string> Keys => _keys.Keys;

    public string Traces => Text("traces");

    public string Metrics => Text("metrics");

    public string Logs => Text("logs");

    public IReadOnlyList<OtlpSpan> Spans => [.. Requests("traces").SelectMany(request => OtlpExport.Spans(request))];

    public IReadOnlyList<OtlpLog> LogLines => [.. Requests("logs").SelectMany(request => OtlpExport.Logs(request))];

    public IReadOnlyList<OtlpMetric> Instruments => [.. Requests("metrics").SelectMany(request => OtlpExport.Metrics(request))];

    public static async Task<OtlpReceiver> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, static http => http.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, static grpc => grpc.Protocols = HttpProtocols.Http2);
        });
        builder.Services.AddRouting();
        var app = builder.Build();
        var receiver = new OtlpReceiver(app);
        app.MapPost("/v1/{signal}", (HttpContext context, string signal) => receiver.TakeAsync(context, signal));
        foreach (var signal in (string[])["trace", "metrics", "logs"])
            app.MapPost($"/opentelemetry.proto.collector.{signal}.v1.{{service}}/Export", (HttpContext context) => receiver.TakeGrpcAsync(context, signal == "trace" ? "traces" : signal));
        await app.StartAsync();
        return receiver;
    }

    /// <summary>Waits until what has come is enough.</summary>
    public Task WaitUntilAsync(Func<OtlpReceiver, bool> isEnough, CancellationToken cancellationToken) => Eventually.TrueAsync(() => isEnough(this), cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task TakeAsync(HttpContext context, string signal) => _received.Enqueue((signal, await ReadAsync(context)));

    private async Task TakeGrpcAsync(HttpContext context, string signal)
    {
        var body = await ReadAsync(context);
        var length = BinaryPrimitives.ReadInt32BigEndian(body.AsSpan(1));
        _received.Enqueue((signal, body[FrameHeader..(FrameHeader + length)]));
        context.Response.ContentType = "application/grpc";
        await context.Response.Body.WriteAsync(new byte[FrameHeader], context.RequestAborted);
        context.Response.AppendTrailer("grpc-status", "0");
    }

    private async Task<byte[]> ReadAsync(HttpContext context)
    {
        Interlocked.Increment(ref _calls);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
        if (Hangs)
            await Task.Delay(Timeout.InfiniteTimeSpan, limit.Token).ContinueWith(static _ => { }, TaskScheduler.Default);
        if (context.Request.Headers["x-otlp-api-key"].ToString() is { Length: > 0 } key)
            _keys[key] = true;
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, limit.Token);
        return body.ToArray();
    }

    private IEnumerable<byte[]> Requests(string signal) => _received.Where(received => received.Signal == signal).Select(received => received.Request);

    private string Text(string signal) => string.Concat(Requests(signal).Select(Encoding.Latin1.GetString));
}
