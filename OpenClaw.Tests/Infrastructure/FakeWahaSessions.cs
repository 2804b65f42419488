using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace OpenClaw.Tests.Infrastructure;

/// <summary>The calls about sessions and the linking of phones, with the answers of the recordings in Captures.</summary>
internal static class FakeWahaSessions
{
    /// <summary>The smallest picture there is; the recorded one is a real QR code.</summary>
    public static readonly byte[] Png = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    public static void Map(RouteGroupBuilder api, FakeWaha waha)
    {
        Change(api.MapMethods, waha, "/sessions", "POST", CreateAsync);
        Change(api.MapMethods, waha, "/sessions/{session}", "PUT", ConfigureAsync);
        Change(api.MapMethods, waha, "/sessions/{session}/start", "POST", (context, session, _) => StartAsync(context, waha, session));
        Change(api.MapMethods, waha, "/sessions/{session}/restart", "POST", (context, session, _) => RestartAsync(context, waha, session));
        Change(api.MapMethods, waha, "/{session}/auth/request-code", "POST", (context, session, _) => PairAsync(context, waha, session));
        FakeWahaEndpoints.Get(api, waha, "/{session}/auth/qr", context => QrAsync(context, waha));
        foreach (var limit in new[] { "timelock", "capping" })
        {
            FakeWahaEndpoints.Get(api, waha, "/sessions/{session}/" + limit, context =>
            {
                waha.Record(FakeWahaEndpoints.Stamp(context, new ReadLimitCall((string)context.GetRouteValue("session")!, limit)));
                return waha.Limits.TryGetValue(limit, out var told)
                    ? FakeWahaEndpoints.JsonAsync(context, 200, (JsonObject)told.DeepClone())
                    : FakeWahaEndpoints.ErrorAsync(context, 404, $"Cannot GET {context.Request.Path}");
            });
        }

        FakeWahaEndpoints.Get(api, waha, "/server/environment", context => waha.Environment is { } environment
            ? FakeWahaEndpoints.JsonAsync(context, 200, environment)
            : FakeWahaEndpoints.ErrorAsync(context, 403, "Forbidden resource"));

        Task CreateAsync(HttpContext context, string session, JsonObject body)
        {
            if (waha.Sessions.ContainsKey(session))
                return FakeWahaEndpoints.ErrorAsync(context, 422, $"Session '{session}' already exists. Use PUT to update it.");
            waha.Sessions[session] = (bool?)body["start"] == true ? Started(waha, session) : "STOPPED";
            Keep(waha, session, body);
            return AnswerAsync(context, waha, session, 201);
        }

        Task ConfigureAsync(HttpContext context, string session, JsonObject body)
        {
            if (!waha.Sessions.TryGetValue(session, out var status))
                return FakeWahaEndpoints.ErrorAsync(context, 404, "Session not found");
            Keep(waha, session, body);
            if (status != "STOPPED" && waha.OnStart is not null)
                waha.Sessions[session] = Started(waha, session);
            return AnswerAsync(context, waha, session, 200);
        }
    }

    private static Task StartAsync(HttpContext context, FakeWaha waha, string session)
    {
        if (!waha.Sessions.TryGetValue(session, out var status))
            return FakeWahaEndpoints.ErrorAsync(context, 404, "Session not found");
        if (status != "STOPPED")
            return FakeWahaEndpoints.ErrorAsync(context, 422, $"Session '{session}' is already started.");
        waha.Sessions[session] = Started(waha, session);
        return AnswerAsync(context, waha, session, 201);
    }

    private static Task RestartAsync(HttpContext context, FakeWaha waha, string session)
    {
        if (!waha.Sessions.ContainsKey(session))
            return FakeWahaEndpoints.ErrorAsync(context, 404, "Session not found");
        waha.Sessions[session] = Started(waha, session);
        return AnswerAsync(context, waha, session, 201);
    }

    private static async Task PairAsync(HttpContext context, FakeWaha waha, string session)
    {
        if (await WaitsForPhoneAsync(context, waha, session))
            await FakeWahaEndpoints.JsonAsync(context, 201, new JsonObject { ["code"] = "ABCD-1234" });
    }

    private static async Task QrAsync(HttpContext context, FakeWaha waha)
    {
        var session = (string)context.GetRouteValue("session")!;
        waha.Record(FakeWahaEndpoints.Stamp(context, new SessionChangeCall(session, "qr", "")));
        if (!await WaitsForPhoneAsync(context, waha, session))
            return;
        context.Response.ContentType = "image/png";
        await context.Response.Body.WriteAsync(Png);
    }

    private static async Task<bool> WaitsForPhoneAsync(HttpContext context, FakeWaha waha, string session)
    {
        if (waha.Sessions.TryGetValue(session, out var status) && status == "SCAN_QR_CODE")
            return true;
        await waha.HoldAsync(waha.BlockFor);
        await FakeWahaEndpoints.JsonAsync(context, 422, status is null ? FakeWahaEndpoints.Gone(session) : new JsonObject
        {
            ["error"] = "Session status is not as expected. Try again later or restart the session",
            ["session"] = session,
            ["status"] = status,
            ["expected"] = new JsonArray("SCAN_QR_CODE"),
        });
        return false;
    }

    private static string Started(FakeWaha waha, string session) => waha.OnStart?.Invoke(session) ?? "STARTING";

    private static void Keep(FakeWaha waha, string session, JsonObject body)
    {
        if (body["config"]?.DeepClone() is not JsonObject config)
            return;
        if (!waha.ShowsHmacKeys)
        {
            foreach (var webhook in config["webhooks"]!.AsArray())
                webhook!.AsObject().Remove("hmac");
        }

        waha.Configs[session] = config;
    }

    private static Task AnswerAsync(HttpContext context, FakeWaha waha, string session, int status) =>
        FakeWahaEndpoints.JsonAsync(context, status, FakeWahaEndpoints.SessionOf(waha, session, waha.Sessions[session]));

    private static void Change(
        Func<string, IEnumerable<string>, RequestDelegate, IEndpointConventionBuilder> map, FakeWaha waha, string path, string method,
        Func<HttpContext, string, JsonObject, Task> handle) => map(path, [method], async context =>
        {
            if (!await FakeWahaEndpoints.IsAuthorizedAsync(context, waha))
                return;
            using var reader = new StreamReader(context.Request.Body);
            var text = await reader.ReadToEndAsync();
            var body = text.Length == 0 ? [] : (JsonObject)JsonNode.Parse(text)!;
            var session = (string?)context.GetRouteValue("session") ?? (string)body["name"]!;
            var change = (method, path) switch
            {
                ("PUT", _) => "configure",
                (_, "/sessions") => "create",
                _ => path[(path.LastIndexOf('/') + 1)..],
            };
            waha.Record(FakeWahaEndpoints.Stamp(context, new SessionChangeCall(session, change, text)));
            await FakeWahaEndpoints.CutWhenStoppedAsync(context, handle(context, session, body));
        });
}
