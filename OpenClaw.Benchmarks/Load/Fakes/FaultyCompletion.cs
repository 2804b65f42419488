using System.Text;
using Microsoft.AspNetCore.Http;

namespace OpenClaw.Benchmarks.Load.Fakes;

/// <summary>The ways in which a model fails. Pieces are server-sent events, whatever was asked for.</summary>
internal static class FaultyCompletion
{
    private const int Pieces = 5;

    private static readonly TimeSpan BetweenPieces = TimeSpan.FromSeconds(1);
    private static readonly byte[] Failed = """{"error":{"message":"The server had an error","type":"server_error"}}"""u8.ToArray();
    private static readonly byte[] TooMany = """{"error":{"message":"Rate limit reached","type":"rate_limit_error"}}"""u8.ToArray();

    /// <param name="context">The call.</param>
    /// <param name="fault">What goes wrong.</param>
    /// <param name="escaped">The answer there should be, as the inside of a JSON string.</param>
    /// <returns>False when nothing goes wrong: the caller answers.</returns>
    public static async Task<bool> TryAnswerAsync(HttpContext context, ModelFault fault, string escaped)
    {
        switch (fault)
        {
            case ModelFault.None:
                return false;
            case ModelFault.Error500:
                await LoopbackServer.WriteJsonAsync(context.Response, 500, Failed);
                return true;
            case ModelFault.TooManyRequests:
                context.Response.Headers.RetryAfter = "1";
                await LoopbackServer.WriteJsonAsync(context.Response, 429, TooMany);
                return true;
            case ModelFault.Malformed:
                await WriteAsync(context, Piece("half an ans") + "data: {\"choices\":[{\n\n");
                return true;
            case ModelFault.Cut:
                await WriteAsync(context, Piece("half an ans"));
                context.Abort();
                return true;
            case ModelFault.Empty:
                await WriteAsync(context, Piece("") + End);
                return true;
            case ModelFault.Slow:
                await WriteSlowlyAsync(context, escaped);
                return true;
            default:
                await WriteAsync(context, Piece("half an ans"));
                await LoopbackServer.HoldAsync(context, Timeout.InfiniteTimeSpan);
                return true;
        }
    }

    private static string End => Choice("{}", "\"stop\"") + "data: [DONE]\n\n";

    private static async Task WriteSlowlyAsync(HttpContext context, string escaped)
    {
        for (var piece = 1; piece < Pieces; piece++)
        {
            await WriteAsync(context, Piece(" "));
            await LoopbackServer.HoldAsync(context, BetweenPieces);
        }

        await WriteAsync(context, Piece(escaped) + End);
    }

    private static string Piece(string escaped) => Choice($$"""{"content":"{{escaped}}"}""", "null");

    private static string Choice(string delta, string reason) =>
        "data: {\"id\":\"chatcmpl-load\",\"created\":1795336705,\"model\":\"scripted\",\"object\":\"chat.completion.chunk\","
        + $"\"choices\":[{{\"index\":0,\"delta\":{delta},\"finish_reason\":{reason}}}]}}\n\n";

    private static async Task WriteAsync(HttpContext context, string events)
    {
        context.Response.ContentType = "text/event-stream";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(events), context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
    }
}
