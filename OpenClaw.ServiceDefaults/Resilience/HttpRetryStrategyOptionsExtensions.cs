using System.Net;

namespace OpenClaw.ServiceDefaults.Resilience;

/// <summary>Which requests are repeated at all.</summary>
public static class HttpRetryStrategyOptionsExtensions
{
    /// <summary>No repetitions for POST, PATCH, PUT, DELETE and CONNECT, whatever came of them.</summary>
    public static void DisableForUnsafeHttpMethods(this HttpRetryStrategyOptions options) =>
        options.DisableFor(HttpMethod.Delete, HttpMethod.Patch, HttpMethod.Post, HttpMethod.Put, HttpMethod.Connect);

    /// <summary>No repetitions for these methods, whatever came of them.</summary>
    public static void DisableFor(this HttpRetryStrategyOptions options, params HttpMethod[] methods)
    {
        if (methods.Length == 0)
            throw new ArgumentException("Name at least one method.", nameof(methods));
        var shouldHandle = options.ShouldHandle;
        options.ShouldHandle = async args =>
            await shouldHandle(args) && args.Context.GetRequestMessage()?.Method is { } method && !methods.Contains(method);
    }

    /// <summary>Takes out what must not be repeated without knowing; see <see cref="HttpRetryStrategyOptions.RepeatUncertainRequests"/>.</summary>
    internal static void DisableForUncertain(this HttpRetryStrategyOptions options)
    {
        if (options.RepeatUncertainRequests)
            return;
        var shouldHandle = options.ShouldHandle;
        options.ShouldHandle = async args => await shouldHandle(args)
            && (IsIdempotent(args.Context.GetRequestMessage()) || IsCertainlyNotDone(args.Outcome.Result, args.Outcome.Exception));
    }

    // RFC 9110, 9.2.2.
    private static bool IsIdempotent(HttpRequestMessage? request) =>
        request is not null && request.Method != HttpMethod.Post && request.Method != HttpMethod.Patch && request.Method != HttpMethod.Connect;

    private static bool IsCertainlyNotDone(HttpResponseMessage? response, Exception? exception) =>
        response is { StatusCode: HttpStatusCode.TooManyRequests }
        || exception is HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError or HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError };
}
