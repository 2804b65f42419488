using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OpenClaw.ServiceDefaults.Health;

/// <summary>
/// <c>/alive</c>: 200 while the process answers. <c>/health</c>: 200 healthy or degraded, 503 unhealthy, with
/// <c>{"status":"degraded","checks":[{"name":"waha","status":"degraded","description":"...","data":{...}}]}</c>.
/// </summary>
public static class HealthEndpoints
{
    /// <summary>The tag of checks that <c>/health</c> asks.</summary>
    public const string Ready = "ready";

    internal static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/alive", static () => "alive").AllowAnonymous();
        endpoints.MapHealthChecks("/health", new HealthCheckOptions
        {
            Predicate = static check => check.Tags.Contains(Ready),
            ResponseWriter = static (context, report) => WriteAsync(context, report),
        }).AllowAnonymous();
    }

    private static async Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter);
        json.WriteStartObject();
        json.WriteString("status"u8, Word(report.Status));
        json.WriteStartArray("checks"u8);
        foreach (var (name, entry) in report.Entries)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, name);
            json.WriteString("status"u8, Word(entry.Status));
            if (Describe(entry) is { Length: > 0 } description)
                json.WriteString("description"u8, description);
            if (entry.Data.Count > 0)
            {
                json.WritePropertyName("data"u8);
                Write(json, entry.Data);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Facts of a check: text, numbers, times in UTC and objects of them.</summary>
    private static void Write(Utf8JsonWriter json, object? value)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case string text:
                json.WriteStringValue(text);
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case int number:
                json.WriteNumberValue(number);
                break;
            case DateTimeOffset at:
                json.WriteStringValue(at.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture));
                break;
            case IEnumerable<KeyValuePair<string, object?>> facts:
                json.WriteStartObject();
                foreach (var (name, fact) in facts)
                {
                    json.WritePropertyName(name);
                    Write(json, fact);
                }

                json.WriteEndObject();
                break;
            default:
                throw new NotSupportedException($"A health check cannot tell a fact of the type {value.GetType().Name}.");
        }
    }

    // The framework makes an exception's message the description; messages can name files, addresses and worse.
    private static string? Describe(HealthReportEntry entry) =>
        entry.Exception is { } exception && string.Equals(entry.Description, exception.Message, StringComparison.Ordinal)
            ? "The check failed; the log says why."
            : entry.Description;

    private static string Word(HealthStatus status) => status switch
    {
        HealthStatus.Healthy => "healthy",
        HealthStatus.Degraded => "degraded",
        _ => "unhealthy",
    };
}
