using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace OpenClaw.Tests.Infrastructure;

/// <summary>The part of WAHA's API that the product uses, with the answers of the recordings in Captures.</summary>
internal static class FakeWahaEndpoints
{
    public static void Map(WebApplication app, FakeWaha waha)
    {
        app.MapGet("/ping", context => JsonAsync(context, 200, new JsonObject { ["message"] = "pong" }));

        var api = app.MapGroup("/api");
        Post(api, waha, "/sendText", (context, body) => FakeWahaSending.SendTextAsync(context, waha, body));
        Post(api, waha, "/sendSeen", (context, body) => SendSeenAsync(context, waha, body));
        Post(api, waha, "/startTyping", (context, body) => TypingAsync(context, waha, body, start: true));
        Post(api, waha, "/stopTyping", (context, body) => TypingAsync(context, waha, body, start: false));
        Get(api, waha, "/sessions", context => JsonAsync(context, 200, new JsonArray([.. waha.Sessions.Where(s => s.Value != "STOPPED").Select(s => SessionOf(waha, s.Key, s.Value))])));
        Get(api, waha, "/sessions/{session}", context => GetSessionAsync(context, waha));
        FakeWahaSessions.Map(api, waha);
        Get(api, waha, "/server/version", context => JsonAsync(context, 200, new JsonObject { ["version"] = "2026.2.1", ["engine"] = "NOWEB", ["tier"] = "CORE" }));
        Get(api, waha, "/server/status", context => waha.TellsStart
            ? JsonAsync(context, 200, new JsonObject { ["startTimestamp"] = waha.StartedAt.ToUnixTimeMilliseconds(), ["uptime"] = (long)(waha.Phone.Now - waha.StartedAt).TotalMilliseconds })
            : ErrorAsync(context, 403, "Forbidden resource"));
        Get(api, waha, "/{session}/new-message-id", context => NewMessageIdAsync(context, waha));
        Get(api, waha, "/{session}/chats", context => ListChatsAsync(context, waha));
        Get(api, waha, "/{session}/chats/{chatId}/messages", context => ReadChatAsync(context, waha));
        Get(api, waha, "/{session}/lids/{lid}", context => ResolveLidAsync(context, waha));
        Get(api, waha, "/{session}/lids/pn/{phone}", context => ResolvePhoneAsync(context, waha));
    }

    public static Task JsonAsync(HttpContext context, int status, JsonNode body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        return context.Response.WriteAsync(body.ToJsonString());
    }

    /// <summary>Nest's error form.</summary>
    public static Task ErrorAsync(HttpContext context, int status, string message) =>
        JsonAsync(context, status, new JsonObject { ["message"] = message, ["error"] = "Error", ["statusCode"] = status });

    public static T Stamp<T>(HttpContext context, T call)
        where T : FakeWahaCall => call with
        {
            At = TimeProvider.System.GetUtcNow(),
            RequestId = context.Request.Headers["X-Request-Id"],
            TraceParent = context.Request.Headers.TraceParent,
        };

    public static string WithSuffix(string chatId) => chatId.Contains('@', StringComparison.Ordinal) ? chatId : chatId + "@c.us";

    /// <summary>Blocks and answers 422 unless the session is WORKING.</summary>
    /// <returns>Whether the call may go on.</returns>
    public static async Task<bool> IsWorkingAsync(HttpContext context, FakeWaha waha, string session)
    {
        if (waha.Sessions.TryGetValue(session, out var status) && status == "WORKING")
            return true;
        await waha.HoldAsync(waha.BlockFor);
        await JsonAsync(context, 422, status is null ? Gone(session) : NotWorking(session, status));
        return false;
    }

    public static JsonObject NotWorking(string session, string status) => new()
    {
        ["error"] = "Session status is not as expected. Try again later or restart the session",
        ["session"] = session,
        ["status"] = status,
        ["expected"] = new JsonArray("WORKING"),
    };

    public static JsonObject Gone(string session) => new() { ["error"] = $"Session \"{session}\" does not exist", ["session"] = session };

    private static void Post(RouteGroupBuilder api, FakeWaha waha, string path, Func<HttpContext, JsonObject, Task> handle) =>
        api.MapPost(path, async context =>
        {
            if (!await IsAuthorizedAsync(context, waha))
                return;
            JsonObject? body;
            try
            {
                body = await JsonNode.ParseAsync(context.Request.Body) as JsonObject;
            }
            catch (JsonException)
            {
                body = null;
            }

            if (body is null)
                await ErrorAsync(context, 400, "Unexpected token in JSON");
            else if (body["session"] is null)
                await ErrorAsync(context, 400, "Session name is required");
            else
                await CutWhenStoppedAsync(context, handle(context, body));
        });

