using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace OpenClaw.Gateway.Simulator.Waha;

/// <summary>
/// The part of WAHA's HTTP API that the product calls, answered as WAHA 2026.2.1 (NOWEB, with its message store) does. One
/// difference: where WAHA answers 500 for bad input, this answers 400. While the link is down a send is held back and refused as WAHA does,
/// manners (seen, typing) and reactions are refused at once.
/// </summary>
internal sealed class WahaApi(SimulatedWaha waha, SimulatorAddress address, TimeProvider time)
{
    private const int MostBodyBytes = 256 * 1024;
    private readonly byte[] _key = Encoding.UTF8.GetBytes(address.ApiKey);

    /// <summary>Maps WAHA's paths below the group's.</summary>
    public void Map(RouteGroupBuilder group)
    {
        group.MapGet("/ping", PingAsync);
        group.MapPost("/api/sendText", Keyed(SendTextAsync));
        group.MapPost("/api/sendSeen", Keyed(SendSeenAsync));
        group.MapPost("/api/startTyping", Keyed(context => TypingAsync(context, typing: true)));
        group.MapPost("/api/stopTyping", Keyed(context => TypingAsync(context, typing: false)));
        group.MapPut("/api/reaction", Keyed(ReactAsync));
        group.MapGet("/api/sessions", Keyed(SessionsAsync));
        group.MapGet("/api/sessions/{session}", Keyed(SessionAsync));
        group.MapGet("/api/server/version", Keyed(VersionAsync));
        group.MapGet("/api/server/status", Keyed(ServerStatus.WriteAsync));
        group.MapGet("/api/{session}/chats/{chatId}/messages", Keyed(HistoryAsync));
        group.MapGet("/api/{session}/lids/{lid}", Keyed(LidAsync));
        group.Map("/{**path}", Keyed(context =>
            WahaAnswers.NotFoundAsync(context, $"Cannot {context.Request.Method} /{context.Request.RouteValues["path"]}")));
    }

