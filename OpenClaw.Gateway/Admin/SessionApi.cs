using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using OpenClaw.Core.WhatsApp;

namespace OpenClaw.Gateway.Admin;

/// <summary><c>/api/sessions</c>: how the sessions are, and what links a phone.</summary>
internal static partial class SessionApi
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/", ListAsync).WithSummary("Tells how every served session is, asked of WAHA now.");
        Session(api.MapGet("/{name}/qr", QrAsync)).WithSummary("The QR code that links a phone, as PNG. Whoever sees it can take the session: it is not to be cached or passed on.")
            .Produces(StatusCodes.Status200OK, contentType: "image/png");
        Session(api.MapPost("/{name}/pairing-code", PairAsync)).WithSummary("Asks for a code that is typed on the phone instead of scanning.")
            .ProducesProblem(StatusCodes.Status400BadRequest);
        Session(api.MapPost("/{name}/restart", RestartAsync)).WithSummary("Starts a session that is stopped, restarts any other: also one that the keeper leaves alone.");
    }

    private static RouteHandlerBuilder Session(RouteHandlerBuilder route) => route
        .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict).ProducesProblem(StatusCodes.Status502BadGateway);

    private static async Task<Ok<SessionList>> ListAsync(SessionDesk desk, CancellationToken cancellationToken) => TypedResults.Ok(await desk.ListAsync(cancellationToken));

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> QrAsync(
        [Description("WAHA's name of the session.")] string name, SessionDesk desk, HttpContext context, ILogger<SessionDesk> logger, CancellationToken cancellationToken)
    {
        if (await desk.RefuseLinkingAsync(name, cancellationToken) is { } refusal)
            return Problem(refusal);
        var result = await desk.QrCodeAsync(name, cancellationToken);
        if (result.Value is not { } png)
            return NotGiven(result.Outcome);
        Log.Shown(logger, name);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Bytes(png, "image/png");
    }

    private static async Task<Results<Ok<PairingCode>, ProblemHttpResult>> PairAsync(
        [Description("WAHA's name of the session.")] string name, PairingCodeRequest request, SessionDesk desk, HttpContext context, ILogger<SessionDesk> logger,
        CancellationToken cancellationToken)
    {
        if (!PhoneNumbers.TryNormalise(request.PhoneNumber, out var phone))
            return TypedResults.Problem("phoneNumber must be the number of the phone that is to be linked, in international form.", statusCode: StatusCodes.Status400BadRequest);
        if (await desk.RefuseLinkingAsync(name, cancellationToken) is { } refusal)
            return Problem(refusal);
        var result = await desk.PairingCodeAsync(name, phone, cancellationToken);
        if (result.Value is not { } code)
            return NotGiven(result.Outcome);
        Log.Paired(logger, name);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new PairingCode(code));
    }

    private static async Task<Results<Ok<SessionChange>, ProblemHttpResult>> RestartAsync(
        [Description("WAHA's name of the session.")] string name, SessionDesk desk, ILogger<SessionDesk> logger, CancellationToken cancellationToken)
    {
        var (change, refusal) = await desk.RestartAsync(name, cancellationToken);
        if (change is null)
            return Problem(refusal!);
        Log.Restarted(logger, name, change.Outcome);
        return TypedResults.Ok(change);
    }

    private static ProblemHttpResult NotGiven(LinkingOutcome outcome) => outcome == LinkingOutcome.NotNow
        ? Problem(new SessionRefusal(StatusCodes.Status409Conflict, "The session does not wait for a phone any more: look at it again."))
        : Problem(new SessionRefusal(StatusCodes.Status502BadGateway, "WAHA did not give a code: ask again."));

    private static ProblemHttpResult Problem(SessionRefusal refusal) => TypedResults.Problem(refusal.Detail, statusCode: refusal.Status);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "The QR code of session {Session} was shown")]
        public static partial void Shown(ILogger logger, string session);

        [LoggerMessage(Level = LogLevel.Information, Message = "A pairing code for session {Session} was asked for")]
        public static partial void Paired(ILogger logger, string session);

        [LoggerMessage(Level = LogLevel.Information, Message = "Session {Session} was {Outcome} by an operator")]
        public static partial void Restarted(ILogger logger, string session, string outcome);
    }
}
