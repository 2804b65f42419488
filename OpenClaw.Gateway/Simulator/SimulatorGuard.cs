using Microsoft.Extensions.Options;

namespace OpenClaw.Gateway.Simulator;

/// <summary>
/// Stands before every route of the simulator. It has no login, so on loopback too: a page of another site must not be able to
/// speak to it (Origin, Sec-Fetch-Site), a name that was rebound to 127.0.0.1 must not reach it (Host), and a form of another
/// site must not be able to post to it (application/json needs a preflight, which nobody answers).
/// </summary>
internal sealed partial class SimulatorGuard(IOptions<SimulatorOptions> options, SimulatorAddress address, ILogger<SimulatorGuard> logger)
{
    /// <summary>Puts the checks before <paramref name="next"/> and turns unreadable input into its status code.</summary>
    public RequestDelegate Protect(RequestDelegate next) => async context =>
    {
        if (Refusal(context.Request) is var (status, reason, sentence))
        {
            Log.Refused(logger, reason);
            context.Response.StatusCode = status;
            context.Response.ContentType = "text/plain; charset=utf-8";
            await context.Response.WriteAsync(sentence, context.RequestAborted);
            return;
        }

        try
        {
            await next(context);
        }
        catch (BadHttpRequestException cut) when (!context.Response.HasStarted)
        {
            context.Response.StatusCode = cut.StatusCode;
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller went away; there is nobody to answer.
        }
    };

    private (int Status, string Reason, string Sentence)? Refusal(HttpRequest request)
    {
        var host = request.Host.Host;
        if (!options.Value.AllowPublic && !LoopbackHost.Is(host) && (host.Length == 0 || !address.IsOwnHost(host)))
            return (StatusCodes.Status403Forbidden, "host",
                "This host name is not served: open the simulator by http://localhost, or set Simulator__AllowPublic=true.");

        if (!IsSameOrigin(request))
            return (StatusCodes.Status403Forbidden, "origin", "Requests from another origin are refused.");

        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method) && !JsonMediaType.Is(request.ContentType))
            return (StatusCodes.Status415UnsupportedMediaType, "content_type", "Send application/json.");

        return null;
    }

    private static bool IsSameOrigin(HttpRequest request)
    {
        var origins = request.Headers.Origin;
        if (origins.Count > 0 && !(origins.Count == 1 && Matches(origins[0], request.Host)))
            return false;

        var site = request.Headers["Sec-Fetch-Site"].ToString();
        return site is "" or "same-origin" or "none" || IsFollowedLink(request);
    }

    private static bool Matches(string? origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttp || uri.Scheme == Uri.UriSchemeHttps)
        && uri.Host.Equals(host.Host, StringComparison.OrdinalIgnoreCase)
        && uri.Port == (host.Port ?? (uri.Scheme == Uri.UriSchemeHttps ? 443 : 80));

    /// <summary>A link on another page that leads a person to the page: nothing is changed, and the other page cannot read or frame it.</summary>
    private static bool IsFollowedLink(HttpRequest request) =>
        HttpMethods.IsGet(request.Method)
        && string.Equals(request.Path.Value?.TrimEnd('/'), SimulatorSetup.PagePath, StringComparison.OrdinalIgnoreCase)
        && request.Headers["Sec-Fetch-Mode"] == "navigate"
        && request.Headers["Sec-Fetch-Dest"] == "document";

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Simulator request refused: {Reason}")]
        public static partial void Refused(ILogger logger, string reason);
    }
}
