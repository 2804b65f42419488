using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace OpenClaw.Benchmarks.Load.Fakes;

/// <summary>
/// WAHA's side of the API in its smallest form: a session that is always WORKING, sends that always succeed after
/// <c>latency</c>, and the phone's log to read back. A bubble counts as delivered once its whole request has arrived, also
/// when the caller does not live to read the answer, as with the real server.
/// </summary>
internal sealed class FakeWaha : IAsyncDisposable
{
    /// <summary>The key of <c>X-Api-Key</c>.</summary>
    public const string ApiKey = "load-run-key";

    /// <summary>The key of webhook signatures.</summary>
    public const string HmacKey = "load-run-hmac-secret";

    private static readonly byte[] Unauthorized = """{"message":"Unauthorized","statusCode":401}"""u8.ToArray();
    private static readonly byte[] NotFound = """{"message":"Not Found","error":"Not Found","statusCode":404}"""u8.ToArray();
    private static readonly byte[] BadSend = """{"statusCode":500,"exception":{"message":"chatId and text are required","name":"Error"}}"""u8.ToArray();
    private static readonly byte[] ResultTrue = """{"result":true}"""u8.ToArray();
    private static readonly byte[] Empty = "{}"u8.ToArray();
    private static readonly byte[] EmptyList = "[]"u8.ToArray();
    private static readonly byte[] Pong = """{"message":"pong"}"""u8.ToArray();
    private static readonly byte[] Me = """{"id":"19990001111@c.us","pushName":"Load Bot","lid":"99900011112222@lid"}"""u8.ToArray();
    private static readonly byte[] Version = """{"version":"2026.2.1","engine":"NOWEB","tier":"CORE","browser":null,"platform":"linux/x64","worker":{"id":null}}"""u8.ToArray();
    private static readonly byte[] Session =
        """{"name":"default","status":"WORKING","config":{"noweb":{"store":{"enabled":true}}},"me":{"id":"19990001111@c.us","pushName":"Load Bot","lid":"99900011112222@lid"},"presence":null,"timestamps":{"activity":null},"engine":{"engine":"NOWEB"}}"""u8.ToArray();

    private static readonly byte[] Sessions = [(byte)'[', .. Session, (byte)']'];

    private readonly TimeSpan _latency;
    private readonly byte[] _serverStatus =
        Encoding.UTF8.GetBytes($$$"""{"startTimestamp":{{{TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()}}},"uptime":1000,"worker":{"id":null}}""");

    private LoopbackServer? _server;

    private FakeWaha(TimeSpan latency) => _latency = latency;

    /// <summary>What the phone has seen.</summary>
    public PhoneLog Log { get; } = new();

    /// <summary>Called with each delivered bubble, on the request's thread.</summary>
    public Action<LoggedMessage>? BubbleDelivered { get; set; }

    /// <summary>Where it listens.</summary>
    public Uri Address => _server!.Address;

    /// <param name="latency">How long a send call takes to answer.</param>
    public static async Task<FakeWaha> StartAsync(TimeSpan latency)
    {
        var waha = new FakeWaha(latency);
        waha._server = await LoopbackServer.StartAsync(waha.HandleAsync);
        return waha;
    }

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private Task HandleAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        if (path == "/ping")
        {
            return Json(context, 200, Pong);
        }

        if (context.Request.Headers["X-Api-Key"] != ApiKey)
        {
            return Json(context, 401, Unauthorized);
        }

        return HttpMethods.IsGet(context.Request.Method) ? Read(context, path) : Change(context, path);
    }

    private Task Change(HttpContext context, string path) => path switch
    {
        "/api/sendText" => SendTextAsync(context),
        "/api/startTyping" or "/api/stopTyping" => Json(context, 201, ResultTrue),
        "/api/sendSeen" => Json(context, 201, Empty),
        "/api/reaction" => Json(context, 200, Empty),
        _ when path.StartsWith("/api/sessions", StringComparison.Ordinal) => Json(context, HttpMethods.IsPut(context.Request.Method) ? 200 : 201, Session),
        _ when path.EndsWith("/presence", StringComparison.Ordinal) => Json(context, 201, Empty),
        _ => Json(context, 404, NotFound),
    };

    private Task Read(HttpContext context, string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries) switch
    {
        ["health"] => Json(context, 200, Empty),
        ["api", "sessions"] => Json(context, 200, Sessions),
        ["api", "sessions", _] => Json(context, 200, Session),
        ["api", "sessions", _, "me"] => Json(context, 200, Me),
        ["api", "version"] or ["api", "server", "version"] => Json(context, 200, Version),
        ["api", "server", "status"] => Json(context, 200, _serverStatus),
        ["api", _, "chats"] or ["api", _, "chats", "overview"] or ["api", _, "lids"] => Json(context, 200, EmptyList),
        ["api", _, "chats", var chat, "messages"] => Json(context, 200, ChatMessagesPage.Render(Log.Chat(chat), context.Request.Query)),
        ["api", _, "lids", "pn", var phone] => Json(context, 200, Encoding.UTF8.GetBytes($$"""{"lid":null,"pn":"{{phone}}"}""")),
        ["api", _, "lids", var lid] => Json(context, 200, Encoding.UTF8.GetBytes($$"""{"lid":"{{lid}}","pn":null}""")),
        ["api", "contacts", "check-exists"] => Json(context, 200, Encoding.UTF8.GetBytes($$"""{"numberExists":true,"chatId":"{{context.Request.Query["phone"]}}@c.us"}""")),
        _ => Json(context, 404, NotFound),
    };

    private async Task SendTextAsync(HttpContext context)
    {
        var (chatId, text) = await LoopbackServer.ReadBodyAsync(context.Request.BodyReader, ParseSend);
        if (chatId is null || text is null)
        {
            await Json(context, 500, BadSend);
            return;
        }

        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var bubble = new LoggedMessage(chatId, Log.NextRawId(), FromMe: true, text, now, Stopwatch.GetTimestamp());
        Log.Add(bubble);
        BubbleDelivered?.Invoke(bubble);
        if (_latency > TimeSpan.Zero)
        {
            await Task.Delay(_latency);
        }

        var answer = $$$"""{"key":{"remoteJid":"{{{chatId}}}","fromMe":true,"id":"{{{bubble.RawId}}}"},"message":{},"messageTimestamp":"{{{now}}}","status":"PENDING"}""";
        await Json(context, 201, Encoding.UTF8.GetBytes(answer));
    }

    private static (string? ChatId, string? Text) ParseSend(ReadOnlySequence<byte> body)
    {
        string? chatId = null, text = null;
        var reader = new Utf8JsonReader(body);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isChat = reader.ValueTextEquals("chatId"u8);
            var isText = reader.ValueTextEquals("text"u8);
            reader.Read();
            if (isChat)
            {
                chatId = reader.GetString();
            }
            else if (isText)
            {
                text = reader.GetString();
            }
            else
            {
                reader.Skip();
            }
        }

        return (chatId, text);
    }

    private static Task Json(HttpContext context, int status, ReadOnlyMemory<byte> json) =>
        LoopbackServer.WriteJsonAsync(context.Response, status, json);
}
