using Microsoft.AspNetCore.Mvc;
using OpenClaw.Core.Storage;

namespace OpenClaw.Gateway.Admin;

/// <summary>
/// Stands before everything below <c>/api</c>: no key, no answer, not even whether a route exists. Turns whatever goes wrong into a problem
/// document (RFC 9457).
/// </summary>
internal sealed partial class AdminGuard(IServiceProvider services, ILogger<AdminGuard> logger)
{
    public const string KeyHeader = "X-Api-Key";

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            // Asked for with the first request: it reads the data directory, which only the start may open.
            if (!IsPublic(context.Request) && !IsAllowed(context.Request, services.GetRequiredService<AdminKey>()))
            {
                Log.Refused(logger);
                context.Response.Headers.WWWAuthenticate = "ApiKey";
                await WriteAsync(context, StatusCodes.Status401Unauthorized, $"Send the admin key in the header {KeyHeader}: Admin__ApiKey, or admin.key in the data directory.");
                return;
            }

            await next(context);
            if (!context.Response.HasStarted && context.Response.StatusCode >= StatusCodes.Status400BadRequest && context.Response.ContentType is null)
                await WriteAsync(context, context.Response.StatusCode, null);
        }
        catch (BadHttpRequestException error) when (!context.Response.HasStarted)
        {
            await WriteAsync(context, error.StatusCode, null);
        }
        catch (StorageUnavailableException error) when (!context.Response.HasStarted)
        {
            context.Response.Headers.RetryAfter = "2";
            await WriteAsync(context, StatusCodes.Status503ServiceUnavailable, $"The database cannot be used now ({error.Failure}). Nothing was changed; try again.");
        }
        catch (Exception error) when (!context.Response.HasStarted && error is not OperationCanceledException)
        {
            Log.Failed(logger, error);
            await WriteAsync(context, StatusCodes.Status500InternalServerError, "The log says why.");
        }
    }

    private static bool IsPublic(HttpRequest request) => HttpMethods.IsGet(request.Method) && request.Path == AdminSetup.DocumentPath;

    private static bool IsAllowed(HttpRequest request, AdminKey key) => request.Headers[KeyHeader] is [{ Length: > 0 } presented] && key.Is(presented);

    private static Task WriteAsync(HttpContext context, int status, string? detail)
    {
        context.Response.StatusCode = status;
        return TypedResults.Problem(new ProblemDetails { Status = status, Detail = detail }).ExecuteAsync(context);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "A request to the admin API was refused: no key, or a wrong one")]
        public static partial void Refused(ILogger logger);

        [LoggerMessage(Level = LogLevel.Error, Message = "A request to the admin API failed for an unexpected reason")]
        public static partial void Failed(ILogger logger, Exception error);
    }
}
