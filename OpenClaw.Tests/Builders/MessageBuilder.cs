using System.Globalization;
using OpenClaw.Core.People;
using OpenClaw.Core.Queue;
using OpenClaw.Tests.Infrastructure;

namespace OpenClaw.Tests.Builders;

/// <summary>Inbound messages; every one has an id of its own and the clock's time unless it is told otherwise.</summary>
public static class MessageBuilder
{
    private static long _ids;

    public static string NextRawId() => "3EB0" + Interlocked.Increment(ref _ids).ToString("X12", CultureInfo.InvariantCulture);

    public static InboundMessage Message(
        PersonRecord person,
        string text,
        DateTimeOffset at,
        string? rawId = null,
        DateTimeOffset? envelopeAt = null,
        string? group = null,
        string chat = "5511999990000@c.us",
        string session = "default")
    {
        rawId ??= NextRawId();
        var chatId = group is null ? chat : group + "@g.us";
        return new InboundMessage(
            session, rawId, person, group, at, envelopeAt ?? at, "req-" + rawId, TraceParent: null,
            new MessageContent(text, chatId, $"false_{chatId}_{rawId}", "Maria Builder", null, null));
    }

    public static DroppedEvent Dropped(DateTimeOffset at, string reason = "status_post", string state = "ignored", string chat = "status@broadcast", string? rawId = null) =>
        new("default", rawId ?? NextRawId(), FromMe: false, state, reason, chat, at, "req-dropped");

    public static Task<PersonRecord> PersonAsync(this CoreProcess core, string? phone, string? lid = null) =>
        core.People.EnsureAsync(new SenderIdentity(phone, lid), "pt-BR", "America/Sao_Paulo", CancellationToken.None);
}
