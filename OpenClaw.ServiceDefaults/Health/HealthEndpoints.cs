using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OpenClaw.ServiceDefaults.Health;

/// <summary>
/// <c>/alive</c>: 200 while the process answers. <c>/health</c>: 200 healthy or degraded, 503 unhealthy, with
/// <c>{"status":"degraded","checks":[{"name":"waha","status":"degraded","description":"..."}]}</c>.
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
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
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
