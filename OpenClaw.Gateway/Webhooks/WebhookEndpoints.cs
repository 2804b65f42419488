using System.Diagnostics;
using System.Security.Cryptography;
using OpenClaw.Core.Memory;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Storage;
using OpenClaw.Gateway.Admission;
using OpenClaw.Gateway.Backfill;

namespace OpenClaw.Gateway.Webhooks;

/// <summary>
/// WAHA's door. 415 content type, 413 size, 401 signature, 400 no envelope, 202 after the commit, 503 when it cannot commit: WAHA
/// repeats everything but a 2xx, so only what is durable, or what no repeat can mend, gets one of the former.
/// </summary>
internal sealed partial class WebhookEndpoints(
    WebhookSignature signature, EventIntake intake, IngressPressure pressure, MemoryPressure memory, HistorySignals history, WebhookMetrics metrics,
    IHostApplicationLifetime lifetime, ILogger<WebhookEndpoints> logger)
{
    public const string Route = "/webhooks/waha";
    private const int MaxBody = 1024 * 1024;
    private const string NoMemory = "memory";
    private const string RetryAfterSeconds = "2";

    public async Task HandleAsync(HttpContext context)
    {
        var arrived = Stopwatch.GetTimestamp();
        var requestId = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        context.Response.Headers["X-Request-Id"] = requestId;
        var (status, outcome) = await HandleAsync(context, requestId);
        context.Response.StatusCode = status;
        metrics.Answered(status, outcome, Stopwatch.GetElapsedTime(arrived));
        if (Activity.Current is { IsAllDataRequested: true } span)
            span.SetTag("openclaw.request_id", requestId).SetTag("openclaw.outcome", outcome);
        // Short memory is told once, not by every webhook.
        if (status != StatusCodes.Status202Accepted && outcome != NoMemory)
            Log.Refused(logger, status, outcome, requestId);
        context.Response.ContentType = "application/json";
        await context.Response.BodyWriter.WriteAsync(WebhookAnswers.Body(outcome), context.RequestAborted);
    }

    private async Task<(int Status, string Outcome)> HandleAsync(HttpContext context, string requestId)
    {
        if (lifetime.ApplicationStopping.IsCancellationRequested)
            return Unavailable(context, "stopping");
        if (memory.IsHigh)
            return Unavailable(context, NoMemory);
        if (!JsonMediaType.Is(context.Request.ContentType))
            return (StatusCodes.Status415UnsupportedMediaType, "content_type");
        if (context.Request.ContentLength > MaxBody)
            return (StatusCodes.Status413PayloadTooLarge, "too_large");

        try
        {
            // A client that hangs up gets no answer either way; what it sent whole is still stored.
            using var body = await WebhookBody.ReadAsync(context.Request, MaxBody, context.RequestAborted);
            if (body is null)
                return (StatusCodes.Status413PayloadTooLarge, "too_large");
            if (!signature.IsValid(context.Request.Headers, body.Span))
                return (StatusCodes.Status401Unauthorized, "signature");
            return WahaEnvelope.TryParse(body.Span) is { } envelope
                ? (StatusCodes.Status202Accepted, WebhookAnswers.NameOf(await TakeAsync(envelope, requestId)))
                : (StatusCodes.Status400BadRequest, "not_an_envelope");
        }
        catch (BadHttpRequestException error)
        {
            return (error.StatusCode, "bad_request");
        }
        catch (OperationCanceledException)
        {
            return (StatusCodes.Status400BadRequest, "cut");
        }
        catch (IOException)
        {
            return (StatusCodes.Status400BadRequest, "cut");
        }
        catch (StorageUnavailableException error)
        {
            Log.Storage(logger, error.Failure, requestId);
            return Unavailable(context, "storage");
        }
        catch (Exception error)
        {
            // Not acknowledged: WAHA sends it again, and whatever this was may have passed by then.
            Log.Unexpected(logger, requestId, error);
            return Unavailable(context, "unexpected");
        }
    }

    private async Task<IntakeOutcome> TakeAsync(WahaEnvelope envelope, string requestId)
    {
        pressure.Count(isAck: envelope.Event is "message.ack" or "message.ack.group");
        try
        {
            return await intake.TakeAsync(envelope, requestId, CancellationToken.None);
        }
        finally
        {
            pressure.Answered();
        }
    }

    private (int Status, string Outcome) Unavailable(HttpContext context, string outcome)
    {
        history.Refused();
        context.Response.Headers.RetryAfter = RetryAfterSeconds;
        return (StatusCodes.Status503ServiceUnavailable, outcome);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Webhook refused with {Status} ({Outcome}), request {RequestId}")]
        public static partial void Refused(ILogger logger, int status, string outcome, string requestId);

        [LoggerMessage(Level = LogLevel.Error, Message = "Webhook not stored: the database cannot commit ({Failure}); WAHA will repeat it, request {RequestId}")]
        public static partial void Storage(ILogger logger, StorageFailure failure, string requestId);

        [LoggerMessage(Level = LogLevel.Error, Message = "Webhook not stored for an unexpected reason; WAHA will repeat it, request {RequestId}")]
        public static partial void Unexpected(ILogger logger, string requestId, Exception error);
    }
}
