using System.Text.Json;

namespace OpenClaw.Gateway.Simulator.Waha;

/// <summary>Writes answers in WAHA's forms. Errors have two: Nest's <c>{message,error,statusCode}</c> and the session's <c>{error,session}</c>.</summary>
internal static class WahaAnswers
{
    /// <summary>A JSON answer that <paramref name="write"/> writes.</summary>
    public static async Task WriteAsync(HttpContext context, int status, Action<Utf8JsonWriter> write)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        var json = new Utf8JsonWriter(context.Response.BodyWriter, NowebShapes.Writing);
        await using (json)
            write(json);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    /// <summary><c>{"message":"Unauthorized","statusCode":401}</c></summary>
    public static Task UnauthorizedAsync(HttpContext context) =>
        ErrorAsync(context, StatusCodes.Status401Unauthorized, "Unauthorized", error: null);

    /// <summary><c>{"message":"...","error":"Bad Request","statusCode":400}</c></summary>
    public static Task BadRequestAsync(HttpContext context, string message) =>
        ErrorAsync(context, StatusCodes.Status400BadRequest, message, "Bad Request");

    /// <summary><c>{"message":"...","error":"Not Found","statusCode":404}</c></summary>
    public static Task NotFoundAsync(HttpContext context, string message) =>
        ErrorAsync(context, StatusCodes.Status404NotFound, message, "Not Found");

    /// <summary><c>{"message":"...","error":"Payload Too Large","statusCode":413}</c></summary>
    public static Task TooLargeAsync(HttpContext context) =>
        ErrorAsync(context, StatusCodes.Status413PayloadTooLarge, "request entity too large", "Payload Too Large");

    /// <summary>422 <c>{"error":"Session \"x\" does not exist","session":"x"}</c>; WAHA takes 5 s for it, the simulator does not.</summary>
    public static Task NoSessionAsync(HttpContext context, string session) =>
        WriteAsync(context, StatusCodes.Status422UnprocessableEntity, json =>
        {
            json.WriteStartObject();
            json.WriteString("error", $"Session \"{session}\" does not exist");
            json.WriteString("session", session);
            json.WriteEndObject();
        });

    /// <summary>422 <c>{"error":"Session status is not as expected...","session":"x","status":"FAILED","expected":["WORKING"]}</c></summary>
    public static Task NotWorkingAsync(HttpContext context, string session, string status) =>
        WriteAsync(context, StatusCodes.Status422UnprocessableEntity, json =>
        {
            json.WriteStartObject();
            json.WriteString("error", "Session status is not as expected. Try again later or restart the session");
            json.WriteString("session", session);
            json.WriteString("status", status);
            json.WriteStartArray("expected");
            json.WriteStringValue("WORKING");
            json.WriteEndArray();
            json.WriteEndObject();
        });

    private static Task ErrorAsync(HttpContext context, int status, string message, string? error) =>
        WriteAsync(context, status, json =>
        {
            json.WriteStartObject();
            json.WriteString("message", message);
            if (error is not null)
                json.WriteString("error", error);
            json.WriteNumber("statusCode", status);
            json.WriteEndObject();
        });
}
