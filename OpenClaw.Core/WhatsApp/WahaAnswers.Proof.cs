using System.Text.Json;

namespace OpenClaw.Core.WhatsApp;

/// <summary>What WAHA's answers say about ids of messages to come and about its own age.</summary>
internal static partial class WahaAnswers
{
    private const int LongestRawId = 128;

    /// <summary>Hosts' clocks differ; what WAHA's process calls now is not ours.</summary>
    private static readonly TimeSpan ForeignClock = TimeSpan.FromMinutes(1);

    /// <summary><c>{"id":"3EB0..."}</c>; 404 <c>Cannot GET ...</c> before 2026.4.3.</summary>
    public static MessageIdResult MessageId(WahaAnswer answer)
    {
        if (!answer.IsSuccess)
        {
            var refused = answer is { Exchange: WahaExchange.Answered, Status: 400 or 404 or 405 or 422 or 501 } && !IsSessionTrouble(answer);
            return new MessageIdResult(refused ? MessageIdOutcome.NotServed : MessageIdOutcome.Unavailable, null);
        }

        if (!TryParse(answer, out var document))
            return new MessageIdResult(MessageIdOutcome.NotServed, null);
        using (document)
        {
            // Bound as it is: what is more than a raw id would not be told back in this form.
            return Text(document.RootElement, "id") is { Length: > 0 and <= LongestRawId } id && id.All(char.IsAsciiLetterOrDigit)
                ? new MessageIdResult(MessageIdOutcome.Given, id)
                : new MessageIdResult(MessageIdOutcome.NotServed, null);
        }
    }

    /// <summary><c>{"startTimestamp":1795336330042,"uptime":3600000}</c>, both in milliseconds.</summary>
    /// <param name="answer">WAHA's answer.</param>
    /// <param name="now">When it was there, by our clock.</param>
    public static ServerStartResult ServerStart(WahaAnswer answer, DateTimeOffset now)
    {
        if (answer is { Exchange: WahaExchange.Answered, Status: >= 400 and < 500 and not (408 or 425 or 429) })
            return new ServerStartResult(ServerStartOutcome.NotTold, null);
        if (!answer.IsSuccess)
            return new ServerStartResult(ServerStartOutcome.Unavailable, null);
        if (!TryParse(answer, out var document))
            return new ServerStartResult(ServerStartOutcome.NotTold, null);
        using (document)
        {
            // An uptime needs no clock but ours. A start is WAHA's: later rather than earlier, so that nothing is proven by a clock that is wrong.
            if (Milliseconds(document.RootElement, "uptime") is { } uptime && uptime <= (now - DateTimeOffset.UnixEpoch).TotalMilliseconds)
                return new ServerStartResult(ServerStartOutcome.Read, now - TimeSpan.FromMilliseconds(uptime));
            return Milliseconds(document.RootElement, "startTimestamp") is { } start and < 1e14
                ? new ServerStartResult(ServerStartOutcome.Read, DateTimeOffset.FromUnixTimeMilliseconds((long)start) + ForeignClock)
                : new ServerStartResult(ServerStartOutcome.NotTold, null);
        }
    }

    private static double? Milliseconds(JsonElement element, string name) =>
        Member(element, name) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out var number) && number >= 0 ? number : null;
}
