using System.Text;
using Microsoft.AspNetCore.Http;

namespace OpenClaw.Benchmarks.Load.Fakes;

/// <summary>
/// An OpenAI-compatible chat model that, after <c>latency</c>, says back every user text since its last answer, one a line.
/// Streams as server-sent events when asked to.
/// </summary>
internal sealed class ScriptedModel : IAsyncDisposable
{
    private const string Common = "\"id\":\"chatcmpl-load\",\"created\":1795336705,\"model\":\"scripted\"";

    private static readonly byte[] NotFound = """{"error":{"message":"Not found","type":"invalid_request_error"}}"""u8.ToArray();
    private static readonly byte[] Models = """{"object":"list","data":[{"id":"scripted","object":"model","created":1795336705,"owned_by":"load"}]}"""u8.ToArray();
    private static readonly byte[] StreamHead = Encoding.UTF8.GetBytes(
        Chunk("""[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]""")
        + "data: {" + Common + ",\"object\":\"chat.completion.chunk\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"");

    private static readonly byte[] StreamTail = Encoding.UTF8.GetBytes(
        "\"},\"finish_reason\":null}]}\n\n" + Chunk("""[{"index":0,"delta":{},"finish_reason":"stop"}]"""));

    private static readonly byte[] StreamUsage = Encoding.UTF8.GetBytes(
        "data: {" + Common + ""","object":"chat.completion.chunk","choices":[],"usage":{"prompt_tokens":100,"completion_tokens":10,"total_tokens":110}}""" + "\n\n");

    private static readonly byte[] StreamDone = "data: [DONE]\n\n"u8.ToArray();
    private static readonly byte[] WholeHead = Encoding.UTF8.GetBytes(
        "{" + Common + ",\"object\":\"chat.completion\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"");

    private static readonly byte[] WholeTail =
        "\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":10,\"total_tokens\":110}}"u8.ToArray();

    private readonly TimeSpan _latency;
    private LoopbackServer? _server;
    private int _port;
    private int _calls;

    private ScriptedModel(TimeSpan latency) => _latency = latency;

    /// <summary>How many completions were asked for.</summary>
    public int Calls => _calls;

    /// <summary>The endpoint to configure, for example <c>http://127.0.0.1:41234/v1</c>.</summary>
    public Uri Endpoint => new(_server!.Address, "/v1");

    /// <param name="latency">Time to the first token; the rest follows at once.</param>
    public static async Task<ScriptedModel> StartAsync(TimeSpan latency)
    {
        var model = new ScriptedModel(latency);
        model._server = await LoopbackServer.StartAsync(model.HandleAsync);
        model._port = model._server.Address.Port;
        return model;
    }

    /// <summary>Decides, by the text that would be said back, what goes wrong with a call.</summary>
    public Func<string, ModelFault>? Fault { get; set; }

    /// <summary>Nobody listens any more.</summary>
    public ValueTask StopAsync() => _server!.DisposeAsync();

    /// <summary>Listens again where it did.</summary>
    public async Task StartAgainAsync() => _server = await LoopbackServer.StartAsync(HandleAsync, _port);

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private Task HandleAsync(HttpContext context) => context.Request.Path.Value switch
    {
        "/v1/chat/completions" => CompleteAsync(context),
        "/v1/models" => LoopbackServer.WriteJsonAsync(context.Response, 200, Models),
        _ => LoopbackServer.WriteJsonAsync(context.Response, 404, NotFound),
    };

    private async Task CompleteAsync(HttpContext context)
    {
        Interlocked.Increment(ref _calls);
        var request = await LoopbackServer.ReadBodyAsync(context.Request.BodyReader, CompletionRequest.Parse);
        var fault = Fault?.Invoke(Encoding.UTF8.GetString(request.EscapedEcho.Span)) ?? ModelFault.None;
        if (await FaultyCompletion.TryAnswerAsync(context, fault, Encoding.UTF8.GetString(request.EscapedEcho.Span)))
        {
            return;
        }

        if (_latency > TimeSpan.Zero)
        {
            await Task.Delay(_latency, context.RequestAborted);
        }

        if (!request.Streams)
        {
            byte[] whole = [.. WholeHead, .. request.EscapedEcho.Span, .. WholeTail];
            await LoopbackServer.WriteJsonAsync(context.Response, 200, whole);
            return;
        }

        context.Response.ContentType = "text/event-stream";
        var writer = context.Response.BodyWriter;
        Append(StreamHead);
        Append(request.EscapedEcho.Span);
        Append(StreamTail);
        Append(request.WantsUsage ? StreamUsage : []);
        Append(StreamDone);
        await writer.FlushAsync();

        void Append(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(writer.GetSpan(bytes.Length));
            writer.Advance(bytes.Length);
        }
    }

    private static string Chunk(string choices) =>
        "data: {" + Common + ",\"object\":\"chat.completion.chunk\",\"choices\":" + choices + "}\n\n";
}