    public static void Get(RouteGroupBuilder api, FakeWaha waha, string path, Func<HttpContext, Task> handle) =>
        api.MapGet(path, async context =>
        {
            if (await IsAuthorizedAsync(context, waha))
                await CutWhenStoppedAsync(context, handle(context));
        });

    public static async Task CutWhenStoppedAsync(HttpContext context, Task handling)
    {
        try
        {
            await handling;
        }
        catch (OperationCanceledException)
        {
            context.Abort();
        }
    }

    public static async Task<bool> IsAuthorizedAsync(HttpContext context, FakeWaha waha)
    {
        if (context.Request.Headers["X-Api-Key"] == waha.ApiKey)
            return true;
        await JsonAsync(context, 401, new JsonObject { ["message"] = "Unauthorized", ["statusCode"] = 401 });
        return false;
    }

    private static async Task SendSeenAsync(HttpContext context, FakeWaha waha, JsonObject body)
    {
        var ids = body["messageIds"] is JsonArray array ? array.Select(id => (string)id!).ToList() : [];
        var call = Stamp(context, new SendSeenCall((string)body["session"]!, WithSuffix((string)body["chatId"]!), ids, (string?)body["participant"]));
        waha.Record(call);
        if (waha.MannersFail)
            await ErrorAsync(context, 500, "No manners");
        if (waha.MannersFail || !await IsWorkingAsync(context, waha, call.Session))
            return;
        if (ids.Count > 0)
            context.Response.StatusCode = 201;
        else if (waha.HasStore)
            await JsonAsync(context, 201, new JsonObject { ["ids"] = new JsonArray() });
        else
            await NoStoreAsync(context);
    }

    private static async Task TypingAsync(HttpContext context, FakeWaha waha, JsonObject body, bool start)
    {
        var (session, chatId) = ((string)body["session"]!, WithSuffix((string)body["chatId"]!));
        waha.Record(start ? Stamp(context, new StartTypingCall(session, chatId)) : Stamp(context, new StopTypingCall(session, chatId)));
        if (waha.MannersFail)
            await ErrorAsync(context, 500, "No manners");
        else if (await IsWorkingAsync(context, waha, session))
            await JsonAsync(context, 201, new JsonObject { ["result"] = true });
    }

    private static Task GetSessionAsync(HttpContext context, FakeWaha waha)
    {
        var session = (string)context.GetRouteValue("session")!;
        waha.Record(Stamp(context, new GetSessionCall(session)));
        return waha.Sessions.TryGetValue(session, out var status)
            ? JsonAsync(context, 200, SessionOf(waha, session, status))
            : ErrorAsync(context, 404, "Session not found");
    }

    private static async Task ReadChatAsync(HttpContext context, FakeWaha waha)
    {
        var query = context.Request.Query;
        var call = Stamp(context, new ReadChatCall(
            (string)context.GetRouteValue("session")!,
            WithSuffix((string)context.GetRouteValue("chatId")!),
            long.TryParse(query["filter.timestamp.gte"], CultureInfo.InvariantCulture, out var since) ? since : 0,
            int.TryParse(query["limit"], CultureInfo.InvariantCulture, out var limit) ? limit : 10,
            bool.TryParse(query["filter.fromMe"], out var fromMe) ? fromMe : null,
            Number(query["offset"], 0)));
        waha.Record(call);
        if (!await IsWorkingAsync(context, waha, call.Session))
            return;
        if (waha.FailsToRead)
        {
            await ErrorAsync(context, 500, "Internal server error");
            return;
        }

        if (!waha.HasStore)
        {
            await NoStoreAsync(context);
            return;
        }

        var messages = waha.Phone.Chat(call.Session, call.ChatId)
            .Where(message => message.At.ToUnixTimeSeconds() >= call.Since && (call.FromMe is null || message.FromMe == call.FromMe))
            .Skip(call.Offset)
            .Take(call.Limit)
            .Select(MessageOf);
        await JsonAsync(context, 200, new JsonArray([.. messages]));
    }

