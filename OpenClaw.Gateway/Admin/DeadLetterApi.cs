using System.ComponentModel;
using Microsoft.AspNetCore.Http.HttpResults;
using OpenClaw.Core.Queue.DeadLetters;

namespace OpenClaw.Gateway.Admin;

/// <summary><c>/api/dead-letters</c>: what was given up, and what to do about it.</summary>
internal static partial class DeadLetterApi
{
    private const int DefaultPage = 50;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/", ListAsync).WithSummary("Lists dead letters, newest first, without their texts.").ProducesProblem(StatusCodes.Status400BadRequest);
        api.MapGet("/{id}", ShowAsync).WithSummary("Shows one with its texts, decrypted.").ProducesProblem(StatusCodes.Status404NotFound);
        api.MapPost("/{id}/replay", ReplayAsync).WithSummary("Puts one back where it waits. It is answered or sent once, in the order of its chat.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
        api.MapPost("/replay", ReplayAllAsync).WithSummary("Replays all that the filter means and that died before this call.");
        api.MapDelete("/{id}", DiscardAsync).WithSummary("Gives one up for good: its reason stays, its text goes.")
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);
    }

    private static async Task<Results<Ok<DeadLetterList>, ProblemHttpResult>> ListAsync(
        [AsParameters] DeadLetterQuery query, [Description("The `next` of the page before.")] string? after, [Description("1 to 200; 50 by default.")] int? limit,
        DeadLetterDesk desk, CancellationToken cancellationToken)
    {
        if (limit is < 1 or > DeadLetterDesk.LargestPage)
            return Problem(StatusCodes.Status400BadRequest, "limit must be between 1 and 200.");
        if (!DeadLetterDesk.IsCursor(after))
            return Problem(StatusCodes.Status400BadRequest, "after must be the `next` of an earlier answer.");
        return TypedResults.Ok(await desk.ListAsync(query, after, limit ?? DefaultPage, cancellationToken));
    }

    private static async Task<Results<Ok<DeadLetterDetail>, ProblemHttpResult>> ShowAsync(
        [Description("For example turn-12 or bubble-34.")] string id, DeadLetterDesk desk, ILogger<DeadLetterDesk> logger, CancellationToken cancellationToken)
    {
        if (DeadLetterId.Parse(id) is not { } letter || await desk.ShowAsync(letter, cancellationToken) is not { } detail)
            return NotFound();
        Log.Shown(logger, letter);
        return TypedResults.Ok(detail);
    }

    private static async Task<Results<Ok<DeadLetterAnswer>, ProblemHttpResult>> ReplayAsync(
        string id, DeadLetterDesk desk, ILogger<DeadLetterDesk> logger, CancellationToken cancellationToken)
    {
        if (DeadLetterId.Parse(id) is not { } letter)
            return NotFound();
        var answer = await desk.ReplayAsync(letter, cancellationToken);
        Log.Replayed(logger, letter, answer.Outcome);
        return Result(answer);
    }

    private static async Task<Ok<DeadLetterSweepAnswer>> ReplayAllAsync(
        [AsParameters] DeadLetterQuery query, DeadLetterDesk desk, ILogger<DeadLetterDesk> logger, CancellationToken cancellationToken)
    {
        var sweep = await desk.ReplayAllAsync(query, cancellationToken);
        Log.Swept(logger, sweep.Replayed, sweep.Refused.Count);
        return TypedResults.Ok(sweep);
    }

    private static async Task<Results<Ok<DeadLetterAnswer>, ProblemHttpResult>> DiscardAsync(
        string id, DeadLetterDesk desk, ILogger<DeadLetterDesk> logger, CancellationToken cancellationToken)
    {
        if (DeadLetterId.Parse(id) is not { } letter)
            return NotFound();
        var answer = await desk.DiscardAsync(letter, cancellationToken);
        Log.Discarded(logger, letter, answer.Outcome);
        return Result(answer);
    }

    private static Results<Ok<DeadLetterAnswer>, ProblemHttpResult> Result(DeadLetterAnswer answer) => answer.Outcome switch
    {
        "done" => TypedResults.Ok(answer),
        "notFound" => NotFound(),
        _ => TypedResults.Problem(answer.Detail, statusCode: StatusCodes.Status409Conflict, extensions: [new("outcome", answer.Outcome)]),
    };

    private static ProblemHttpResult NotFound() => TypedResults.Problem(
        "There is no such dead letter.", statusCode: StatusCodes.Status404NotFound, extensions: [new("outcome", "notFound")]);

    private static ProblemHttpResult Problem(int status, string detail) => TypedResults.Problem(detail, statusCode: status);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Dead letter {Letter} was shown with its texts")]
        public static partial void Shown(ILogger logger, DeadLetterId letter);

        [LoggerMessage(Level = LogLevel.Information, Message = "Replay of dead letter {Letter}: {Outcome}")]
        public static partial void Replayed(ILogger logger, DeadLetterId letter, string outcome);

        [LoggerMessage(Level = LogLevel.Information, Message = "{Replayed} dead letters were replayed, {Refused} could not be")]
        public static partial void Swept(ILogger logger, int replayed, int refused);

        [LoggerMessage(Level = LogLevel.Information, Message = "Discard of dead letter {Letter}: {Outcome}")]
        public static partial void Discarded(ILogger logger, DeadLetterId letter, string outcome);
    }
}
