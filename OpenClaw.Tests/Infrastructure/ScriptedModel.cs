using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace OpenClaw.Tests.Infrastructure;

/// <summary>
/// A model as a real HTTP server that speaks OpenAI's chat completions, streamed and not. Without a script it echoes the user
/// texts of the turn, one a line. A request takes, in this order: the next enqueued reply, the reply of
/// <see cref="OnRequest"/>, the echo.
/// <code>
/// await using var model = await ScriptedModel.StartAsync();
/// model.Enqueue(ScriptedReply.ToolCall("get_current_time"), ScriptedReply.Text("São ", "07:43"));
/// model.OnRequest = request => request.ToolResults.Count > 0 ? ScriptedReply.Text("pronto") : ScriptedReply.Echo();
/// </code>
/// </summary>
internal sealed class ScriptedModel : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<ScriptedReply> _script = new();
    private readonly ConcurrentQueue<ScriptedRequest> _requests = new();
    private readonly Channel<ScriptedRequest> _arrivals = Channel.CreateUnbounded<ScriptedRequest>();

    private ScriptedModel(WebApplication app) => _app = app;

    /// <summary>The value for <c>Ai__Main__Endpoint</c>: <c>http://127.0.0.1:port/v1</c>.</summary>
    public string Endpoint { get; private set; } = "";

    /// <summary>All requests so far, oldest first.</summary>
    public IReadOnlyList<ScriptedRequest> Requests => [.. _requests];

    /// <summary>Decides per request when nothing is enqueued; null from it means the echo.</summary>
    public Func<ScriptedRequest, ScriptedReply?>? OnRequest { get; set; }

    public static async Task<ScriptedModel> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var model = new ScriptedModel(app);
        app.MapPost("/v1/chat/completions", model.AnswerAsync);
        await app.StartAsync();
        model.Endpoint = app.Urls.Single() + "/v1";
        return model;
    }

    /// <summary>Replies for the next requests, in order.</summary>
    public void Enqueue(params ScriptedReply[] replies)
    {
        foreach (var reply in replies)
            _script.Enqueue(reply);
    }

    /// <summary>The next request not yet returned by this method, once its body has arrived.</summary>
    public async Task<ScriptedRequest> NextRequestAsync(CancellationToken cancellationToken = default) =>
        await _arrivals.Reader.ReadAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _app.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, _stopping.Token);
        try
        {
            var request = await ReadAsync(context, limit.Token);
            var reply = _script.TryDequeue(out var next) ? next : OnRequest?.Invoke(request) ?? ScriptedReply.Echo();
            _requests.Enqueue(request);
            _arrivals.Writer.TryWrite(request);
            if (reply.HoldUntil is { } gate)
                await gate.WaitAsync(limit.Token);
            await SendAsync(context, request, reply, limit.Token);
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
    }

    private static async Task<ScriptedRequest> ReadAsync(HttpContext context, CancellationToken cancellationToken)
    {
        using var document = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: cancellationToken);
        return new ScriptedRequest(
            document.RootElement.Clone(),
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase));
    }

    private static async Task SendAsync(HttpContext context, ScriptedRequest request, ScriptedReply reply, CancellationToken cancellationToken)
    {
        context.Response.StatusCode = reply.StatusCode;
        foreach (var (name, value) in reply.Headers)
            context.Response.Headers[name] = value;

        if (reply.StatusCode != StatusCodes.Status200OK)
        {
            var body = new JsonObject { ["error"] = new JsonObject { ["message"] = $"refused: {string.Join(' ', request.TurnTexts)}" } };
            await context.Response.WriteAsync(body.ToJsonString(), cancellationToken);
            return;
        }

        if (reply.Json is not null)
        {
            context.Response.ContentType = "application/json; charset=utf-8";
            await context.Response.WriteAsync(reply.Json, cancellationToken);
            return;
        }

        var events = reply.Events ?? ScriptedReply.Text(string.Join('\n', request.TurnTexts)).Events!;
        if (request.IsStreaming)
            await StreamAsync(context, events, reply, cancellationToken);
        else
            await context.Response.WriteAsJsonAsync(ToCompletion(events), cancellationToken);
    }

    private static async Task StreamAsync(HttpContext context, IReadOnlyList<string> events, ScriptedReply reply, CancellationToken cancellationToken)
    {
        if (reply.End == ScriptedEnd.Abort)
        {
            await StreamAndHangUpAsync(context, events, reply, cancellationToken);
            return;
        }

        context.Response.ContentType = "text/event-stream";
        await context.Response.StartAsync(cancellationToken);
        for (var i = 0; i < events.Count; i++)
        {
            await PauseAsync(reply, i, cancellationToken);
            await context.Response.Body.WriteAsync(ToSse(events[i]), cancellationToken);
            await context.Response.Body.FlushAsync(cancellationToken);
        }

        await PauseAsync(reply, events.Count, cancellationToken);
        if (reply.End == ScriptedEnd.Silence)
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
    }

    // Past Kestrel, whose Abort() may throw away what it has not sent yet: the client gets all events, then a broken body.
    private static async Task StreamAndHangUpAsync(HttpContext context, IReadOnlyList<string> events, ScriptedReply reply, CancellationToken cancellationToken)
    {
        var socket = context.Features.GetRequiredFeature<IConnectionSocketFeature>().Socket;
        await socket.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray(), cancellationToken);
        for (var i = 0; i < events.Count; i++)
        {
            await PauseAsync(reply, i, cancellationToken);
            var data = ToSse(events[i]);
            await socket.SendAsync((byte[])[.. Encoding.ASCII.GetBytes($"{data.Length:x}\r\n"), .. data, .. "\r\n"u8], cancellationToken);
        }

        await PauseAsync(reply, events.Count, cancellationToken);
        socket.Shutdown(SocketShutdown.Send);
        context.Abort();
    }

    private static Task PauseAsync(ScriptedReply reply, int index, CancellationToken cancellationToken) =>
        reply.BeforeEvent?.Invoke(index, cancellationToken) ?? Task.CompletedTask;

    private static byte[] ToSse(string data) => Encoding.UTF8.GetBytes($"data: {data}\n\n");

    // A client that does not stream gets the same answer in one piece.
    private static JsonObject ToCompletion(IReadOnlyList<string> events)
    {
        var text = new StringBuilder();
        var calls = new SortedDictionary<int, JsonObject>();
        JsonNode? usage = null;
        foreach (var chunk in events.Where(data => data != "[DONE]").Select(data => JsonNode.Parse(data)!))
        {
            usage = chunk["usage"]?.DeepClone() ?? usage;
            var delta = chunk["choices"]?.AsArray().FirstOrDefault()?["delta"];
            text.Append((string?)delta?["content"]);
            foreach (var piece in delta?["tool_calls"]?.AsArray() ?? [])
                Merge(calls, piece!);
        }

        var message = new JsonObject { ["role"] = "assistant", ["content"] = text.ToString() };
        if (calls.Count > 0)
            message["tool_calls"] = new JsonArray([.. calls.Values]);
        var choice = new JsonObject { ["index"] = 0, ["message"] = message, ["finish_reason"] = calls.Count > 0 ? "tool_calls" : "stop" };
        return new JsonObject { ["id"] = "chatcmpl-1", ["object"] = "chat.completion", ["model"] = "scripted", ["choices"] = new JsonArray(choice), ["usage"] = usage };
    }

    private static void Merge(SortedDictionary<int, JsonObject> calls, JsonNode piece)
    {
        var index = (int?)piece["index"] ?? 0;
        if (!calls.TryGetValue(index, out var call))
            calls[index] = call = new JsonObject { ["id"] = (string?)piece["id"], ["type"] = "function", ["function"] = new JsonObject { ["name"] = (string?)piece["function"]?["name"], ["arguments"] = "" } };
        call["function"]!["arguments"] = (string?)call["function"]!["arguments"] + (string?)piece["function"]?["arguments"];
    }
}