    private static Task NewMessageIdAsync(HttpContext context, FakeWaha waha)
    {
        var session = (string)context.GetRouteValue("session")!;
        if (!waha.GivesMessageIds)
        {
            waha.CountVainIdCall();
            return ErrorAsync(context, 404, $"Cannot GET {context.Request.Path}");
        }

        waha.Record(Stamp(context, new NewMessageIdCall(session)));
        return JsonAsync(context, 200, new JsonObject { ["id"] = waha.Phone.NewRawId() });
    }

    private static async Task ListChatsAsync(HttpContext context, FakeWaha waha)
    {
        var query = context.Request.Query;
        var call = Stamp(context, new ListChatsCall((string)context.GetRouteValue("session")!, Number(query["limit"], 50), Number(query["offset"], 0)));
        waha.Record(call);
        if (!await IsWorkingAsync(context, waha, call.Session))
            return;
        if (!waha.HasStore)
        {
            await NoStoreAsync(context);
            return;
        }

        // The engine's own objects: NOWEB's ids are those of the network.
        var chats = waha.Phone.Chats(call.Session).Skip(call.Offset).Take(call.Limit).Select(chat => (JsonNode)new JsonObject
        {
            ["id"] = chat.ChatId.Replace("@c.us", "@s.whatsapp.net", StringComparison.Ordinal),
            ["conversationTimestamp"] = chat.LastAt.ToUnixTimeSeconds(),
        });
        await JsonAsync(context, 200, new JsonArray([.. chats]));
    }

    private static int Number(string? text, int otherwise) => int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    private static async Task ResolveLidAsync(HttpContext context, FakeWaha waha)
    {
        var session = (string)context.GetRouteValue("session")!;
        var lid = (string)context.GetRouteValue("lid")!;
        lid = lid.Contains('@', StringComparison.Ordinal) ? lid : lid + "@lid";
        waha.Record(Stamp(context, new ResolveLidCall(session, lid)));
        if (!await IsWorkingAsync(context, waha, session))
            return;
        if (waha.HasStore)
            await JsonAsync(context, 200, new JsonObject { ["lid"] = lid, ["pn"] = waha.Phone.PhoneOf(lid) });
        else
            await NoStoreAsync(context);
    }

    private static Task ResolvePhoneAsync(HttpContext context, FakeWaha waha)
    {
        var phone = WithSuffix((string)context.GetRouteValue("phone")!);
        return JsonAsync(context, 200, new JsonObject { ["lid"] = waha.Phone.LidOf(phone), ["pn"] = phone });
    }

    private static Task NoStoreAsync(HttpContext context) =>
        ErrorAsync(context, 400, "Enable NOWEB store \"config.noweb.store.enabled=True\" and \"config.noweb.store.full_sync=True\" when starting a new session.");

    public static JsonObject SessionOf(FakeWaha waha, string name, string status) => new()
    {
        ["name"] = name,
        ["status"] = status,
        ["config"] = waha.Configs.GetValueOrDefault(name)?.DeepClone(),
        ["me"] = status == "WORKING" ? Me(waha.Linked.GetValueOrDefault(name, "19990001111")) : null,
        ["presence"] = null,
        ["engine"] = new JsonObject { ["engine"] = "NOWEB" },
    };

    private static JsonObject Me(string phone) => new() { ["id"] = phone + "@c.us", ["pushName"] = "Fake Bot", ["lid"] = $"999{phone[4..]}2222@lid" };

    private static JsonNode MessageOf(FakeWahaMessage message) => new JsonObject
    {
        ["id"] = $"{(message.FromMe ? "true" : "false")}_{message.ChatId}_{message.RawId}{(message.Participant is null ? "" : "_" + message.Participant)}",
        ["timestamp"] = message.At.ToUnixTimeSeconds(),
        ["from"] = message.ChatId,
        ["fromMe"] = message.FromMe,
        ["source"] = message.Source,
        ["body"] = message.Text,
        ["participant"] = message.Participant,
        ["hasMedia"] = false,
        ["ack"] = 1,
        ["replyTo"] = message.ReplyTo is null ? null : new JsonObject { ["id"] = message.ReplyTo },
        ["_data"] = new JsonObject
        {
            ["key"] = new JsonObject { ["remoteJid"] = message.ChatId, ["fromMe"] = message.FromMe, ["id"] = message.RawId, ["remoteJidAlt"] = message.Alias },
        },
    };
}
