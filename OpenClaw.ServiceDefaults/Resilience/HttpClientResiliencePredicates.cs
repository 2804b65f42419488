using System.Net;
using Polly;
using Polly.Timeout;

namespace OpenClaw.ServiceDefaults.Resilience;

/// <summary>What may pass when it is tried again.</summary>
public static class HttpClientResiliencePredicates
{
    /// <summary>
    /// 5xx, 408, 429, <see cref="HttpRequestException"/>, a time-out of a strategy, and the connect time-out of the handler below, which looks like a
    /// cancellation that nobody asked for.
    /// </summary>
    public static bool IsTransient(Outcome<HttpResponseMessage> outcome, CancellationToken cancellationToken = default) => outcome switch
    {
        { Result: { } response } => response.StatusCode is >= HttpStatusCode.InternalServerError or HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests,
        { Exception: HttpRequestException or TimeoutRejectedException } => true,
        { Exception: OperationCanceledException { InnerException: TimeoutException } } => !cancellationToken.IsCancellationRequested,
        _ => false,
    };
}
