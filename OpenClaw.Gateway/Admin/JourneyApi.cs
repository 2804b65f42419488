using System.ComponentModel;
using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;
using OpenClaw.Core.Queue.Journeys;

namespace OpenClaw.Gateway.Admin;

/// <summary><c>/api/journeys</c>: what became of a message, step by step, without its text.</summary>
internal static class JourneyApi
{
    public static void Map(RouteGroupBuilder api) => api.MapGet("/{id}", Find).WithSummary("Tells the way of a message and of its answer, without texts.")
        .ProducesProblem(StatusCodes.Status404NotFound);

    private static Results<Ok<JourneyView>, ProblemHttpResult> Find(
        [Description("The request id of the message (X-Request-Id of its webhook, RequestId in the logs), or the code that the person was told.")] string id, JourneyStore journeys) =>
        journeys.Find(id) is { } journey
            ? TypedResults.Ok(View(journey))
            : TypedResults.Problem("No message has this request id, and no turn this code.", statusCode: StatusCodes.Status404NotFound);

    private static JourneyView View(Journey journey) => new(
        journey.RequestId, journey.Reference, Word(journey.Outcome.ToString()), journey.Reason, journey.Session, journey.Lane, journey.IsLate, journey.Attempts, journey.TraceId,
        [.. journey.Steps.Select(step => new JourneyStepView(Word(step.Kind.ToString()), step.At, step.Bubble, step.Detail))],
        [.. journey.Bubbles.Select(bubble => new JourneyBubbleView(
            bubble.Id, bubble.Kind, bubble.State, bubble.Settlement is { } settlement ? Word(settlement.ToString()) : null, bubble.AcceptedAt, bubble.ServerAt, bubble.DeviceAt,
            bubble.ReadAt, bubble.RefusedAt, bubble.Session))]);

    private static string Word(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);
}