    private RequestDelegate Keyed(RequestDelegate next) => context =>
    {
        var given = context.Request.Headers["X-Api-Key"];
        return given.Count == 1 && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given[0] ?? ""), _key)
            ? next(context)
            : WahaAnswers.UnauthorizedAsync(context);
    };

    private static Task PingAsync(HttpContext context) => WahaAnswers.WriteAsync(context, StatusCodes.Status200OK, json =>
    {
        json.WriteStartObject();
        json.WriteString("message", "pong");
        json.WriteEndObject();
    });

    private async Task SendTextAsync(HttpContext context)
    {
        if (await ReadAsync(context) is not { } request || await PlaceAsync(context, request) is not { } place)
            return;
        if (request.Text is not { } text)
        {
            await WahaAnswers.BadRequestAsync(context, "text must be a string");
            return;
        }

        var began = time.GetTimestamp();
        if (!await waha.Link.WaitAsync(context.RequestAborted))
        {
            waha.ChatOf(place.Key)!.Tell(new ChatChange.Refused(time.GetElapsedTime(began)));
            await WahaAnswers.NotWorkingAsync(context, waha.Account.Session, "FAILED");
            return;
        }

        var sent = waha.Send(place, text, request.ReplyTo);
        await WahaAnswers.WriteAsync(context, StatusCodes.Status201Created, json => NowebShapes.WriteSent(json, sent));
    }

    private async Task SendSeenAsync(HttpContext context)
    {
        if (await ReadAsync(context) is not { } request || await ChatAsync(context, request) is not { } chat || !await IsWorkingAsync(context))
            return;

        var named = request.MessageIds ?? (request.MessageId is { } one ? [one] : null);
        var seen = chat.MarkSeen(named);
        if (named is not null)
        {
            context.Response.StatusCode = StatusCodes.Status201Created;
            return;
        }

        await WahaAnswers.WriteAsync(context, StatusCodes.Status201Created, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("ids");
            foreach (var id in seen)
                json.WriteStringValue(id);
            json.WriteEndArray();
            json.WriteEndObject();
        });
    }

    private async Task TypingAsync(HttpContext context, bool typing)
    {
        if (await ReadAsync(context) is not { } request || await ChatAsync(context, request) is not { } chat || !await IsWorkingAsync(context))
            return;

        chat.SetTyping(typing);
        await WahaAnswers.WriteAsync(context, StatusCodes.Status201Created, json =>
        {
            json.WriteStartObject();
            json.WriteBoolean("result", true);
            json.WriteEndObject();
        });
    }

    private async Task ReactAsync(HttpContext context)
    {
        if (await ReadAsync(context) is not { } request)
            return;
        if (request.Reaction is not { } emoji
            || request.MessageId?.Split('_') is not [_, var chatId, ..]
            || waha.ChatById(chatId) is not { } chat
            || chat.Find(WahaIds.RawPart(request.MessageId)) is not { } target)
        {
            await WahaAnswers.BadRequestAsync(context, "messageId and reaction must name a message of the simulator and an emoji");
            return;
        }

        if (!await IsWorkingAsync(context))
            return;
        var (rawId, at) = waha.React(chat, target, emoji);
        await WahaAnswers.WriteAsync(context, StatusCodes.Status200OK,
            json => NowebShapes.WriteReaction(json, target, rawId, emoji, at));
    }

    private Task SessionsAsync(HttpContext context) => WahaAnswers.WriteAsync(context, StatusCodes.Status200OK, json =>
    {
        json.WriteStartArray();
        waha.Account.WriteSession(json, waha.Link.Status);
        json.WriteEndArray();
    });

    private Task SessionAsync(HttpContext context) => RouteText(context, "session") == waha.Account.Session
        ? WahaAnswers.WriteAsync(context, StatusCodes.Status200OK, json => waha.Account.WriteSession(json, waha.Link.Status))
        : WahaAnswers.NotFoundAsync(context, "Session not found");

    private static Task VersionAsync(HttpContext context) => WahaAnswers.WriteAsync(context, StatusCodes.Status200OK, json =>
    {
        json.WriteStartObject();
        SimulatedAccount.WriteEnvironment(json);
        json.WriteEndObject();
    });

    private async Task HistoryAsync(HttpContext context)
    {
        if (!await ServesAsync(context, RouteText(context, "session")))
            return;
        var (query, wrong) = HistoryQuery.Parse(context.Request.Query);
        if (query is null)
        {
            await WahaAnswers.BadRequestAsync(context, $"{wrong} cannot be read");
            return;
        }

        var chat = waha.ChatById(RouteText(context, "chatId"));
        await WahaAnswers.WriteAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartArray();
            foreach (var message in query.Apply(chat?.Messages() ?? []))
                NowebShapes.WriteMessage(json, message, message.Ack);
            json.WriteEndArray();
        });
    }

    private async Task LidAsync(HttpContext context)
    {
        if (!await ServesAsync(context, RouteText(context, "session")))
            return;
        var lid = RouteText(context, "lid");
        if (!lid.EndsWith("@lid", StringComparison.Ordinal))
            lid += "@lid";
        await WahaAnswers.WriteAsync(context, StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteString("lid", lid);
            json.WriteString("pn", SimulatedPerson.FromChatId(lid)?.ChatId);
            json.WriteEndObject();
        });
    }

    private async Task<ChatRequest?> ReadAsync(HttpContext context)
    {
        var body = await JsonBody.ReadAsync(context.Request, WahaJson.Default.ChatRequest, MostBodyBytes, context.RequestAborted);
        if (body.Value is { } request)
            return await HasSessionAsync(context, request.Session) ? request : null;
        if (body.Status == StatusCodes.Status413PayloadTooLarge)
            await WahaAnswers.TooLargeAsync(context);
        else
            await WahaAnswers.BadRequestAsync(context, "The body is not the expected JSON");
        return null;
    }

    private async Task<bool> HasSessionAsync(HttpContext context, string? session)
    {
        if (!string.IsNullOrEmpty(session))
            return await ServesAsync(context, session);
        await WahaAnswers.BadRequestAsync(context, "Session name is required");
        return false;
    }

    private async Task<bool> ServesAsync(HttpContext context, string session)
    {
        if (session == waha.Account.Session)
            return true;
        await WahaAnswers.NoSessionAsync(context, session);
        return false;
    }

    private async Task<SimulatedChat?> ChatAsync(HttpContext context, ChatRequest request) =>
        waha.ChatOf((await PlaceAsync(context, request))?.Key);

    private static async Task<ChatPlace?> PlaceAsync(HttpContext context, ChatRequest request)
    {
        var place = ChatPlace.FromChatId(request.ChatId);
        if (place is null)
            await WahaAnswers.BadRequestAsync(context, "chatId must be one of the simulator's people or its group");
        return place;
    }

    private async Task<bool> IsWorkingAsync(HttpContext context)
    {
        if (!waha.Link.Outage.IsOn)
            return true;
        await WahaAnswers.NotWorkingAsync(context, waha.Account.Session, "FAILED");
        return false;
    }

    private static string RouteText(HttpContext context, string name) => context.Request.RouteValues[name] as string ?? "";
}
