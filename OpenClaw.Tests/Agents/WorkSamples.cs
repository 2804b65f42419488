using OpenClaw.Core.People;
using OpenClaw.Core.Queue;
using OpenClaw.Core.Security;

namespace OpenClaw.Tests.Agents;

/// <summary>Work as the store hands it out, without a store.</summary>
internal static class WorkSamples
{
    public static readonly DateTimeOffset At = new(2026, 11, 22, 10, 43, 0, TimeSpan.Zero);

    public static LaneWork Of(bool isGroup = false, string locale = "pt-BR", string timeZone = "America/Sao_Paulo", params IReadOnlyList<TurnMessage> messages) => new(
        new ChatScope(new LaneId(3), "default", new DataKeyId(1), isGroup), 7,
        new Turn(5, "ABC234", new PersonScope(new PersonId(2), new DataKeyId(1)), locale, timeZone, 1, 0, messages.Count > 0 ? messages : [Message("oi")], []), [], null, false);

    public static TurnMessage Message(string text, string? name = null, string? quoted = null, string? media = null, string chat = "5511987654321@c.us") => new(
        1, "request-1", null, At, At, new MessageContent(text, chat, $"false_{chat}_3EB0", name, quoted, media));
}
