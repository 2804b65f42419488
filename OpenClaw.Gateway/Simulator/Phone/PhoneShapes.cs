using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using OpenClaw.Gateway.Simulator.Waha;

namespace OpenClaw.Gateway.Simulator.Phone;

/// <summary>A bubble on the phone.</summary>
/// <param name="Id">Raw WhatsApp id; a message with a known id replaces the one shown.</param>
/// <param name="Sequence">Position in the chat.</param>
/// <param name="Mine">Written by the person who holds the phone.</param>
/// <param name="Text">With WhatsApp's marks.</param>
/// <param name="At">Milliseconds since 1970.</param>
/// <param name="Ticks"><c>sent</c>, <c>delivered</c>, <c>read</c> or <c>failed</c>.</param>
/// <param name="Quoted">Text of the message it replies to.</param>
/// <param name="Reaction">The bot's emoji.</param>
internal sealed record PhoneMessage(
    string Id, long Sequence, bool Mine, string Text, long At, string Ticks, string? Quoted, string? Reaction)
{
    public static PhoneMessage From(SimulatedMessage message) => new(
        message.RawId, message.Sequence, !message.FromBot, message.Text, message.At.ToUnixTimeMilliseconds(),
        message.Ack switch
        {
            MessageAck.Read => "read",
            MessageAck.Device => "delivered",
            MessageAck.Error => "failed",
            _ => "sent",
        },
        message.QuotedText, message.Reaction);
}

/// <summary>The first event of a stream: all that there is.</summary>
/// <param name="Messages">Bubbles, in order.</param>
/// <param name="Notices">The system's lines; their place among the bubbles is their sequence.</param>
/// <param name="Typing">Whether the bot is typing.</param>
/// <param name="Webhooks">The latest tries.</param>
/// <param name="Faults">Names of the faults that last now.</param>
internal sealed record PhoneSnapshot(
    IEnumerable<PhoneMessage> Messages, IEnumerable<PhoneNotice> Notices, bool Typing, IEnumerable<WebhookReport> Webhooks, IReadOnlyList<string> Faults);

/// <summary>A line of the system's.</summary>
/// <param name="Sequence">Position in the chat.</param>
/// <param name="Code">The text is <c>notice.{code}</c> of the page's texts.</param>
/// <param name="Values">What to put into it.</param>
/// <param name="At">Milliseconds since 1970.</param>
internal sealed record PhoneNotice(long Sequence, string Code, IReadOnlyDictionary<string, string> Values, long At)
{
    public static PhoneNotice From(SimulatedNotice notice) => new(notice.Sequence, notice.Code, notice.Values, notice.At.ToUnixTimeMilliseconds());
}

/// <summary>Names of the faults that last now.</summary>
internal sealed record PhoneFaults(IReadOnlyList<string> On);

/// <summary>The bot is typing, or stopped.</summary>
internal sealed record PhoneTyping(bool Typing);

/// <summary>Body of <c>POST /simulator/messages</c>: who writes, and what.</summary>
internal sealed record SendRequest(string? Person, string? Text);

/// <summary>Answer to it: the raw id of the new message.</summary>
internal sealed record SendAnswer(string Id);

/// <summary>Body of <c>POST /simulator/resend</c>.</summary>
internal sealed record ResendRequest(string? Person);

/// <summary>Answer to it: what the webhook's receiver said (null: nothing answered), for which event.</summary>
internal sealed record ResendAnswer(string Event, int? Status);

/// <summary>Body of <c>POST /simulator/faults</c>: in whose chat, which fault, and whether it begins (the default) or ends.</summary>
internal sealed record FaultRequest(string? Person, string? Fault, bool? On = null);

/// <summary>Answer to it: the chat in which it can be seen, and whether it lasts now.</summary>
internal sealed record FaultAnswer(string Chat, bool On);

/// <summary>Why not: <c>unknown_fault</c>, <c>nothing_to_end</c>, <c>not_available</c>, <c>locked_already</c>, <c>unknown_person</c>, <c>empty_text</c>, <c>nothing_sent</c>, <c>not_json</c>, <c>too_large</c>, <c>too_many_phones</c>.</summary>
internal sealed record PhoneError(string Error);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PhoneMessage))]
[JsonSerializable(typeof(PhoneSnapshot))]
[JsonSerializable(typeof(PhoneTyping))]
[JsonSerializable(typeof(WebhookReport))]
[JsonSerializable(typeof(PhoneNotice))]
[JsonSerializable(typeof(PhoneFaults))]
[JsonSerializable(typeof(FaultRequest))]
[JsonSerializable(typeof(FaultAnswer))]
[JsonSerializable(typeof(SendRequest))]
[JsonSerializable(typeof(SendAnswer))]
[JsonSerializable(typeof(ResendRequest))]
[JsonSerializable(typeof(ResendAnswer))]
[JsonSerializable(typeof(PhoneError))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
internal sealed partial class PhoneJson : JsonSerializerContext
{
    /// <summary>Answers with <paramref name="value"/>.</summary>
    public static async Task WriteAsync<T>(HttpContext context, int status, T value, JsonTypeInfo<T> type)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.Headers.CacheControl = "no-store";
        await JsonSerializer.SerializeAsync(context.Response.Body, value, type, context.RequestAborted);
    }

    /// <summary>Answers with a reason.</summary>
    public static Task RefuseAsync(HttpContext context, int status, string reason) =>
        WriteAsync(context, status, new PhoneError(reason), Default.PhoneError);
}
