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

    private const string Working = "WORKING";

    private static readonly byte[] Unauthorized = """{"message":"Unauthorized","statusCode":401}"""u8.ToArray();
    private static readonly byte[] NotFound = """{"message":"Not Found","error":"Not Found","statusCode":404}"""u8.ToArray();
    private static readonly byte[] BadSend = """{"statusCode":500,"exception":{"message":"chatId and text are required","name":"Error"}}"""u8.ToArray();
    private static readonly byte[] ResultTrue = """{"result":true}"""u8.ToArray();
    private static readonly byte[] Empty = "{}"u8.ToArray();
    private static readonly byte[] EmptyList = "[]"u8.ToArray();
    private static readonly byte[] Pong = """{"message":"pong"}"""u8.ToArray();
    private static readonly byte[] Me = """{"id":"19990001111@c.us","pushName":"Load Bot","lid":"99900011112222@lid"}"""u8.ToArray();
    private static readonly byte[] Version = """{"version":"2026.2.1","engine":"NOWEB","tier":"CORE","browser":null,"platform":"linux/x64","worker":{"id":null}}"""u8.ToArray();

    private static readonly byte[] TooMany = """{"message":"Try again later","error":"Too Many Requests","statusCode":429}"""u8.ToArray();

    /// <summary>How long a call blocks while the session is not working.</summary>
    private static readonly TimeSpan Block = TimeSpan.FromSeconds(10);

    private readonly TimeSpan _latency;
    private readonly DateTimeOffset _startedAt = TimeProvider.System.GetUtcNow();

    private LoopbackServer? _server;
    private int _chatLists;
    private int _chatReads;
    private int _port;

    private FakeWaha(TimeSpan latency) => _latency = latency;

    /// <summary>What the phone has seen.</summary>
    public PhoneLog Log { get; } = new();

    /// <summary>Whether chats are listed, so that missed messages can be read back. Off, this is a WAHA on which nothing was ever missed.</summary>
    public bool ListsChats { get; set; }

    /// <summary>How often chats were listed.</summary>
    public int ChatLists => Volatile.Read(ref _chatLists);

    /// <summary>How often the messages of a chat were read.</summary>
    public int ChatReads => Volatile.Read(ref _chatReads);

    /// <summary>Decides, by the chat's id, what goes wrong with a send.</summary>
    public Func<string, SendFault>? Fault { get; set; }

    /// <summary>The session's status; sends are taken while it is <c>WORKING</c>.</summary>
    public string Status { get; set; } = Working;

    /// <summary>Called with each delivered bubble, on the request's thread.</summary>
    public Action<LoggedMessage>? BubbleDelivered { get; set; }

    /// <summary>Where it listens.</summary>
    public Uri Address => _server!.Address;

    /// <param name="latency">How long a send call takes to answer.</param>
    public static async Task<FakeWaha> StartAsync(TimeSpan latency)
    {
        var waha = new FakeWaha(latency);
        waha._server = await LoopbackServer.StartAsync(waha.HandleAsync);
        waha._port = waha.Address.Port;
        return waha;
    }

    /// <summary>Nobody listens any more; what the phone has seen stays.</summary>
    public ValueTask StopAsync() => _server!.DisposeAsync();

    /// <summary>Listens again where it did.</summary>
    public async Task StartAgainAsync() => _server = await LoopbackServer.StartAsync(HandleAsync, _port);

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
        _ when path.StartsWith("/api/sessions", StringComparison.Ordinal) => Json(context, HttpMethods.IsPut(context.Request.Method) ? 200 : 201, Session()),
        _ when path.EndsWith("/presence", StringComparison.Ordinal) => Json(context, 201, Empty),
        _ => Json(context, 404, NotFound),
    };

    private Task Read(HttpContext context, string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries) switch
    {
        ["health"] => Json(context, 200, Empty),
        ["api", "sessions"] => Json(context, 200, (byte[])[(byte)'[', .. Session(), (byte)']']),
        ["api", "sessions", _] => Json(context, 200, Session()),
        ["api", "sessions", _, "me"] => Json(context, 200, Me),
        ["api", "version"] or ["api", "server", "version"] => Json(context, 200, Version),
        ["api", "server", "status"] => Json(context, 200, ServerStatus()),
        ["api", _, "chats"] => ListChats(context),
        ["api", _, "chats", "overview"] or ["api", _, "lids"] => Json(context, 200, EmptyList),
        ["api", _, "chats", var chat, "messages"] => ReadChat(context, chat),
        ["api", _, "lids", "pn", var phone] => Json(context, 200, Encoding.UTF8.GetBytes($$"""{"lid":null,"pn":"{{phone}}"}""")),
        ["api", _, "lids", var lid] => Json(context, 200, Encoding.UTF8.GetBytes($$"""{"lid":"{{lid}}","pn":null}""")),
        ["api", "contacts", "check-exists"] => Json(context, 200, Encoding.UTF8.GetBytes($$"""{"numberExists":true,"chatId":"{{context.Request.Query["phone"]}}@c.us"}""")),
        _ => Json(context, 404, NotFound),
    };

    private byte[] ServerStatus() => Encoding.UTF8.GetBytes(
        $$$"""{"startTimestamp":{{{_startedAt.ToUnixTimeMilliseconds()}}},"uptime":{{{(long)(TimeProvider.System.GetUtcNow() - _startedAt).TotalMilliseconds}}},"worker":{"id":null}}""");

    private Task ListChats(HttpContext context)
    {
        Interlocked.Increment(ref _chatLists);
        return Json(context, 200, ListsChats ? ChatListPage.Render(Log.Chats(), context.Request.Query) : EmptyList);
    }

    private Task ReadChat(HttpContext context, string chat)
    {
        Interlocked.Increment(ref _chatReads);
        return Json(context, 200, ChatMessagesPage.Render(Log.Chat(chat), context.Request.Query));
    }

    private byte[] Session() => Encoding.UTF8.GetBytes(
        $$$$"""{"name":"default","status":"{{{{Status}}}}","config":{"noweb":{"store":{"enabled":true}}},"me":{"id":"19990001111@c.us","pushName":"Load Bot","lid":"99900011112222@lid"},"presence":null,"timestamps":{"activity":null},"engine":{"engine":"NOWEB"}}""");

    private async Task SendTextAsync(HttpContext context)
    {
        var (chatId, text) = await LoopbackServer.ReadBodyAsync(context.Request.BodyReader, ParseSend);
        if (chatId is null || text is null)
        {
            await Json(context, 500, BadSend);
            return;
        }

        var fault = Status == Working ? Fault?.Invoke(chatId) ?? SendFault.None : SendFault.Refused422;
        switch (fault)
        {
            case SendFault.Error500:
                await Json(context, 500, BadSend);
                return;
            case SendFault.NotDeliveredAndCut:
                context.Abort();
                return;
            case SendFault.TooManyRequests:
                context.Response.Headers.RetryAfter = "1";
                await Json(context, 429, TooMany);
                return;
            case SendFault.Refused422:
                await LoopbackServer.HoldAsync(context, Block);
                await Json(context, 422, Encoding.UTF8.GetBytes(
                    $$$"""{"error":"Session status is not as expected. Try again later or restart the session","session":"default","status":"{{{Status}}}","expected":["WORKING"]}"""));
                return;
        }

        var bubble = Deliver(chatId, text);
        switch (fault)
        {
            case SendFault.DeliveredBut500:
                await Json(context, 500, BadSend);
                return;
            case SendFault.DeliveredButCut:
                context.Abort();
                return;
            case SendFault.TimeOut:
                await LoopbackServer.HoldAsync(context, Timeout.InfiniteTimeSpan);
                return;
        }

        if (_latency > TimeSpan.Zero)
        {
            await Task.Delay(_latency);
        }

        var answer = $$$"""{"key":{"remoteJid":"{{{chatId}}}","fromMe":true,"id":"{{{bubble.RawId}}}"},"message":{},"messageTimestamp":"{{{bubble.UnixSeconds}}}","status":"PENDING"}""";
        await Json(context, 201, Encoding.UTF8.GetBytes(answer));
    }

    private LoggedMessage Deliver(string chatId, string text)
    {
        var bubble = new LoggedMessage(chatId, Log.NextRawId(), FromMe: true, text, TimeProvider.System.GetUtcNow().ToUnixTimeSeconds(), Stopwatch.GetTimestamp());
        Log.Add(bubble);
        BubbleDelivered?.Invoke(bubble);
        return bubble;
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
