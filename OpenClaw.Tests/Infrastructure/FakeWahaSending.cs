using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace OpenClaw.Tests.Infrastructure;

/// <summary><c>POST /api/sendText</c>: the one call whose every step can be made to fail.</summary>
internal static class FakeWahaSending
{
    public static async Task SendTextAsync(HttpContext context, FakeWaha waha, JsonObject body)
    {
        if (Text(body, "session") is not { } session || Text(body, "chatId") is not { } chatId || Text(body, "text") is not { } text)
        {
            await ExplodeAsync(context, body);
            return;
        }

        var call = FakeWahaEndpoints.Stamp(context, new SendTextCall(session, FakeWahaEndpoints.WithSuffix(chatId), text, Text(body, "reply_to")) { MessageId = Text(body, "id") });
        waha.Record(call);
        if (!await FakeWahaEndpoints.IsWorkingAsync(context, waha, session))
            return;

        switch (waha.FaultOf(call))
        {
            case FakeWahaFault.None:
                await AcceptAsync(context, waha, waha.Deliver(call));
                break;
            case FakeWahaFault.Refuse500BeforeDelivery:
                await ExplodeAsync(context, body);
                break;
            case FakeWahaFault.DeliveredBut500:
                waha.Deliver(call);
                await ExplodeAsync(context, body);
                break;
            case FakeWahaFault.DeliveredButCut:
                waha.Deliver(call);
                context.Abort();
                break;
            case FakeWahaFault.NotDeliveredAndCut:
                context.Abort();
                break;
            case FakeWahaFault.HangThenDeliver:
                await waha.HoldAsync(Timeout.InfiniteTimeSpan);
                await AcceptAsync(context, waha, waha.Deliver(call));
                break;
            case FakeWahaFault.DeliverThenHang:
                var bubble = waha.Deliver(call);
                await waha.HoldAsync(Timeout.InfiniteTimeSpan);
                await AcceptAsync(context, waha, bubble);
                break;
            case FakeWahaFault.TooManyRequests:
                await WaitAndRetryAsync(context, waha, 429);
                break;
            case FakeWahaFault.Unavailable503:
                await WaitAndRetryAsync(context, waha, 503);
                break;
            case FakeWahaFault.Refuse422:
                await FakeWahaEndpoints.ErrorAsync(context, 422, "The feature is available only in Plus version for 'NOWEB' engine.");
                break;
            case FakeWahaFault.BlockedThen422:
                await waha.HoldAsync(TimeSpan.FromMilliseconds(200));
                await FakeWahaEndpoints.JsonAsync(context, 422, FakeWahaEndpoints.NotWorking(session, "STARTING"));
                break;
            case FakeWahaFault.Timelock463:
                await FakeWahaEndpoints.JsonAsync(context, 500, new JsonObject { ["error"] = "2 UNKNOWN: server returned error 463" });
                break;
            case FakeWahaFault.Capping475:
                await ExplodeAsync(context, body, "server returned error 475");
                break;
            case FakeWahaFault.SessionGone:
                await FakeWahaEndpoints.JsonAsync(context, 422, FakeWahaEndpoints.Gone(session));
                break;
            case FakeWahaFault.Redirect:
                context.Response.Redirect("/elsewhere");
                break;
        }
    }

    private static Task AcceptAsync(HttpContext context, FakeWaha waha, FakeWahaBubble bubble)
    {
        var full = $"true_{bubble.ChatId}_{bubble.RawId}";
        var body = waha.Engine switch
        {
            FakeWahaEngine.Noweb => new JsonObject
            {
                ["key"] = new JsonObject { ["remoteJid"] = bubble.ChatId.Replace("@c.us", "@s.whatsapp.net", StringComparison.Ordinal), ["fromMe"] = true, ["id"] = bubble.RawId },
                ["message"] = new JsonObject { ["extendedTextMessage"] = new JsonObject { ["text"] = bubble.Text } },
                ["messageTimestamp"] = bubble.At.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture),
                ["status"] = "PENDING",
            },
            FakeWahaEngine.Webjs => new JsonObject
            {
                ["id"] = new JsonObject { ["fromMe"] = true, ["remote"] = bubble.ChatId, ["id"] = bubble.RawId, ["_serialized"] = full },
                ["body"] = bubble.Text,
                ["timestamp"] = bubble.At.ToUnixTimeSeconds(),
            },
            FakeWahaEngine.Gows => new JsonObject { ["id"] = full, ["timestamp"] = bubble.At.ToUnixTimeSeconds(), ["_data"] = new JsonObject() },
            _ => null,
        };
        if (body is not null)
            return FakeWahaEndpoints.JsonAsync(context, 201, body);
        context.Response.StatusCode = 201;
        return Task.CompletedTask;
    }

    // The real one echoes the whole request: whoever logs a body leaks the text.
    private static Task ExplodeAsync(HttpContext context, JsonObject body, string message = "Cannot read properties of undefined") => FakeWahaEndpoints.JsonAsync(context, 500, new JsonObject
    {
        ["statusCode"] = 500,
        ["exception"] = new JsonObject { ["message"] = message, ["name"] = "TypeError", ["stack"] = "TypeError: ..." },
        ["request"] = new JsonObject { ["path"] = context.Request.Path.Value, ["method"] = "POST", ["body"] = body.DeepClone() },
        ["version"] = new JsonObject { ["version"] = "2026.2.1" },
    });

    private static Task WaitAndRetryAsync(HttpContext context, FakeWaha waha, int status)
    {
        context.Response.Headers.RetryAfter = ((int)waha.RetryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return FakeWahaEndpoints.ErrorAsync(context, status, "Try again later");
    }

    private static string? Text(JsonObject body, string name) =>
        body[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? (string?)value : null;
}
